package sqldb

import (
	"database/sql"

	"parley/hub/store/engine"
	"parley/model"
)

// Place is [engine.Place].
type Place = engine.Place

// Key is [engine.Key].
type Key = engine.Key

// ParseCursor is [engine.ParseCursor].
func ParseCursor(cursor, list string) (*Place, error) { return engine.ParseCursor(cursor, list) }

// Newest is [engine.Newest].
func Newest(keys []Key, limit int) (first []Key, more bool) { return engine.Newest(keys, limit) }

// Keys reads the keys of a Page, which are the first columns of each row.
func Keys(s *Session, page model.PageID, query string, args Args) ([]Key, error) {
	var list []Key
	err := s.Each(query, args, func(rows *sql.Rows) error {
		k := Key{Page: page}
		err := rows.Scan(&k.At, &k.ID)
		list = append(list, k)
		return err
	})
	return list, err
}
