package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// fate is what became of a change.
type fate int

const (
	unbuilt   fate = iota // it does not compile
	noticedIt             // a test failed, or did not end
	unnoticed             // all tests passed
)

type result struct {
	*mutant
	fate fate
}

// try runs the tests of every change, r.workers at a time.
func (r *run) try(ctx context.Context, sample []trial) []result {
	todo := make(chan trial)
	var mu sync.Mutex
	var results []result
	var workers sync.WaitGroup
	for range r.workers {
		workers.Go(func() {
			for t := range todo {
				f, err := r.one(ctx, t)
				if ctx.Err() != nil {
					return
				}
				mu.Lock()
				results = append(results, result{t.mutant, f})
				fmt.Fprintf(r.say, "%4d/%d %-11s %s\n", len(results), len(sample), word(f, err), t.mutant)
				mu.Unlock()
			}
		})
	}
	for _, t := range sample {
		select {
		case todo <- t:
		case <-ctx.Done():
		}
	}
	close(todo)
	workers.Wait()
	return results
}

func word(f fate, err error) string {
	switch {
	case err != nil:
		return "? " + err.Error()
	case f == unbuilt:
		return "no build"
	case f == noticedIt:
		return "noticed"
	default:
		return "NOT NOTICED"
	}
}

// one runs the tests of one change.
func (r *run) one(ctx context.Context, t trial) (fate, error) {
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return unbuilt, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the machine's own temporary files
	overlay, err := r.overlay(dir, t.mutant)
	if err != nil {
		return unbuilt, err
	}
	if r.goTool(ctx, "build", "-overlay", overlay, "./"+filepath.Dir(t.file)) != nil {
		return unbuilt, nil
	}
	for _, pkg := range t.tests {
		if r.goTool(ctx, "test", "-overlay", overlay, "-vet=off", "-failfast", "-timeout", r.limit.String(), pkg) != nil {
			return noticedIt, nil
		}
	}
	return unnoticed, nil
}

// overlay writes the changed file beside the module and says where it stands.
func (r *run) overlay(dir string, m *mutant) (string, error) {
	root, err := filepath.Abs(r.root)
	if err != nil {
		return "", err
	}
	changed := filepath.Join(dir, filepath.Base(m.file))
	if err := os.WriteFile(changed, m.new, 0o600); err != nil {
		return "", err
	}
	spec, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(root, m.file): changed}})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, spec, 0o600)
}

// goTool runs go in the module's root; what it prints is of no interest.
func (r *run) goTool(ctx context.Context, args ...string) error {
	c := exec.CommandContext(ctx, "go", args...) //nolint:gosec // our own words
	c.Dir = r.root
	return c.Run()
}

// readEquivalent reads which changes are judged to change nothing: a key a line, and
// below it, indented, the reason.
func readEquivalent(root string) (map[string]bool, error) {
	list, err := os.ReadFile(filepath.Join(root, "mutate", "equivalent.txt"))
	if err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for line := range strings.Lines(string(list)) {
		if line = strings.TrimRight(line, "\n"); line != "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "#") {
			keys[line] = true
		}
	}
	return keys, nil
}
