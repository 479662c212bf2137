package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// chosen is the variable that selects the change in a program with many.
const chosen = "PARLEY_MUTANT"

// switches is the code that checks it.
const switches = `
import (
	"os"
	"strconv"
)

var mutantChosen, _ = strconv.Atoi(os.Getenv("` + chosen + `"))

func mutantOne(n int) int {
	if mutantChosen == n {
		return 1
	}
	return 0
}
`

// together is the changes of one room in one test program, each behind a switch: most of the time
// is spent compiling.
type together struct {
	dir     string // its files
	overlay string
	room    room
	trials  []trial

	mu       sync.Mutex
	programs map[string]string // by package of tests
}

// number returns the switch of a change, 0 if it is not in the program.
func (g *together) number(m *mutant) int {
	if g == nil {
		return 0
	}
	for i, t := range g.trials {
		if t.mutant == m {
			return i + 1
		}
	}
	return 0
}

// gather combines as many changes of each room as compile. The compiler's error names the line of
// one that does not.
func (r *run) gather(ctx context.Context, dir string, sample []trial, kept map[string]bool) error {
	for i, room := range rooms {
		g := &together{dir: filepath.Join(dir, strconv.Itoa(i)), room: room, programs: map[string]string{}}
		if err := os.MkdirAll(g.dir, 0o700); err != nil {
			return err
		}
		for _, t := range sample {
			if t.room.folder == room.folder && t.switched != nil && !t.equivalent && !kept[t.key()] {
				g.trials = append(g.trials, t)
			}
		}
		for len(g.trials) > 0 {
			if err := r.write(g); err != nil {
				return err
			}
			_, err := r.output(ctx, "build", "-gcflags=-e", "-overlay", g.overlay, "./"+room.folder)
			if err == nil {
				r.together[room.folder] = g
				break
			}
			if !g.drop(err) {
				fmt.Fprintf(r.say, "%s: one by one: %v\n", room.folder, err)
				break
			}
		}
	}
	return nil
}

var atLine = regexp.MustCompile(`(?m)(\w+\.go):(\d+):`)

// drop removes the changes on the lines of a compiler's error, or else all of the function, and
// reports whether there were any.
func (g *together) drop(err error) bool {
	before := len(g.trials)
	for _, reach := range []func(t trial) (from, to int){
		func(t trial) (int, int) { return t.line, t.line },
		func(t trial) (int, int) { return t.first, t.last },
	} {
		g.trials = slices.DeleteFunc(g.trials, func(t trial) bool {
			from, to := reach(t)
			for _, at := range atLine.FindAllStringSubmatch(err.Error(), -1) {
				line, _ := strconv.Atoi(at[2])
				if at[1] == filepath.Base(t.file) && from <= line && line <= to {
					return true
				}
			}
			return false
		})
		if len(g.trials) < before {
			return true
		}
	}
	return false
}

// write writes the changed files. Overlapping changes are tried alone.
func (r *run) write(g *together) error {
	root, err := filepath.Abs(r.root)
	if err != nil {
		return err
	}
	sort.SliceStable(g.trials, func(a, b int) bool {
		x, y := g.trials[a], g.trials[b]
		return x.file < y.file || x.file == y.file && x.switched.from < y.switched.from
	})
	var apart []trial
	for _, t := range g.trials {
		if n := len(apart); n == 0 || apart[n-1].file != t.file || apart[n-1].switched.to <= t.switched.from {
			apart = append(apart, t)
		}
	}
	g.trials = apart
	changed := map[string][]byte{}
	for i := len(g.trials) - 1; i >= 0; i-- {
		t := g.trials[i]
		src, ok := changed[t.file]
		if !ok {
			if src, err = os.ReadFile(filepath.Join(root, t.file)); err != nil {
				return err
			}
		}
		s := t.switched
		changed[t.file] = bytes.Join([][]byte{src[:s.from], []byte(s.text(i + 1)), src[s.to:]}, nil)
	}
	name := "package " + g.trials[0].of + "\n"
	changed[g.room.folder+"/zz_mutants.go"] = []byte(name + switches)
	spec := map[string]string{}
	for file, src := range changed {
		at := filepath.Join(g.dir, filepath.Base(file))
		if err := os.WriteFile(at, src, 0o600); err != nil {
			return err
		}
		spec[filepath.Join(root, file)] = at
	}
	body, err := json.Marshal(map[string]any{"Replace": spec})
	if err != nil {
		return err
	}
	g.overlay = filepath.Join(g.dir, "overlay.json")
	return os.WriteFile(g.overlay, body, 0o600)
}

// program compiles the tests of a package with all changes of the room, once.
func (g *together) program(ctx context.Context, r *run, pkg string) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if bin, ok := g.programs[pkg]; ok {
		return bin, nil
	}
	bin := filepath.Join(g.dir, "t"+strconv.Itoa(len(g.programs)))
	if _, err := r.output(ctx, "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", g.overlay, "-o", bin, pkg); err != nil {
		return "", errors.Join(errors.New("many changes together"), err)
	}
	g.programs[pkg] = bin
	return bin, nil
}

// switched is the source of a change beside what it replaces.
type switched struct {
	from, to int // in the file
	text     func(n int) string
}

// switchedOf puts an edit of a file behind a switch; nil if it does not fit on one line.
func switchedOf(files *token.FileSet, src []byte, e edit) *switched {
	if e.behind == nil {
		return nil
	}
	s := &switched{from: files.Position(e.whole.Pos()).Offset, to: files.Position(e.whole.End()).Offset}
	old := string(src[s.from:s.to])
	s.text = func(n int) string { return e.behind(n, old) }
	if strings.Count(s.text(1), "\n") != strings.Count(old, "\n") {
		return nil // it would shift the compiler's lines
	}
	return s
}
