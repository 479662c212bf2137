package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
)

// A file that was put back from an older copy must not pass for the one that clients
// followed: what they saw of it may be gone, and the same seq may name something else.
// So how far the store came is also written beside it, where a copy of the file alone
// does not reach. A file that is behind its mark, or has none, gets a new incarnation,
// which is part of its id.

// markEvery is how often the mark is brought up to date: as much may be lost to an older
// copy unnoticed.
const markEvery = time.Second

// mark is what stands beside the file.
type mark struct {
	Incarnation string `json:"incarnation"`
	// Total is the sum of all Pages' seqs.
	Total int64 `json:"total"`
}

// marker keeps the mark of a store that is held exclusively.
type marker struct {
	path    string
	readers *readers
	last    mark
	stop    chan struct{}
	stopped chan struct{}
}

func markPath(path string) string { return path + ".mark" }

// incarnate finds the file's incarnation, and gives it a new one where the mark says
// that it is not the file that it was.
func (s *Store) incarnate(ctx context.Context) error {
	now, err := s.readMark(ctx)
	if err != nil {
		return err
	}
	var beside mark
	b, err := os.ReadFile(markPath(s.path))
	if err != nil || json.Unmarshal(b, &beside) != nil {
		beside = mark{}
	}
	if now.Incarnation == "" || beside.Incarnation != now.Incarnation || beside.Total > now.Total {
		now.Incarnation = uuid.NewString()
		_, err := s.writeDB.ExecContext(ctx,
			`INSERT INTO store (name, value) VALUES ('incarnation', ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, now.Incarnation)
		if err != nil {
			return wrap(translate(err), "write incarnation")
		}
	}
	s.marker = &marker{
		path: markPath(s.path), readers: s.readers, last: now,
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	if err := s.marker.write(now); err != nil {
		return err
	}
	go s.marker.run()
	return nil
}

func (s *Store) readMark(ctx context.Context) (mark, error) { return readMark(ctx, s.readers) }

func readMark(ctx context.Context, r *readers) (m mark, err error) {
	err = r.with(ctx, func(c *conn) error {
		err := c.c.QueryRowContext(ctx, `SELECT value FROM store WHERE name = 'incarnation'`).Scan(&m.Incarnation)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return translate(err)
		}
		return translate(c.c.QueryRowContext(ctx, `SELECT COALESCE(SUM(seq), 0) FROM pages`).Scan(&m.Total))
	})
	return m, wrap(err, "read incarnation")
}

// write replaces the mark as a whole.
func (m *marker) write(now mark) error {
	b, err := json.Marshal(now)
	if err != nil {
		return fmt.Errorf("encode mark: %w", err)
	}
	if err := os.WriteFile(m.path+".new", b, fileMode); err != nil {
		return cantWrite(err)
	}
	if err := os.Rename(m.path+".new", m.path); err != nil {
		return cantWrite(err)
	}
	return nil
}

// update brings the mark up to date. A disk that is full leaves it behind, which only
// makes an older copy harder to notice.
func (m *marker) update() {
	now, err := readMark(context.Background(), m.readers)
	if err != nil || now == m.last {
		return
	}
	if m.write(now) == nil {
		m.last = now
	}
}

func (m *marker) run() {
	defer close(m.stopped)
	t := time.NewTicker(markEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			m.update()
		case <-m.stop:
			m.update()
			return
		}
	}
}

func (m *marker) end() {
	close(m.stop)
	<-m.stopped
}
