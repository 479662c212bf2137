package lists

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
	"parley/model/label"
)

// LabelReader reads which labels there are.
type LabelReader struct{ *pgdb.Session }

var _ store.LabelReader = LabelReader{}

// LabelsQuery counts the labels of a Page, by an index that has all of it.
const LabelsQuery = `SELECT key, label, COUNT(*) FROM conversation_labels WHERE page_id = ? GROUP BY key, label`

// Labels implements [store.Reader].
func (r LabelReader) Labels(pages []model.PageID) ([]label.Count, error) {
	type counted struct {
		label.Count
		most int // how many have it in this form
	}
	found := map[string]*counted{}
	seen := map[model.PageID]bool{}
	for _, page := range pages {
		if seen[page] {
			continue
		}
		seen[page] = true
		err := r.Each(LabelsQuery, pgdb.Args{page}, func(rows pgx.Rows) error {
			var key, form string
			var n int
			if err := rows.Scan(&key, &form, &n); err != nil {
				return err
			}
			c := found[key]
			if c == nil {
				c = &counted{}
				found[key] = c
			}
			if c.Count.Count += n; n > c.most || n == c.most && form < c.Label {
				c.most, c.Label = n, form
			}
			return nil
		})
		if err != nil {
			return nil, pgdb.Wrap(err, "read labels of page %s", page)
		}
	}
	list := make([]label.Count, 0, len(found))
	for _, c := range found {
		list = append(list, c.Count)
	}
	slices.SortFunc(list, func(a, b label.Count) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Label, b.Label)
	})
	return list, nil
}

const (
	dropLabels = `DELETE FROM conversation_labels WHERE page_id = ? AND conversation_id = ?`
	addLabel   = `INSERT INTO conversation_labels (page_id, conversation_id, key, label, status, updated_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
)

// PutLabels keeps the labels of a conversation as they are in it.
func PutLabels(s *pgdb.Session, c model.Conversation) error {
	if err := DropLabels(s, c.ID); err != nil {
		return err
	}
	for _, l := range c.Labels {
		if err := s.Note(addLabel, c.PageID, c.ID, label.Key(l), l, c.Status, engine.Micros(c.UpdatedAt)); err != nil {
			return err
		}
	}
	return nil
}

// DropLabels forgets the labels of a conversation.
func DropLabels(s *pgdb.Session, id model.ConversationID) error {
	return s.Note(dropLabels, id.Page(), id)
}
