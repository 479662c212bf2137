package sqlite

import (
	"cmp"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"parley/hub/store"
	"parley/model"
)

// place is where a page of a list ended: the key of its last row.
type place struct {
	List string `json:"l"`
	At   int64  `json:"t"`
	ID   string `json:"i,omitempty"`
	Page string `json:"p,omitempty"`
	Seq  int64  `json:"s,omitempty"`
}

// cursor writes a place as clients carry it.
func (p place) cursor() (string, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encode cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// parseCursor reads a cursor of that list; nil for "", the beginning.
func parseCursor(cursor, list string) (*place, error) {
	if cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrBadCursor, err)
	}
	var p place
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrBadCursor, err)
	}
	if p.List != list {
		return nil, fmt.Errorf("%w: of another list", store.ErrBadCursor)
	}
	return &p, nil
}

// key is where something stands in a list that goes by time, newest first; lists
// of several Pages are merged by it.
type key struct {
	at   int64
	id   string
	page model.PageID
}

// keysOf reads the keys of a Page, which come first in each row.
func keysOf(s *session, page model.PageID, query string, args arguments) ([]key, error) {
	var list []key
	err := s.each(query, args, func(rows *sql.Rows) error {
		k := key{page: page}
		err := rows.Scan(&k.at, &k.id)
		list = append(list, k)
		return err
	})
	return list, err
}

func (k key) place(list string) place {
	return place{List: list, At: k.at, ID: k.id, Page: string(k.page)}
}

// newest sorts keys and returns the first of them; more tells that others follow.
func newest(keys []key, limit int) (first []key, more bool) {
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.id, a.id), cmp.Compare(b.page, a.page))
	})
	if len(keys) > limit {
		return keys[:limit], true
	}
	return keys, false
}
