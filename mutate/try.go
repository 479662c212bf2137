package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// fate is the result of a change.
type fate int

const (
	unbuilt    fate = iota // it does not compile
	noticedIt              // a test failed, or did not end
	unnoticed              // all tests that execute it passed
	unpassed               // no test executes it
	equivalent             // it has no visible effect
)

func (f fate) String() string {
	return [...]string{"no build", "killed", "SURVIVED", "NO TEST", "equivalent"}[f]
}

type result struct {
	trial
	fate fate
	by   string
}

// try runs the tests of every change, r.workers at a time.
func (r *run) try(ctx context.Context, sample []trial, kept *kept) []result {
	todo := make(chan trial)
	var mu sync.Mutex
	var results []result
	began := time.Now()
	var workers sync.WaitGroup
	for range r.workers {
		workers.Go(func() {
			for t := range todo {
				res, err := r.one(ctx, t, kept.keys)
				if ctx.Err() != nil {
					return
				}
				mu.Lock()
				results = append(results, res)
				if err == nil && res.fate == noticedIt && !kept.keys[t.key()] {
					err = kept.add(t.mutant)
				}
				if err != nil {
					fmt.Fprintln(r.say, "mutate:", err)
				}
				fmt.Fprintf(r.say, "%4d/%d %5s %-10s %s%s\n", len(results), len(sample), time.Since(began).Round(time.Second), res.fate, t.mutant, by(res.by))
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

func by(test string) string {
	if test == "" {
		return ""
	}
	return "  <- " + test
}

// one tries one change.
func (r *run) one(ctx context.Context, t trial, kept map[string]bool) (result, error) {
	switch {
	case t.equivalent:
		return result{t, equivalent, ""}, nil
	case kept[t.key()]:
		return result{t, noticedIt, "an earlier run"}, nil
	}
	dir, err := os.MkdirTemp("", "mu")
	if err != nil {
		return result{t, unbuilt, ""}, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // the machine's own temporary files
	program := r.alone(dir, t.mutant)
	number := 0
	if g := r.together[t.room.folder]; g.number(t.mutant) > 0 {
		number = g.number(t.mutant)
		program = func(ctx context.Context, pkg string) (string, error) { return g.program(ctx, r, pkg) }
	}
	fate := unpassed
	for _, pkg := range r.testsOf(t.room) {
		c := r.covers[pkg]
		tests := c.of(t.mutant)
		if len(tests) == 0 {
			continue
		}
		fate = unnoticed
		bin, err := program(ctx, pkg)
		if err != nil {
			if number == 0 {
				err = nil // it is not Go
			}
			return result{t, unbuilt, ""}, err
		}
		for _, b := range r.batches(c, tests) {
			b.number = number
			if who, failed := r.failsTwice(ctx, bin, dir, pkg, b); failed {
				return result{t, noticedIt, strings.TrimPrefix(pkg, "./") + " " + who}, nil
			}
		}
	}
	return result{t, fate, ""}, nil
}

// alone compiles the tests of a package with one change.
func (r *run) alone(dir string, m *mutant) func(context.Context, string) (string, error) {
	return func(ctx context.Context, pkg string) (string, error) {
		overlay, err := r.overlay(dir, m)
		if err != nil {
			return "", err
		}
		bin := filepath.Join(dir, "t")
		_, err = r.output(ctx, "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", bin, pkg)
		return bin, err
	}
}

// batch is what one test process runs.
type batch struct {
	tests   []*passes
	limit   time.Duration // for all of it
	stall   time.Duration // until the next test starts or ends
	checks  int           // of each property; 0: the default
	number  int           // of the chosen change
	profile string
}

// first is how long the tests of the first batch take.
const first = 2 * time.Second

// batches orders tests, quickest first: those that end quickly, the others, and the properties
// again with the default number of checks.
func (r *run) batches(c *cover, tests []*passes) []batch {
	quick, sum := 0, time.Duration(0)
	for quick < len(tests) && sum < first {
		sum += tests[quick].Took
		quick++
	}
	var all []batch
	for _, b := range []batch{
		{tests: tests[:quick], checks: fewChecks(c)},
		{tests: tests[quick:], checks: fewChecks(c)},
		{tests: c.onlyProperties(tests)},
	} {
		if len(b.tests) == 0 {
			continue
		}
		b.limit, b.stall = r.limit, r.limit
		for _, t := range b.tests {
			b.limit += 5 * t.Took
			b.stall = max(b.stall, 5*t.Took)
		}
		all = append(all, b)
	}
	return all
}

// fewChecks is how often a property is checked at first.
func fewChecks(c *cover) int {
	if c.rapid {
		return 10
	}
	return 0
}

// failsTwice runs a batch. A failure counts if the test fails again alone, in one of two tries: the
// machine may be slow. Else the rest goes on without it.
func (r *run) failsTwice(ctx context.Context, bin, dir, pkg string, b batch) (string, bool) {
	for len(b.tests) > 0 {
		who := r.tests(ctx, bin, dir, pkg, b)
		if len(who) == 0 {
			return "", false
		}
		alone, others := b, b
		alone.tests, others.tests = nil, nil
		for _, t := range b.tests {
			if slices.Contains(who, t.Test) {
				alone.tests = append(alone.tests, t)
			} else {
				others.tests = append(others.tests, t)
			}
		}
		for range 2 {
			if again := r.tests(ctx, bin, dir, pkg, alone); len(again) > 0 {
				return again[0], true
			}
		}
		b = others
	}
	return "", false
}

// bounded limits memory, so that a change that takes ever more does not take down the machine.
const bounded = `ulimit -v 12000000 2>/dev/null; exec "$0" "$@"`

// tests runs tests in one process until one fails, and returns its name; if the process crashes or
// hangs, those that were running.
func (r *run) tests(ctx context.Context, bin, dir, pkg string, b batch) []string {
	var names []string
	for _, t := range b.tests {
		names = append(names, t.Test)
	}
	tmp := filepath.Join(dir, "d")
	if os.MkdirAll(tmp, 0o700) != nil {
		return nil
	}
	defer func() { _ = os.RemoveAll(tmp) }() // the machine's own temporary files
	args := []string{"-c", bounded, bin, "-test.v", "-test.failfast", "-test.timeout", b.limit.String(), "-test.run", "^(" + strings.Join(names, "|") + ")$"}
	if b.checks > 0 {
		args = append(args, "-rapid.checks="+strconv.Itoa(b.checks), "-rapid.nofailfile")
	}
	if b.profile != "" {
		args = append(args, "-test.coverprofile="+b.profile)
	}
	ctx, stop := context.WithTimeout(ctx, b.limit+r.limit)
	defer stop()
	c := exec.CommandContext(ctx, "sh", args...) //nolint:gosec // our own words
	c.Dir, c.Env, c.WaitDelay = filepath.Join(r.root, pkg), append(os.Environ(), "TMPDIR="+tmp, chosen+"="+strconv.Itoa(b.number)), time.Second
	out, to := io.Pipe()
	c.Stdout, c.Stderr = to, to
	if c.Start() != nil {
		return nil
	}
	ended := make(chan error, 1)
	go func() {
		err := c.Wait()
		_ = to.Close() // never fails
		ended <- err
	}()
	stall := time.AfterFunc(b.stall, stop)
	defer stall.Stop()
	failed, running := "", map[string]bool{}
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		stall.Reset(b.stall)
		if name := follow(running, line); name != "" && failed == "" {
			failed = name
			stop()
		}
		if err != nil {
			break
		}
	}
	switch err := <-ended; {
	case failed != "":
		return []string{failed}
	case err == nil || errors.Is(err, exec.ErrWaitDelay):
		return nil
	case len(running) > 0:
		return slices.Sorted(maps.Keys(running))
	}
	return names // it failed after the last of them, as when a goroutine is left
}

// follow records by a line which tests run, and returns the one that failed, if it says so.
func follow(running map[string]bool, line string) (failed string) {
	what, name, _ := strings.Cut(strings.TrimSpace(line), " ")
	mark, name, _ := strings.Cut(strings.TrimSpace(name), " ")
	name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
	switch {
	case strings.HasPrefix(line, " ") || strings.Contains(name, "/"):
	case what == "===" && (mark == "RUN" || mark == "CONT"):
		running[name] = true
	case what == "===" && mark == "PAUSE":
		delete(running, name)
	case what == "---":
		delete(running, name)
		if mark == "FAIL:" {
			return name
		}
	}
	return ""
}

// overlay writes the changed file and the overlay for it.
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

// output runs go in the module's root.
func (r *run) output(ctx context.Context, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, "go", args...) //nolint:gosec // our own words
	c.Dir = r.root
	out, err := c.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("go %s: %w\n%s", args[0], err, exit.Stderr)
	}
	return out, err
}
