package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDrawKeepsItsSample: the same seed draws the same changes, a larger sample holds the
// smaller one, and other code leaves the rest where it is.
func TestDrawKeepsItsSample(t *testing.T) {
	t.Parallel()
	var all []*mutant
	for i := range 100 {
		all = append(all, &mutant{file: "a.go", line: i, in: "f", what: "never", from: fmt.Sprint(i)})
	}
	few, more := draw(all, 20, 7), draw(all, 40, 7)
	for _, m := range few {
		if !slices.Contains(more, m) {
			t.Errorf("%s is drawn among 20, and not among 40", m)
		}
	}
	if slices.Equal(few, draw(all, 20, 8)) {
		t.Error("another seed draws the same")
	}
	lines := func(list []*mutant) (n []int) {
		for _, m := range list {
			n = append(n, m.line)
		}
		return n
	}
	if !slices.IsSorted(lines(more)) {
		t.Errorf("drawn in the order %v", lines(more))
	}
	left := slices.DeleteFunc(slices.Clone(all), func(m *mutant) bool { return !slices.Contains(few, m) && m.line%2 == 0 })
	if !slices.Equal(draw(left, 20, 7), few) {
		t.Error("what is gone elsewhere changed the sample")
	}
}

// TestSwitched: behind its switch each change is Go, on the lines on which it was.
func TestSwitched(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	src := "package a\n\nfunc f(n int) int {\n\tif n > 0 && n < 9 {\n\t\tn++\n\t}\n\tn = g(n)\n\tfor {\n\t\tif n == 2 {\n\t\t\tbreak\n\t\t}\n\t\tcontinue\n\t}\n\treturn n\n}\n"
	if err := os.WriteFile(filepath.Join(root, "a.go"), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := mutantsOf(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if m.switched == nil {
			t.Errorf("%s can only stand alone", m)
			continue
		}
		s := m.switched
		changed := src[:s.from] + s.text(7) + src[s.to:]
		if strings.Count(changed, "\n") != strings.Count(src, "\n") || !strings.Contains(changed, "7") {
			t.Errorf("%s:\n%s", m, changed)
		}
		if err := os.WriteFile(filepath.Join(root, "a.go"), []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := mutantsOf(root, "."); err != nil {
			t.Errorf("%s: %v", m, err)
		}
	}
}

// TestFollow: what ran when a program of tests ended is known by its lines.
func TestFollow(t *testing.T) {
	t.Parallel()
	running := map[string]bool{}
	var failed []string
	for line := range strings.Lines(`=== RUN   TestA
=== PAUSE TestA
=== RUN   TestB
--- PASS: TestB (0.00s)
=== RUN   TestC
=== RUN   TestC/part
    --- FAIL: TestC/part (0.00s)
=== CONT  TestA
--- FAIL: TestD (1.00s)
FAIL
`) {
		if name := follow(running, line); name != "" {
			failed = append(failed, name)
		}
	}
	if got := slices.Sorted(maps.Keys(running)); !slices.Equal(got, []string{"TestA", "TestC"}) || !slices.Equal(failed, []string{"TestD"}) {
		t.Errorf("running %v, failed %v", got, failed)
	}
}

// TestTestsOfAChange: those that pass through it, the quickest first; of what stands in no
// block those that pass through its function.
func TestTestsOfAChange(t *testing.T) {
	t.Parallel()
	at := func(from, to int) map[string][]block { return map[string][]block{"a.go": {{from, 1, to, 9}}} }
	c := &cover{Tests: []*passes{
		{Test: "TestSlow", Took: 3 * time.Second, Blocks: at(10, 20)},
		{Test: "TestQuick", Took: time.Second, Blocks: at(12, 14)},
		{Test: "TestElsewhere", Blocks: at(30, 40)},
		{Test: "TestBroken", Fails: true, Blocks: at(10, 20)},
	}}
	for line, want := range map[int][]string{13: {"TestQuick", "TestSlow"}, 11: {"TestSlow"}, 25: {"TestQuick", "TestSlow"}, 99: nil} {
		m := &mutant{file: "a.go", line: line, col: 3, first: 10, last: 25}
		if line == 99 {
			m.first, m.last = 90, 99
		}
		var got []string
		for _, p := range c.of(m) {
			got = append(got, p.Test)
		}
		if !slices.Equal(got, want) {
			t.Errorf("line %d: %v, want %v", line, got, want)
		}
	}
}

// TestTell: the last line is the figure of all, of what compiles and is not equivalent; a
// room below what is asked is an error.
func TestTell(t *testing.T) {
	t.Parallel()
	var results []result
	for folder, fates := range map[string][]fate{
		"model": {noticedIt, noticedIt, noticedIt, equivalent, unbuilt},
		"hub":   {noticedIt, unnoticed, unpassed},
	} {
		for _, f := range fates {
			results = append(results, result{trial{mutant: &mutant{}, room: room{folder: folder}}, f, ""})
		}
	}
	var said strings.Builder
	err := (&run{say: &said, least: 90}).report(results)
	if err == nil || !strings.Contains(err.Error(), "hub: 33.3 %") {
		t.Errorf("%v", err)
	}
	if !strings.HasSuffix(said.String(), "\nkilled 4 of 6 (66.7 %), 1 equivalent\n") || !strings.Contains(said.String(), "model             killed 3 of 3 (100.0 %), 1 equivalent\n") {
		t.Errorf("said:\n%s", said.String())
	}
	if err := (&run{say: &said, least: 30}).report(results); err != nil {
		t.Errorf("30 %% asked: %v", err)
	}
}
