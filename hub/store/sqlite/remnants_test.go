package sqlite

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

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
	if err := os.WriteFile(path, b, fileMode); err != nil {
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

// TestLogReadInParts: what is found of a log is the same whether it is read at once or as
// it grows, and another log, or one that was written over, is read from its beginning.
func TestLogReadInParts(t *testing.T) {
	t.Parallel()
	page := func(remnant byte) []byte {
		p := make([]byte, pageSize)
		p[0] = 0x0d
		binary.BigEndian.PutUint16(p[treeStartAt:], pageSize)
		p[100] = remnant
		return p
	}
	frame := func(salt, number byte, commit bool, p []byte) []byte {
		var h [logFrame]byte
		h[3] = number
		if commit {
			h[logFrameAtCommit+3] = 9
		}
		h[logFrameAtSalts] = salt
		binary.BigEndian.PutUint64(h[logFrameAtChecksum:], uint64(number)<<8|uint64(p[100]))
		return append(h[:], p...)
	}
	head := func(salt byte) []byte {
		h := make([]byte, logHeader)
		binary.BigEndian.PutUint32(h, logMagic)
		h[logAtSalts] = salt
		return h
	}
	path := filepath.Join(t.TempDir(), "log")
	var b []byte
	var at swept
	step := func(write []byte, want ...uint32) {
		t.Helper()
		b = append(b, write...)
		if err := os.WriteFile(path, b, fileMode); err != nil {
			t.Fatal(err)
		}
		got, to, err := remnantsIn(path, at)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("found %v (%v), want %v", got, err, want)
		}
		at = to
	}
	step(nil)
	step(head(1))
	step(frame(1, 2, false, page(1)))         // not committed
	step(frame(1, 3, true, page(0)), 2)       // by then it is
	step(nil)                                 // read already
	step(frame(1, 4, true, page(1)), 4)       // another
	step(frame(1, 4, true, page(0)))          // written again
	step(frame(2, 5, true, page(1)))          // of a log before
	b = b[:len(b)-2*(logFrame+pageSize)]      // the last ones were never committed
	step(frame(1, 6, true, page(1)), 2, 4, 6) // so all is read again
	b = nil                                   // begun anew
	step(append(head(2), frame(2, 7, true, page(1))...), 7)
	if got, to, err := remnantsIn(path+"none", at); got != nil || to != (swept{}) || err != nil {
		t.Errorf("of no log: %v, %v, %v", got, to, err)
	}
}

// FuzzWipe: whatever a page holds, what SQLite reads of it stays: its header, where its
// cells are, the cells, and the list of what is free.
func FuzzWipe(f *testing.F) {
	seed := make([]byte, pageSize)
	copy(seed, []byte{0x0d, 0, 0, 0, 1, 0x0f, 0xf0, 0, 0x0f, 0xf0, 1, 2, 3})
	f.Add(seed[:64], uint32(2))
	f.Add([]byte{0x05, 0x0f, 0xf4, 0, 1, 0x0f, 0xf0, 0, 0, 0, 0, 1, 0x0f, 0xf0}, uint32(1))
	f.Fuzz(func(t *testing.T, begin []byte, number uint32) {
		page := make([]byte, pageSize)
		for i := range page {
			page[i] = byte(i)
		}
		copy(page, begin)
		was := bytes.Clone(page)
		changed := wipe(page, number)
		if changed == bytes.Equal(was, page) {
			t.Fatalf("changed: %v", changed)
		}
		if !changed {
			return
		}
		at := 0
		if number == 1 {
			at = fileHeader
		}
		cells, start := int(binary.BigEndian.Uint16(was[at+treeCellsAt:])), int(binary.BigEndian.Uint16(was[at+treeStartAt:]))
		if end := at + leafHeader + cells*cellPointer; !bytes.Equal(was[:end], page[:end]) {
			t.Fatal("the header changed")
		}
		if binary.BigEndian.Uint16(was[at+treeFreeAt:]) == 0 && !bytes.Equal(was[start:], page[start:]) {
			t.Fatal("a cell changed")
		}
		if wipe(page, number) {
			t.Fatal("something is left")
		}
	})
}

// FuzzLeaf: whatever a leaf holds, reading its first word ends, and well.
func FuzzLeaf(f *testing.F) {
	f.Add([]byte{0, 0, 0, 8, 3, 'a', 'b', 'c', 4})
	f.Add([]byte{0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, leaf []byte) {
		if word := firstWordIn(leaf); !bytes.Contains(leaf, []byte(word)) {
			t.Fatalf("%q", word)
		}
	})
}

// TestRemnantsThatCantBeOverwrittenWait: while another one writes nothing is overwritten;
// it is the next time.
func TestRemnantsThatCantBeOverwrittenWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		connection := func() *conn {
			db, err := sql.Open(driverName, dsn(path, forWriting))
			if err != nil {
				t.Fatal(err)
			}
			c, err := connect(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.drop(); _ = db.Close() })
			return c
		}
		other, told := connection(), &strings.Builder{}
		exec := func(query string, args ...any) {
			t.Helper()
			if _, err := other.c.ExecContext(t.Context(), query, args...); err != nil {
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
		w := &writer{path: path, c: connection(), erasing: erasing{log: slog.New(slog.NewTextHandler(told, nil))}}
		remnants := func() int {
			t.Helper()
			pages, _, err := remnantsIn(path+logSuffix, swept{})
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
		if err := other.c.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&answer); err != nil || answer != "ok" {
			t.Errorf("the file is broken: %s, %v", answer, err)
		}
	})
}
