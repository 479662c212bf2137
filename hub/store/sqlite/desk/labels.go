package desk

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
	"parley/model/label"
	"parley/model/query"
)

// LabelReader reads which labels there are.
type LabelReader struct{ *sqldb.Session }

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
		err := r.Each(LabelsQuery, sqldb.Args{page}, func(rows *sql.Rows) error {
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
			return nil, sqldb.Wrap(err, "read labels of page %s", page)
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
func PutLabels(s *sqldb.Session, c model.Conversation) error {
	if err := DropLabels(s, c.ID); err != nil {
		return err
	}
	for _, l := range c.Labels {
		if err := s.Run(addLabel, c.PageID, c.ID, label.Key(l), l, c.Status, sqldb.Micros(c.UpdatedAt)); err != nil {
			return err
		}
	}
	return nil
}

// DropLabels forgets the labels of a conversation.
func DropLabels(s *sqldb.Session, id model.ConversationID) error {
	return s.Run(dropLabels, id.Page(), id)
}

// Fill keeps the labels, ways and pins of what was stored before they were.
func Fill(ctx context.Context, tx *sql.Tx) error {
	list, err := toFill(ctx, tx)
	if err != nil {
		return err
	}
	for _, c := range list {
		_, err := tx.ExecContext(ctx, `UPDATE conversations SET entered = ?, pinned = ? WHERE page_id = ? AND id = ?`,
			query.WayOf(c.Entry), sqldb.Flag(c.Pinned), c.PageID, c.ID)
		if err != nil {
			return err
		}
		for _, l := range c.Labels {
			if _, err := tx.ExecContext(ctx, addLabel, c.PageID, c.ID, label.Key(l), l, c.Status, sqldb.Micros(c.UpdatedAt)); err != nil {
				return err
			}
		}
	}
	return nil
}

// toFill returns the conversations that have a label, a pin, or came by a way of which Meta told;
// of each only that.
func toFill(ctx context.Context, tx *sql.Tx) (list []model.Conversation, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT page_id, id, status, updated_at, json_object('labels', json_extract(doc, '$.labels'),
		'entry', json_extract(doc, '$.entry'), 'pinned', json(iif(json_extract(doc, '$.pinned'), 'true', 'false'))) FROM conversations
		WHERE json_extract(doc, '$.pinned') OR json_extract(doc, '$.entry') IS NOT NULL OR json_extract(doc, '$.labels[0]') IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c model.Conversation
		var doc []byte
		var id, page, status string
		var updated int64
		if err := rows.Scan(&page, &id, &status, &updated, &doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &c); err != nil {
			return nil, err
		}
		c.PageID, c.ID, c.Status, c.UpdatedAt = model.PageID(page), model.ConversationID(id), model.Status(status), sqldb.FromMicros(updated)
		list = append(list, c)
	}
	return list, rows.Err()
}
