package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"parley/hub/store"
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/identity"
	"parley/hub/store/sqlite/sqldb"
)

// into writes a copy of a store's files over those of another, as cp does: the files stay
// the same, what they hold does not.
func into(t testing.TB, from, to string, suffixes ...string) {
	t.Helper()
	for _, suffix := range suffixes {
		writeFile(t, to+suffix, readFile(t, from+suffix))
	}
}

// scribble writes nonsense into a file from an offset on.
func scribble(t testing.TB, path string, at int64, n int) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, disk.FileMode)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0x5a}, n), at)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestFilesWrittenOverWhileTheyAreOpen: whatever is written into the files of a store that
// is open, nothing is answered as stored that the next start does not find, and the mark
// stays what it was.
func TestFilesWrittenOverWhileTheyAreOpen(t *testing.T) {
	t.Parallel()
	const old = ".old"
	for name, do := range map[string]func(t *testing.T, s *Store, path string){
		"all by an older copy": func(t *testing.T, s *Store, p string) {
			into(t, p+old, p, "", disk.LogSuffix, disk.IndexSuffix, ".mark")
		},
		"all by one of another log": func(t *testing.T, s *Store, p string) {
			foldAll(t, p)
			goOn(t, s, 1)
			into(t, p+old, p, "", disk.LogSuffix, disk.IndexSuffix)
		},
		"file and log":         func(t *testing.T, s *Store, p string) { into(t, p+old, p, "", disk.LogSuffix) },
		"log and index":        func(t *testing.T, s *Store, p string) { into(t, p+old, p, disk.LogSuffix, disk.IndexSuffix) },
		"the log alone":        func(t *testing.T, s *Store, p string) { into(t, p+old, p, disk.LogSuffix) },
		"the index alone":      func(t *testing.T, s *Store, p string) { into(t, p+old, p, disk.IndexSuffix) },
		"the log's first page": func(t *testing.T, s *Store, p string) { scribble(t, p+disk.LogSuffix, 0, disk.LogHeader) },
		"the log's midst": func(t *testing.T, s *Store, p string) {
			scribble(t, p+disk.LogSuffix, disk.LogHeader+2*(disk.LogFrame+disk.PageSize), 100)
		},
		"the log is cut": func(t *testing.T, s *Store, p string) {
			truncate(t, p+disk.LogSuffix, disk.LogHeader+disk.LogFrame+disk.PageSize)
		},
		"the log is emptied":         func(t *testing.T, s *Store, p string) { truncate(t, p+disk.LogSuffix, 0) },
		"the log is another store's": func(t *testing.T, s *Store, p string) { writeFile(t, p+disk.LogSuffix, readFile(t, otherLog(t))) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, path := watched(t)
			for _, suffix := range []string{"", disk.LogSuffix, disk.IndexSuffix, ".mark"} {
				writeFile(t, path+old+suffix, readFile(t, path+suffix))
			}
			goOn(t, s, 5)
			s.marker.Update()
			do(t, s, path)
			before, _ := identity.ReadMark(path)
			for range 3 {
				if err := putPage(s, "1"); !errors.Is(err, store.ErrGone) {
					t.Errorf("stored: %v", err)
				}
			}
			s.marker.Update()
			if err := s.Trouble(); !errors.Is(err, store.ErrGone) {
				t.Errorf("trouble: %v", err)
			}
			if after, ok := identity.ReadMark(path); !ok || after.Total != before.Total || after.Self != before.Self {
				t.Errorf("the mark says %d, it said %d", after.Total, before.Total)
			}
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			goesOnKnowingly(t, path)
		})
	}
}

func truncate(t testing.TB, path string, n int64) {
	t.Helper()
	if err := os.Truncate(path, n); err != nil {
		t.Fatal(err)
	}
}

// otherLog is the log of another store.
func otherLog(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub.db")
	goOn(t, openAt(t, path, Options{Exclusive: true}), 20)
	return path + disk.LogSuffix
}

// goesOnKnowingly checks that a start refuses what lies there, or finds all of it, or knows
// that it is another store now.
func goesOnKnowingly(t *testing.T, path string) {
	t.Helper()
	s, err := Open(t.Context(), path, Options{Exclusive: true})
	var c *store.ContradictionError
	if errors.As(err, &c) || errors.Is(err, store.ErrGone) { // SQLite shares the index in a process: it may still be that of before
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	if head := headOf(t, s, "1"); head < 10 && !lifeOf(t, s).Begun() {
		t.Errorf("goes on with %d changes as if nothing had happened", head)
	}
}

// A program that knows SQLite may fold the log in, or write to the store, as it likes.
func TestOthersWriteAndFold(t *testing.T) {
	t.Parallel()
	s, path := watched(t)
	for n := range 4 {
		goOn(t, s, 1)
		other, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		goOn(t, other, 3)
		closeStore(t, other)
		goOn(t, s, 1)
		if n%2 == 0 {
			foldAll(t, path)
		}
		if err := s.Trouble(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Scrub(context.Background()); err != nil {
		t.Fatal(err)
	}
	goOn(t, s, 1)
}

var errAnswered = errors.New("answered")

// What is done to the file is noticed, too, before this hub has folded anything in.
func TestAFileWrittenOverBeforeTheFirstFold(t *testing.T) {
	t.Parallel()
	other := filepath.Join(t.TempDir(), "other.db")
	o := openAt(t, other, Options{Exclusive: true})
	goOn(t, o, 40)
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func(t *testing.T, path string){
		"emptied":         func(t *testing.T, p string) { truncate(t, p, 0) },
		"another store's": func(t *testing.T, p string) { into(t, other, p, "") },
		"nonsense":        func(t *testing.T, p string) { scribble(t, p, 0, disk.PageSize) },
		"older":           func(t *testing.T, p string) { into(t, p+".old", p, "") },
	} {
		for _, young := range []bool{true, false} {
			if young && name == "older" {
				continue // all of it is in the log
			}
			t.Run(fmt.Sprintf("%s, young %t", name, young), func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), "hub.db")
				s := openAt(t, path, Options{Exclusive: true})
				goOn(t, s, 5)
				if !young {
					foldAll(t, path)
					into(t, path, path+".old", "")
					goOn(t, s, 5)
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
					s = openAt(t, path, Options{Exclusive: true})
				}
				goOn(t, s, 1)
				log := len(readFile(t, path+disk.LogSuffix))
				do(t, path)
				if err := putPage(s, "1"); !errors.Is(err, store.ErrGone) {
					t.Errorf("stored: %v", err)
				}
				for range sqldb.ReadConnections { // of which none may be left that knew the file before
					_ = s.Read(t.Context(), func(store.Reader) error { return errAnswered })
				}
				_ = s.Read(t.Context(), func(r store.Reader) error { _, err := r.Head("1"); return err })
				if len(readFile(t, path+disk.LogSuffix)) != log {
					t.Error("a reader touched the log")
				}
			})
		}
	}
}
