package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"parley/hub/store"
	"parley/hub/store/sqlite/disk"
)

// opened opens a store that has gone on for a while, in a folder of its own.
func watched(t *testing.T) (s *Store, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "data", "hub.db")
	s = openAt(t, path, Options{Exclusive: true})
	goOn(t, s, 5)
	return s, path
}

// TestFilesThatGoWhileTheyAreOpen: whatever is done to the files of a store that is open,
// nothing is answered as stored that the next start does not find.
func TestFilesThatGoWhileTheyAreOpen(t *testing.T) {
	t.Parallel()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	other := filepath.Join(t.TempDir(), "other.db")
	o := openAt(t, other, Options{Exclusive: true})
	goOn(t, o, 40)
	must(o.Close())
	for name, do := range map[string]func(path string){
		"removed":              func(p string) { must(os.Remove(p)) },
		"renamed":              func(p string) { must(os.Rename(p, p+".old")) },
		"its log is removed":   func(p string) { must(os.Remove(p + disk.LogSuffix)) },
		"its index is removed": func(p string) { must(os.Remove(p + disk.IndexSuffix)) },
		"replaced by a copy": func(p string) {
			must(os.WriteFile(p+".new", readFile(t, p), disk.FileMode))
			must(os.Rename(p+".new", p))
		},
		"replaced by another": func(p string) {
			must(os.WriteFile(p+".new", readFile(t, other), disk.FileMode))
			must(os.Rename(p+".new", p))
		},
		"its log is replaced": func(p string) {
			must(os.WriteFile(p+".new", readFile(t, p+disk.LogSuffix), disk.FileMode))
			must(os.Rename(p+".new", p+disk.LogSuffix))
		},
		"emptied":                   func(p string) { must(os.Truncate(p, 0)) },
		"cut short":                 func(p string) { must(os.Truncate(p, 2*disk.PageSize)) },
		"written over with another": func(p string) { must(os.WriteFile(p, readFile(t, other), disk.FileMode)) },
		"its folder is renamed":     func(p string) { must(os.Rename(filepath.Dir(p), filepath.Dir(p)+".old")) },
		"its folder is removed":     func(p string) { must(os.RemoveAll(filepath.Dir(p))) },
		"its folder is a link to a copy": func(p string) {
			dir := filepath.Dir(p)
			must(exec.CommandContext(t.Context(), "cp", "-a", dir, dir+".copy").Run())
			must(os.Rename(dir, dir+".old"))
			must(os.Symlink(dir+".copy", dir))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, path := watched(t)
			foldAll(t, path)
			goOn(t, s, 1)
			do(path)
			if err := putPage(s, "1"); !errors.Is(err, store.ErrGone) || !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("stored: %v", err)
			}
			if err := s.Trouble(); !errors.Is(err, store.ErrGone) {
				t.Errorf("trouble: %v", err)
			}
		})
	}
}

// An older copy that is written into the open file is recognised by what it lacks.
func TestAnOlderCopyIsWrittenOverAnOpenFile(t *testing.T) {
	t.Parallel()
	s, path := watched(t)
	old := killed(t, s)
	foldAll(t, old)
	goOn(t, s, 1200) // so that the log is folded in
	if disk.LogHas(path+disk.LogSuffix, 1000) {
		t.Fatal("the log is not folded in")
	}
	writeFile(t, path, readFile(t, old))
	if err := putPage(s, "1"); !errors.Is(err, store.ErrGone) {
		t.Errorf("stored: %v", err)
	}
}

// TestFilesThatComeBack: a file that was away for a moment is taken again.
func TestFilesThatComeBack(t *testing.T) {
	t.Parallel()
	s, path := watched(t)
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	if err := putPage(s, "1"); !errors.Is(err, store.ErrGone) {
		t.Errorf("stored: %v", err)
	}
	if err := os.Rename(path+".old", path); err != nil {
		t.Fatal(err)
	}
	goOn(t, s, 1)
	if err := s.Trouble(); err != nil {
		t.Errorf("trouble: %v", err)
	}
	id, head := s.ID(), headOf(t, s, "1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path, Options{Exclusive: true})
	if s.ID() != id || headOf(t, s, "1") != head {
		t.Error("opened again, it is another store")
	}
}

// A store that was swapped while it was open takes nothing of its successor with it.
func TestASwappedStoreIsLeftAlone(t *testing.T) {
	t.Parallel()
	s, path := watched(t)
	h := newHistory(t)
	dir := filepath.Dir(path)
	if err := os.Rename(dir, dir+".old"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Dir(h.far), dir); err != nil {
		t.Fatal(err)
	}
	before := lies(t, path)
	if err := putPage(s, "1"); !errors.Is(err, store.ErrGone) {
		t.Errorf("stored: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	for name, was := range before {
		if got := lies(t, path)[name]; got != was {
			t.Errorf("%s of the successor was changed", name)
		}
	}
	s = openAt(t, path, Options{Exclusive: true})
	if s.ID() != h.id || headOf(t, s, "1") != farChanges {
		t.Error("the successor is another store")
	}
}

// What other programs that know SQLite do is no trouble.
func TestOthersFoldTheLogIn(t *testing.T) {
	t.Parallel()
	s, path := watched(t)
	for n := range 5 {
		for i := range 50 {
			if err := writeBoth(s, "1", fmt.Sprint(n, "-", i), i); err != nil {
				t.Fatal(err)
			}
		}
		foldAll(t, path)
	}
	goOn(t, s, 1)
	if err := s.Scrub(context.Background()); err != nil {
		t.Fatal(err)
	}
	goOn(t, s, 1)
	if err := s.Trouble(); err != nil {
		t.Errorf("trouble: %v", err)
	}
}
