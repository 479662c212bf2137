package sqlite

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/hub/store/sqlite/disk"
	"parley/model"
)

// before returns the path of a store of the last program that left words behind: of its
// customers c0 to c11 it deleted each fourth.
func before(t *testing.T) string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "unerasable.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	if err := os.WriteFile(path, b, disk.FileMode); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAnOlderStoreIsErased: what an older program deleted and left in its index is gone
// once the store is open, and what it kept is found.
func TestAnOlderStoreIsErased(t *testing.T) {
	t.Parallel()
	path, gone := before(t), []byte("苺狩")
	if b := filesBeside(t, path)["hub.db"]; !bytes.Contains(b, gone) {
		t.Fatal("the older store holds nothing that it deleted")
	}
	var told strings.Builder
	s := openAt(t, path, Options{Exclusive: true, Logger: slog.New(slog.NewTextHandler(&told, nil))})
	if !strings.Contains(told.String(), "done=72 of=72") {
		t.Errorf("told %s", &told)
	}
	if err := s.Erased(); err != nil {
		t.Error(err)
	}
	for name, b := range filesBeside(t, path) {
		for _, word := range []string{"苺狩", "狩り", "strawberry4242marker", "Customer3Named", "customer3named"} {
			if bytes.Contains(b, []byte(word)) {
				t.Errorf("%s holds %q", name, word)
			}
		}
	}
	kept := said{}
	for c := range 12 {
		if c%4 == 3 {
			continue
		}
		kept.add(fmt.Sprintf("Customer%dNamed", c))
		id := model.ConversationID(fmt.Sprintf("1_c%d", c))
		for m := range 8 {
			text := fmt.Sprintf("kept%dof%d 見積%d お願いします ", m, c, c)
			kept.add(text)
			if found := foundOn(t, s, "1", fmt.Sprintf("kept%dof%d", m, c)); !slices.Contains(found, id) {
				t.Errorf("message %d of %s is not found: %v", m, id, found)
			}
		}
		if found := foundOn(t, s, "1", fmt.Sprintf("見積%d", c)); len(found) == 0 {
			t.Errorf("%s is not found", id)
		}
	}
	checkIndex(t, s, kept)
	checkWhole(t, s)
}
