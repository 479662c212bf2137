package searchindex

import (
	"bytes"
	"testing"
)

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
