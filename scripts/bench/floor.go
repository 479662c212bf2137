//go:build linux

package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// floor writes as many bytes as bare rows, in as many commits, and returns how many rows a second
// that were. It folds the log as a hub does, when it is long.
func (w *world) floor(ctx context.Context, rows, bytes, commits int) (perSecond float64, err error) {
	path := filepath.Join(w.dir, "floor.db")
	db, err := sql.Open("sqlite", path) // the driver of the store, which the program imports
	if err != nil {
		return 0, err
	}
	defer func() {
		err = errors.Join(err, db.Close())
		for _, suffix := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(path + suffix)
		}
	}()
	c, err := db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, `PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA cache_size = -16000; CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB NOT NULL)`); err != nil {
		return 0, err
	}
	insert, err := c.PrepareContext(ctx, `INSERT INTO rows (body) VALUES (?)`)
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	body := make([]byte, max(bytes, 1))
	_, _ = rand.Read(body)
	began := time.Now()
	for i, done := 0, 0; i < commits; i++ {
		if _, err := c.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
			return 0, err
		}
		for ; done < rows*(i+1)/commits; done++ {
			if _, err := insert.ExecContext(ctx, body); err != nil {
				return 0, err
			}
		}
		if _, err := c.ExecContext(ctx, `COMMIT`); err != nil {
			return 0, err
		}
	}
	return float64(rows) / time.Since(began).Seconds(), nil
}

// folded waits until the hub has folded its log into the file, as it does when nobody writes.
func (w *world) folded(ctx context.Context) error {
	const small = 4 << 20 // a smaller log is left alone
	return w.until(ctx, func() error {
		if info, err := os.Stat(w.db + "-wal"); err == nil && info.Size() >= small {
			return errMissing
		}
		return nil
	})
}

// metric returns one of the hub's metrics; 0 if it has none of that name.
func (w *world) metric(ctx context.Context, name string) float64 {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.metrics+"/metrics", nil)
	if err != nil {
		return 0
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			v, _ := strconv.ParseFloat(value, 64)
			return v
		}
	}
	return 0
}
