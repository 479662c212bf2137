package disk

import (
	"testing"
)

// TestFollows: a log is a later one of the same run where its number and its first salt grew
// alike; what can't be read follows nothing.
func TestFollows(t *testing.T) {
	t.Parallel()
	const before = "5:fffffffe:00000001"
	for after, want := range map[string]bool{
		"6:ffffffff:00000009": true,
		"7:00000000:00000009": true, // over the largest
		before:                false,
		"4:fffffffd:00000009": false, // an earlier one
		"6:fffffffe:00000009": false, // of another run
		"6:00000000:00000009": false,
		"5:fffffffe:00000009": false,
		"":                    false,
		"x:ffffffff:00000009": false,
	} {
		if got := Follows(before, after); got != want {
			t.Errorf("%s after %s: %v", after, before, got)
		}
	}
	if Follows("", before) {
		t.Error("something follows nothing")
	}
}
