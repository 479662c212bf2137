package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/model"
)

// reopened opens a store, writes that many changes, and returns its id.
func reopened(t *testing.T, path string, changes int) string {
	t.Helper()
	return opened(t, path, changes, sqlite.Options{Exclusive: true})
}

func opened(t *testing.T, path string, changes int, o sqlite.Options) string {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	for range changes {
		err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
			return tx.PutPage(&store.Page{Page: model.Page{ID: "1", PageID: "1", Visibility: model.Private}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.ID()
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAnOlderCopyIsAnotherStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, old := filepath.Join(dir, "hub.db"), filepath.Join(dir, "old.db")
	id := reopened(t, path, 3)
	if again := reopened(t, path, 0); again != id {
		t.Errorf("the same file opened again is another: %s, %s", id, again)
	}
	copyFile(t, path, old)
	if again := reopened(t, path, 2); again != id {
		t.Errorf("the same file, gone on, is another: %s, %s", id, again)
	}
	copyFile(t, old, path)
	restored := opened(t, path, 0, sqlite.Options{Exclusive: true, AcceptOlder: true})
	if restored == id {
		t.Error("an older copy passes for the file it replaced")
	}
	if again := reopened(t, path, 1); again != restored {
		t.Errorf("the restored file opened again is another: %s, %s", restored, again)
	}
	if err := os.Remove(path + ".mark"); err != nil {
		t.Fatal(err)
	}
	if moved := reopened(t, path, 0); moved == restored {
		t.Error("a file without its mark passes for the one that was followed")
	}
}
