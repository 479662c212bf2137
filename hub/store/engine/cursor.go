package engine

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"parley/hub/store"
	"parley/model"
)

// Place is where a page of a list ended: the key of its last row.
type Place struct {
	List string `json:"l"`
	At   int64  `json:"t"`
	ID   string `json:"i,omitempty"`
	Page string `json:"p,omitempty"`
	Seq  int64  `json:"s,omitempty"`
}

// Cursor encodes a place for clients.
func (p Place) Cursor() (string, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encode cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// ParseCursor decodes a cursor of that list; nil for "", the beginning.
func ParseCursor(cursor, list string) (*Place, error) {
	if cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrBadCursor, err)
	}
	var p Place
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrBadCursor, err)
	}
	if p.List != list {
		return nil, fmt.Errorf("%w: of another list", store.ErrBadCursor)
	}
	return &p, nil
}

// Key is the position of something in a list ordered by time, newest first. Lists of several
// Pages are merged by their keys.
type Key struct {
	At   int64
	ID   string
	Page model.PageID
}

// Place returns the key as a place in that list.
func (k Key) Place(list string) Place {
	return Place{List: list, At: k.At, ID: k.ID, Page: string(k.Page)}
}

// Newest sorts keys and returns the first of them; more reports whether there are others.
func Newest(keys []Key, limit int) (first []Key, more bool) {
	slices.SortFunc(keys, func(a, b Key) int {
		return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.ID, a.ID), cmp.Compare(b.Page, a.Page))
	})
	if len(keys) > limit {
		return keys[:limit], true
	}
	return keys, false
}
