package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"parley/hub/store"
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/migrations"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// openAt opens the store in that file, and closes it with the test.
func openAt(t *testing.T, path string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { closeStore(t, s) })
	return s
}

// closeStore closes a store that the test may have closed before.
func closeStore(t testing.TB, s *Store) {
	if err := s.Close(); err != nil && !errors.Is(err, ErrClosed) {
		t.Errorf("close: %v", err)
	}
}

func putPage(s *Store, id model.PageID) error {
	return s.Write(context.Background(), id, func(tx store.PageTx) error {
		return tx.PutPage(&store.Page{Page: model.Page{ID: id, PageID: id.Meta()}})
	})
}

func TestLocked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b?c#%41", "hub.db")
	first := openAt(t, path, Options{Exclusive: true})
	if _, err := Open(t.Context(), path, Options{Exclusive: true}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("second: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	openAt(t, path, Options{Exclusive: true})
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file is not where it was asked for: %v", err)
	}
}

// TestLockedWithoutItsLockFile: whoever deletes or swaps the file beside the store lets
// nobody in; once the hub has ended, everybody may.
func TestLockedWithoutItsLockFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the store's own file is locked on Linux alone")
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	first := openAt(t, path, Options{Exclusive: true})
	if err := errors.Join(putPage(first, "1"), os.Remove(path+".lock")); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "same.db")
	if err := os.Link(path, link); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds the lock file that the first made
		for _, by := range []string{path, link} {
			if s, err := Open(t.Context(), by, Options{Exclusive: true}); !errors.Is(err, store.ErrLocked) {
				t.Errorf("another hub by %s: %v %v", filepath.Base(by), s, err)
			}
		}
	}
	// What was refused has taken nothing from the first: it goes on, and so does its lock.
	if err := putPage(first, "2"); err != nil {
		t.Fatal(err)
	}
	beside := openAt(t, path, Options{})
	if err := errors.Join(putPage(beside, "3"), beside.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{Exclusive: true}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("another hub after a command: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	openAt(t, path, Options{Exclusive: true})
}

// TestBeside: another process may add a user beside the hub; each sees at once
// what the other stored.
func TestBeside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	hub := openAt(t, path, Options{Exclusive: true})
	command := openAt(t, path, Options{})
	if hub.ID() == "" || hub.ID() != command.ID() {
		t.Errorf("ids %q and %q", hub.ID(), command.ID())
	}
	user := model.User{ID: "u", Name: "U"}
	if err := command.Accounts(t.Context(), func(tx store.AccountTx) error { return tx.CreateUser(user) }); err != nil {
		t.Fatalf("create user: %v", err)
	}
	if err := hub.Read(t.Context(), func(r store.Reader) error { _, err := r.User("u"); return err }); err != nil {
		t.Errorf("the hub does not see the user: %v", err)
	}
	if err := putPage(hub, "1"); err != nil {
		t.Fatalf("put page: %v", err)
	}
	reader := openAt(t, path, Options{ReadOnly: true})
	for _, s := range []*Store{command, reader} {
		if err := s.Read(t.Context(), func(r store.Reader) error { _, err := r.Page("1"); return err }); err != nil {
			t.Errorf("page is not seen: %v", err)
		}
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "folder", "hub.db")
	s := openAt(t, path, Options{Exclusive: true})
	if err := putPage(s, "1"); err != nil {
		t.Fatalf("put page: %v", err)
	}
	for name, want := range map[string]fs.FileMode{
		filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600, path + ".lock": 0o600,
	} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", filepath.Base(name), info.Mode().Perm(), err, want)
		}
	}
}

// TestReopened: everything is there when the store is opened again, and what is
// written by pages, too.
func TestReopened(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	s := openAt(t, path, Options{Exclusive: true})
	id := s.ID()
	if err := errors.Join(putPage(s, "1"), writeBoth(s, "1", "m", 0), s.Count(t.Context(), "n", 3), s.Close()); err != nil {
		t.Fatalf("write: %v", err)
	}
	for _, o := range []Options{{Exclusive: true}, {}, {ReadOnly: true}} {
		s := openAt(t, path, o)
		if s.ID() != id {
			t.Errorf("id %q, was %q", s.ID(), id)
		}
		err := s.Read(t.Context(), func(r store.Reader) error {
			_, err := r.Message("1_m")
			_, err2 := r.Conversation("1_m")
			counters, err3 := r.Counters()
			head, err4 := r.Head("1")
			if head != 3 || counters["n"] != 3 {
				t.Errorf("head %d, counters %v", head, counters)
			}
			return errors.Join(err, err2, err3, err4)
		})
		if err != nil {
			t.Errorf("read: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	other := newStore(t, Options{})
	defer closeStore(t, other)
	if other.ID() == id {
		t.Error("two stores have one id")
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	if _, err := Open(t.Context(), path, Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file was made")
	}
	if err := os.WriteFile(path, nil, disk.FileMode); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{ReadOnly: true}); err == nil {
		t.Error("empty file: no error")
	}
	s := openAt(t, path, Options{})
	if err := errors.Join(putPage(s, "1"), s.Close()); err != nil {
		t.Fatalf("put page: %v", err)
	}
	r := openAt(t, path, Options{ReadOnly: true})
	for name, err := range map[string]error{
		"write":    putPage(r, "2"),
		"accounts": r.Accounts(t.Context(), func(store.AccountTx) error { return nil }),
		"count":    r.Count(t.Context(), "n", 1),
		"prune":    r.Prune(t.Context(), start),
	} {
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// setVersion gives a file another schema version.
func setVersion(t *testing.T, path, version string) {
	t.Helper()
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(path, sqldb.ForWriting))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `PRAGMA user_version = `+version)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestNewer(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	if err := openAt(t, path, Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	setVersion(t, path, "9999")
	for _, o := range []Options{{Exclusive: true}, {}, {ReadOnly: true}} {
		if _, err := Open(t.Context(), path, o); !errors.Is(err, store.ErrNewer) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	steps, err := migrations.Load()
	if err != nil {
		t.Fatal(err)
	}
	setVersion(t, path, strconv.Itoa(migrations.NewestOf(steps)))
	openAt(t, path, Options{Exclusive: true})
}

// TestOldAndHeld: beside a hub that holds an old file nobody migrates.
func TestOldAndHeld(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	holder, err := disk.NewFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if held, err := holder.TakeLock(); err != nil || !held {
		t.Fatalf("take lock: %t %v", held, err)
	}
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("old and held: %v", err)
	}
	if err := holder.Unlock(); err != nil {
		t.Fatal(err)
	}
	openAt(t, path, Options{})
}

func TestForeign(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "other.db")
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(path, sqldb.ForWriting))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `CREATE TABLE theirs (a TEXT)`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, sqldb.ErrForeign) {
		t.Errorf("another's database: %v", err)
	}
	if err := os.WriteFile(path, []byte("this is no database, and it is long enough to tell"), disk.FileMode); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{}); err == nil {
		t.Error("no database: no error")
	}
}
