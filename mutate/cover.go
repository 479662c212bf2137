package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

// block is a range of a file that a test executes.
type block struct {
	FromLine, FromCol, ToLine, ToCol int
}

func (b block) holds(line, col int) bool {
	return (line > b.FromLine || line == b.FromLine && col >= b.FromCol) &&
		(line < b.ToLine || line == b.ToLine && col < b.ToCol)
}

// passes is one test: what it executes, and how long it takes without a change.
type passes struct {
	Test   string
	Took   time.Duration
	Fails  bool               // without any change
	Blocks map[string][]block // by file, from the module's root
}

// cover is what each test of a package executes.
type cover struct {
	Tests []*passes
	rapid bool
	// properties are the tests that run their body many times.
	properties map[string]bool
}

// of returns the tests that execute a change, quickest first. If no block contains it (the text
// after case), those that execute its function.
func (c *cover) of(m *mutant) []*passes {
	var through, near []*passes
	known := false
	for _, t := range c.Tests {
		if t.Fails {
			continue
		}
		hit, beside := false, false
		for _, b := range t.Blocks[m.file] {
			hit = hit || b.holds(m.line, m.col)
			beside = beside || b.ToLine >= m.first && b.FromLine <= m.last
		}
		known = known || hit
		if hit {
			through = append(through, t)
		}
		if beside {
			near = append(near, t)
		}
	}
	if !known {
		through = near
	}
	sort.SliceStable(through, func(a, b int) bool { return through[a].Took < through[b].Took })
	return through
}

// prepare finds out what each test executes, for all packages of the sample.
func (r *run) prepare(ctx context.Context, sample []trial) error {
	mod, err := r.output(ctx, "list", "-m")
	if err != nil {
		return err
	}
	r.module = strings.TrimSpace(string(mod))
	for _, t := range sample {
		for _, pkg := range r.testsOf(t.room) {
			if r.covers[pkg] != nil {
				continue
			}
			began := time.Now()
			if r.covers[pkg], err = r.cover(ctx, pkg); err != nil {
				return err
			}
			for _, t := range r.covers[pkg].Tests {
				t.Fails = t.Fails || slices.Contains(strings.Split(r.skip, ","), t.Test)
			}
			fmt.Fprintf(r.say, "%s: %d tests, %s\n", pkg, len(r.covers[pkg].Tests), time.Since(began).Round(time.Second))
			for _, t := range r.covers[pkg].Tests {
				if t.Fails {
					fmt.Fprintf(r.say, "left out: %s %s\n", pkg, t.Test)
				}
			}
		}
	}
	return nil
}

// cover runs each test of a package alone. The result is cached in the user's cache folder under
// the hash of the test program.
func (r *run) cover(ctx context.Context, pkg string) (*cover, error) {
	dir, err := os.MkdirTemp("", "mu")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // the machine's own temporary files
	var folders []string
	for _, room := range rooms {
		folders = append(folders, r.module+"/"+room.folder)
	}
	bin := filepath.Join(dir, "t")
	if _, err := r.output(ctx, "test", "-c", "-vet=off", "-cover", "-coverpkg="+strings.Join(folders, ","), "-o", bin, pkg); err != nil {
		return nil, err
	}
	c := &cover{}
	if err := c.readTests(filepath.Join(r.root, pkg)); err != nil {
		return nil, err
	}
	name, err := cacheName(bin)
	if err != nil {
		return nil, err
	}
	if old, err := os.ReadFile(name); err == nil && json.Unmarshal(old, &c.Tests) == nil {
		return c, nil
	}
	list := exec.CommandContext(ctx, bin, "-test.list", "^(Test|Fuzz|Example)") //nolint:gosec // just built
	list.Dir = filepath.Join(r.root, pkg)
	names, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the tests of %s: %w", pkg, err)
	}
	for name := range strings.Lines(string(names)) {
		c.Tests = append(c.Tests, &passes{Test: strings.TrimSpace(name)})
	}
	if err := r.passThrough(ctx, c, bin, dir, pkg); err != nil {
		return nil, err
	}
	learnt, err := json.Marshal(c.Tests)
	if err != nil {
		return nil, err
	}
	return c, os.WriteFile(name, learnt, 0o600)
}

func (r *run) passThrough(ctx context.Context, c *cover, bin, dir, pkg string) error {
	todo := make(chan *passes)
	var workers sync.WaitGroup
	for i := range r.workers {
		workers.Go(func() {
			mine := filepath.Join(dir, fmt.Sprint(i))
			for t := range todo {
				profile := mine + ".out"
				_ = os.Remove(profile)
				began := time.Now()
				failed := r.tests(ctx, bin, mine, pkg, batch{tests: []*passes{t}, limit: 5 * r.limit, stall: 5 * r.limit, checks: fewChecks(c), profile: profile})
				t.Took, t.Fails = time.Since(began), len(failed) > 0
				t.Blocks = r.readProfile(profile)
			}
		})
	}
	for _, t := range c.Tests {
		select {
		case todo <- t:
		case <-ctx.Done():
		}
	}
	close(todo)
	workers.Wait()
	return ctx.Err()
}

// readProfile reads the executed blocks by file.
func (r *run) readProfile(path string) map[string][]block {
	all, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	blocks := map[string][]block{}
	for line := range strings.Lines(string(all)) {
		file, at, ok := strings.Cut(strings.TrimSpace(line), ":")
		var b block
		var statements, count int
		if n, _ := fmt.Sscanf(at, "%d.%d,%d.%d %d %d", &b.FromLine, &b.FromCol, &b.ToLine, &b.ToCol, &statements, &count); !ok || n != 6 || count == 0 {
			continue
		}
		file = strings.TrimPrefix(file, r.module+"/")
		blocks[file] = append(blocks[file], b)
	}
	return blocks
}

func cacheName(bin string) (string, error) {
	program, err := os.ReadFile(bin)
	if err != nil {
		return "", err
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "parley-mutate")
	sum := sha256.Sum256(program)
	return filepath.Join(dir, hex.EncodeToString(sum[:])+".json"), os.MkdirAll(dir, 0o700)
}

// readTests finds out which tests of a package are properties.
func (c *cover) readTests(folder string) error {
	paths, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		return err
	}
	c.properties = map[string]bool{}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.Contains(src, []byte(`"pgregory.net/rapid"`)) {
			continue
		}
		c.rapid = true
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && strings.HasPrefix(f.Name.Name, "Test") {
				c.properties[f.Name.Name] = true
			}
		}
	}
	return nil
}

// onlyProperties returns the tests that are properties.
func (c *cover) onlyProperties(tests []*passes) []*passes {
	return slices.DeleteFunc(slices.Clone(tests), func(t *passes) bool { return !c.properties[t.Test] })
}
