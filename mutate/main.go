// Command mutate asks what the tests would notice. It makes small changes to the code,
// one at a time (a condition that never or always holds, an operator, a number, a
// statement left out), runs the tests of what was changed, and tells which changes no
// test noticed. The files on disk stay as they are: the compiler is given the changed
// one in its place (go test -overlay).
//
// A sample is drawn by a seed, so that a run can be repeated. What is judged to change
// nothing that anybody could see stands in equivalent.txt, with the reason.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"sort"
	"strings"
	"syscall"
	"time"
)

// room is a folder whose code is changed, with the packages whose tests must notice,
// the quickest first.
type room struct {
	folder string
	tests  []string
}

// rooms are those in which nothing may fail.
var rooms = []room{
	{"model", []string{"./model", "./client", "./hub"}},
	{"client", []string{"./client", "./cmd/parley"}},
	{"hub", []string{"./hub", "./hub/api"}},
	{"hub/transcript", []string{"./hub/transcript", "./hub/api"}},
	{"hub/store/sqlite", []string{"./hub/store/...", "./hub"}},
	{"hub/sshd", []string{"./hub/sshd"}},
}

// run is one run of this command.
type run struct {
	root, only string
	n, workers int
	seed       uint64
	least      int
	limit      time.Duration
	from       string
	say        io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r := &run{say: os.Stdout}
	flag.StringVar(&r.root, "root", ".", "the module's root")
	flag.StringVar(&r.only, "only", "", "only these rooms, by commas: model,hub")
	flag.StringVar(&r.from, "from", "", "only changes whose line (file:line (function): …) contains this")
	flag.IntVar(&r.n, "n", 100, "how many changes to try")
	flag.IntVar(&r.workers, "workers", 2, "how many at a time")
	flag.Uint64Var(&r.seed, "seed", 1, "draws the sample")
	flag.IntVar(&r.least, "least", 90, "per cent that must be noticed; below it ends with 1")
	flag.DurationVar(&r.limit, "limit", 5*time.Minute, "how long the tests of one package may take; past it the change counts as noticed")
	flag.Parse()
	if err := r.all(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		stop()
		os.Exit(1)
	}
}

// all draws a sample, tries it and tells the figures.
func (r *run) all(ctx context.Context) error {
	equivalent, err := readEquivalent(r.root)
	if err != nil {
		return err
	}
	sample, err := r.sample(equivalent)
	if err != nil {
		return err
	}
	if len(sample) == 0 {
		return fmt.Errorf("no change matches -only %q -from %q", r.only, r.from)
	}
	fmt.Fprintf(r.say, "%d changes, seed %d\n", len(sample), r.seed)
	results := r.try(ctx, sample)
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.tell(results)
}

// trial is a change and the tests that must notice it.
type trial struct {
	*mutant
	tests []string
}

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
		for _, m := range of {
			if !equivalent[m.key()] && strings.Contains(m.String(), r.from) {
				all = append(all, trial{m, room.tests})
			}
		}
	}
	draw := rand.New(rand.NewPCG(r.seed, 0)) //nolint:gosec // a sample that can be drawn again, no secret
	draw.Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
	all = all[:min(r.n, len(all))]
	sort.SliceStable(all, func(a, b int) bool { return all[a].file < all[b].file })
	return all, nil
}

// tell prints what was not noticed, with a figure for each room's files.
func (r *run) tell(results []result) error {
	noticed, judged := 0, 0
	for _, res := range results {
		switch res.fate {
		case unbuilt:
		case noticedIt:
			judged, noticed = judged+1, noticed+1
		case unnoticed:
			judged++
			fmt.Fprintf(r.say, "not noticed  %s\n", res.mutant)
		}
	}
	if judged == 0 {
		fmt.Fprintln(r.say, "none of them compiled")
		return nil
	}
	share := 100 * float64(noticed) / float64(judged)
	fmt.Fprintf(r.say, "%d of %d noticed (%.1f %%); %d did not compile\n", noticed, judged, share, len(results)-judged)
	if share < float64(r.least) {
		return fmt.Errorf("%.1f %% noticed, at least %d %% must be", share, r.least)
	}
	return nil
}
