package identity

import (
	"testing"
)

// TestMarksAreTheSame: where all that they say of the store is.
func TestMarksAreTheSame(t *testing.T) {
	t.Parallel()
	of := func() Mark {
		return Mark{ID: "i", Incarnation: "n", Log: "l", Seqs: Seqs{"1": 5}, Base: Seqs{"1": 3}}
	}
	if !of().same(of()) {
		t.Error("the same are not")
	}
	for name, change := range map[string]func(*Mark){
		"id":          func(m *Mark) { m.ID = "j" },
		"incarnation": func(m *Mark) { m.Incarnation = "o" },
		"log":         func(m *Mark) { m.Log = "m" },
		"seqs":        func(m *Mark) { m.Seqs["1"]++ },
		"base":        func(m *Mark) { m.Base["2"] = 1 },
	} {
		m := of()
		if change(&m); m.same(of()) || of().same(m) {
			t.Errorf("another %s, and the same", name)
		}
	}
}

func TestSeqs(t *testing.T) {
	t.Parallel()
	old, now := Seqs{"1": 3, "2": 5}, Seqs{"1": 4, "2": 5, "3": 1}
	for _, c := range []struct {
		of, others    Seqs
		behind, holds bool
	}{
		{now, old, false, true},
		{old, now, true, false},
		{nil, old, false, false},
		{old, nil, false, true},
		{Seqs{"2": 5}, old, false, false},
		{Seqs{"1": 2, "2": 9}, old, true, true},
	} {
		if b, h := c.of.behind(c.others), c.of.holds(c.others); b != c.behind || h != c.holds {
			t.Errorf("%v and %v: behind %t, holds %t", c.of, c.others, b, h)
		}
	}
	if now.total() != 10 {
		t.Error(now.total())
	}
}
