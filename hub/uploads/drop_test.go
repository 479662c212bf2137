package uploads_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/hub/uploads"
)

// TestDrop: a file goes with the replies that carried it, unless another one carries it, or
// is about to, or none did yet.
func TestDrop(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	inUse := func(used bool) func(string) (bool, error) {
		return func(string) (bool, error) { return used, nil }
	}
	for name, c := range map[string]struct {
		used, found, carried bool
		gone                 bool
	}{
		"its replies are gone":     {used: true, gone: true},
		"another one carries it":   {used: true, carried: true},
		"another one is about to":  {used: true, found: true},
		"none was known to be yet": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			f := uploads.Open(dir)
			u, err := f.Put("u", "secret.txt", strings.NewReader("words"), now)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Find("u", u.ID, now); err != nil {
				t.Fatal(err)
			}
			if c.used {
				if err := f.Use(u.ID, now.Add(time.Second)); err != nil {
					t.Fatal(err)
				}
			}
			if c.found {
				if _, err := f.Find("u", u.ID, now.Add(2*time.Second)); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.Drop(u.ID, inUse(c.carried)); err != nil {
				t.Error(err)
			}
			left, err := filepath.Glob(filepath.Join(dir, "*"))
			if err != nil || (len(left) == 0) != c.gone {
				t.Errorf("left: %q (%v)", left, err)
			}
			if err := f.Drop("none", inUse(false)); err != nil {
				t.Errorf("of no file: %v", err)
			}
		})
	}
	f := uploads.Open(t.TempDir())
	u, err := f.Put("u", "a", strings.NewReader("words"), now)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Use(u.ID, now); err != nil {
		t.Fatal(err)
	}
	if err := f.Drop(u.ID, func(string) (bool, error) { return false, os.ErrClosed }); !errors.Is(err, os.ErrClosed) {
		t.Errorf("not known whether it is in use: %v", err)
	}
}
