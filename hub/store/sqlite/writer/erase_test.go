package writer

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/held"
	"parley/hub/store/sqlite/sqldb"
)

// TestRemnantsThatCantBeOverwrittenWait: while another one writes nothing is overwritten;
// it is the next time.
func TestRemnantsThatCantBeOverwrittenWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		connection := func() *sqldb.Conn {
			db, err := sql.Open(sqldb.Driver, sqldb.DSN(path, sqldb.ForWriting))
			if err != nil {
				t.Fatal(err)
			}
			c, err := sqldb.Connect(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Drop(); _ = db.Close() })
			return c
		}
		other, told := connection(), &strings.Builder{}
		exec := func(query string, args ...any) {
			t.Helper()
			if _, err := other.SQL.ExecContext(t.Context(), query, args...); err != nil {
				t.Fatal(err)
			}
		}
		exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, doc TEXT)`)
		for i := range 60 {
			exec(`INSERT INTO t VALUES (?, ?)`, i, strings.Repeat("said", 20))
		}
		for i := range 60 {
			exec(`UPDATE t SET doc = ? WHERE id = ?`, strings.Repeat("more", 50+i*7%300), i*37%60)
		}
		w := &Writer{held: held.New(), path: path, c: connection(), erasing: erasing{log: slog.New(slog.NewTextHandler(told, nil))}}
		remnants := func() int {
			t.Helper()
			pages, _, err := disk.Remnants(path+disk.LogSuffix, disk.Swept{})
			if err != nil {
				t.Fatal(err)
			}
			return len(pages)
		}
		all := remnants()
		if all == 0 {
			t.Fatal("no page has a remnant")
		}
		exec(`BEGIN IMMEDIATE`)
		for range 2 {
			if w.sweep(t.Context()); remnants() != all || len(w.dirty) != all {
				t.Errorf("%d remnants, %d of them known, want %d", remnants(), len(w.dirty), all)
			}
		}
		if n := strings.Count(told.String(), "not overwritten"); n != 1 {
			t.Errorf("told %d times", n)
		}
		exec(`ROLLBACK`)
		if w.sweep(t.Context()); remnants() != 0 || len(w.dirty) != 0 {
			t.Errorf("%d remnants, %d of them known, are left", remnants(), len(w.dirty))
		}
		var answer string
		if err := other.SQL.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&answer); err != nil || answer != "ok" {
			t.Errorf("the file is broken: %s, %v", answer, err)
		}
	})
}
