package disk

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// logFrameAtChecksum is where a frame's header holds the checksum of all frames up to it.
const logFrameAtChecksum = 16

// TestLogReadInParts: what is found of a log is the same whether it is read at once or as
// it grows, and another log, or one that was written over, is read from its beginning.
func TestLogReadInParts(t *testing.T) {
	t.Parallel()
	page := func(remnant byte) []byte {
		p := make([]byte, PageSize)
		p[0] = 0x0d
		binary.BigEndian.PutUint16(p[treeStartAt:], PageSize)
		p[100] = remnant
		return p
	}
	frame := func(salt, number byte, commit bool, p []byte) []byte {
		var h [LogFrame]byte
		h[3] = number
		if commit {
			h[logFrameAtCommit+3] = 9
		}
		h[logFrameAtSalts] = salt
		binary.BigEndian.PutUint64(h[logFrameAtChecksum:], uint64(number)<<8|uint64(p[100]))
		return append(h[:], p...)
	}
	head := func(salt byte) []byte {
		h := make([]byte, LogHeader)
		binary.BigEndian.PutUint32(h, logMagic)
		h[logAtSalts] = salt
		return h
	}
	path := filepath.Join(t.TempDir(), "log")
	var b []byte
	var at Swept
	step := func(write []byte, want ...uint32) {
		t.Helper()
		b = append(b, write...)
		if err := os.WriteFile(path, b, FileMode); err != nil {
			t.Fatal(err)
		}
		got, to, err := Remnants(path, at)
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
	b = b[:len(b)-2*(LogFrame+PageSize)]      // the last ones were never committed
	step(frame(1, 6, true, page(1)), 2, 4, 6) // so all is read again
	b = nil                                   // begun anew
	step(append(head(2), frame(2, 7, true, page(1))...), 7)
	if got, to, err := Remnants(path+"none", at); got != nil || to != (Swept{}) || err != nil {
		t.Errorf("of no log: %v, %v, %v", got, to, err)
	}
}

// FuzzWipe: whatever a page holds, what SQLite reads of it stays: its header, where its
// cells are, the cells, and the list of what is free.
func FuzzWipe(f *testing.F) {
	seed := make([]byte, PageSize)
	copy(seed, []byte{0x0d, 0, 0, 0, 1, 0x0f, 0xf0, 0, 0x0f, 0xf0, 1, 2, 3})
	f.Add(seed[:64], uint32(2))
	f.Add([]byte{0x05, 0x0f, 0xf4, 0, 1, 0x0f, 0xf0, 0, 0, 0, 0, 1, 0x0f, 0xf0}, uint32(1))
	f.Fuzz(func(t *testing.T, begin []byte, number uint32) {
		page := make([]byte, PageSize)
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
