package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// trial is a change and the tests that must notice it.
type trial struct {
	*mutant
	room       room
	equivalent bool
}

// testsOf returns the packages whose tests must notice a change in a room.
func (r *run) testsOf(of room) []string {
	if r.near {
		return of.tests[:1]
	}
	return of.tests
}

// sample draws r.n changes of each room, including equivalent ones.
func (r *run) sample(equivalent map[string]bool) ([]trial, error) {
	var all []trial
	for _, room := range rooms {
		if r.only != "" && !slices.Contains(strings.Split(r.only, ","), room.folder) {
			continue
		}
		of, err := mutantsOf(r.root, room.folder)
		if err != nil {
			return nil, err
		}
		of = slices.DeleteFunc(of, func(m *mutant) bool { return !strings.Contains(m.String(), r.from) })
		for _, m := range draw(of, r.n, r.seed) {
			all = append(all, trial{m, room, equivalent[m.key()]})
		}
	}
	return all, nil
}

// draw picks n changes, in the order of the source. The seed and a change's key decide its rank,
// which it keeps when other code comes or goes.
func draw(all []*mutant, n int, seed uint64) []*mutant {
	place := map[*mutant]string{}
	for _, m := range all {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", seed, m.key()))
		place[m] = string(sum[:])
	}
	drawn := slices.Clone(all)
	sort.Slice(drawn, func(a, b int) bool { return place[drawn[a]] < place[drawn[b]] })
	drawn = drawn[:min(n, len(drawn))]
	sort.SliceStable(drawn, func(a, b int) bool {
		if drawn[a].file != drawn[b].file {
			return drawn[a].file < drawn[b].file
		}
		return drawn[a].line < drawn[b].line
	})
	return drawn
}

// readEquivalent reads the changes judged to have no effect: a key a line, and below it, indented,
// the reason.
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

// kept is a file with the keys of what was noticed in earlier runs; without a name it is empty.
type kept struct {
	keys map[string]bool
	file *os.File
}

func openKept(name string) (*kept, error) {
	k := &kept{keys: map[string]bool{}}
	if name == "" {
		return k, nil
	}
	old, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	for line := range strings.Lines(string(old)) {
		k.keys[strings.TrimRight(line, "\n")] = true
	}
	k.file, err = os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return k, err
}

func (k *kept) add(m *mutant) error {
	if k.file == nil {
		return nil
	}
	_, err := fmt.Fprintln(k.file, m.key())
	return err
}

func (k *kept) close() {
	if k.file != nil {
		_ = k.file.Close() // each line is written at once
	}
}
