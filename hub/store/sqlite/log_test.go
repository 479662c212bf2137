package sqlite

import "testing"

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
		if got := follows(before, after); got != want {
			t.Errorf("%s after %s: %v", after, before, got)
		}
	}
	if follows("", before) {
		t.Error("something follows nothing")
	}
}

// TestMarksAreTheSame: where all that they say of the store is.
func TestMarksAreTheSame(t *testing.T) {
	t.Parallel()
	of := func() mark {
		return mark{ID: "i", Incarnation: "n", Log: "l", Seqs: seqs{"1": 5}, Base: seqs{"1": 3}}
	}
	if !of().same(of()) {
		t.Error("the same are not")
	}
	for name, change := range map[string]func(*mark){
		"id":          func(m *mark) { m.ID = "j" },
		"incarnation": func(m *mark) { m.Incarnation = "o" },
		"log":         func(m *mark) { m.Log = "m" },
		"seqs":        func(m *mark) { m.Seqs["1"]++ },
		"base":        func(m *mark) { m.Base["2"] = 1 },
	} {
		m := of()
		if change(&m); m.same(of()) || of().same(m) {
			t.Errorf("another %s, and the same", name)
		}
	}
}
