package sqlite

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	"parley/hub/store"
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
