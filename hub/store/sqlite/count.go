package sqlite

import (
	"context"
)

// Count implements [store.Store].
func (s *Store) Count(ctx context.Context, counter string, n int64) error {
	err := s.write(ctx, func(ss *session) error {
		return ss.run(`INSERT INTO counters (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value`, counter, n)
	})
	return wrap(err, "count %s", counter)
}
