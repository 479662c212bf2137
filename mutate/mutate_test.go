package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMutants changes a file in each of the ways that are known, and nothing else.
func TestMutants(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	src := `package a

func f(n int) (int, error) {
	if n > 0 && n < 9 {
		n++
	}
	if err := g(); err != nil {
		return 0, err
	}
	for {
		if n == 2 {
			break
		}
		n = n - 1
	}
	h(n)
	return n, nil
}
`
	if err := os.WriteFile(filepath.Join(root, "a.go"), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := mutantsOf(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, m := range all {
		seen[m.what]++
		if m.in != "f" || string(m.new) == src || m.line < 4 {
			t.Errorf("a change that is none: %s", m)
		}
	}
	for _, what := range []string{"never", "always", "left out", "one more", "&& to || in n > 0 && n < 9", "> to >= in n > 0", "== to != in n == 2", "- to + in n - 1"} {
		if seen[what] == 0 {
			t.Errorf("%s: not among %v", what, seen)
		}
	}
	if seen["never"] != 2 {
		t.Errorf("%d conditions, want 2: what looks at an error stays", seen["never"])
	}
}
