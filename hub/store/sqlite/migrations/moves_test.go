package migrations

import (
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/hub/store/sqlite/sqldb"
)

// wide unpacks a store of the last program whose rows were wide.
func wide(t *testing.T) string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "testdata", "before30.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	in, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(in)
	path := filepath.Join(t.TempDir(), "hub.db")
	if err := errors.Join(err, os.WriteFile(path, b, 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}

// migrate migrates a file on a connection of its own.
func migrate(t *testing.T, path string, steps []Step) error {
	t.Helper()
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(path, sqldb.ForWriting))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	return Run(t.Context(), c, steps, slog.New(slog.DiscardHandler))
}

// dump returns all rows of all tables that SQLite does not keep for itself.
func dump(t *testing.T, path string) map[string][]string {
	t.Helper()
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(path, sqldb.ForWriting))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	var names []string
	err = rows(t.Context(), tx, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'search_words%'`, func(r *sql.Rows) error {
		var name string
		err := r.Scan(&name)
		names = append(names, name)
		return err
	})
	all := map[string][]string{}
	for _, name := range names {
		if err == nil {
			err = rows(t.Context(), tx, `SELECT * FROM `+name, func(r *sql.Rows) error {
				columns, err := r.Columns()
				if err != nil {
					return err
				}
				values, into := make([]any, len(columns)), make([]any, len(columns))
				for i := range values {
					into[i] = &values[i]
				}
				err = r.Scan(into...)
				all[name] = append(all[name], fmt.Sprintf("%q", values))
				return err
			})
		}
		slices.Sort(all[name])
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestMovingGoesOn: a migration that is cut short between any two of its transactions goes on
// where it was, and ends as one that was not.
func TestMovingGoesOn(t *testing.T) {
	was := movedAtOnce
	movedAtOnce = 40
	t.Cleanup(func() { movedAtOnce = was })
	steps, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	whole := wide(t)
	if err := migrate(t, whole, steps); err != nil {
		t.Fatal(err)
	}
	want := dump(t, whole)
	cut := errors.New("cut short")
	path, rounds := wide(t), 0
	for done := false; !done; rounds++ {
		short, left := slices.Clone(steps), 1
		for i, s := range steps {
			if s.move == nil {
				continue
			}
			m := *s.move
			m.some = func(ctx context.Context, tx *sql.Tx) (int, error) {
				n, err := s.move.some(ctx, tx)
				if left--; left < 0 && err == nil {
					err = cut // after its rows were moved, which is undone
				}
				return n, err
			}
			m.then = func(ctx context.Context, tx *sql.Tx) error {
				err := s.move.then(ctx, tx)
				if left--; left < 0 && err == nil {
					err = cut
				}
				return err
			}
			short[i].move = &m
		}
		err := migrate(t, path, short)
		if done = err == nil; !done && !errors.Is(err, cut) {
			t.Fatal(err)
		}
	}
	if rounds < 4 {
		t.Errorf("cut short %d times", rounds-1)
	}
	if diff := cmp.Diff(want, dump(t, path)); diff != "" {
		t.Errorf("(-whole +cut short): %s", diff)
	}
}
