// Command mutate finds out what the tests would notice. It makes small changes to the code, one
// at a time (a condition that never or always holds, an operator, a number, a statement left
// out), runs the tests that execute the change, and reports the changes that no test noticed.
// Files on disk are not changed: the compiler gets the changed file instead (go test -overlay).
//
// A sample is drawn by a seed and stays the same while the code does; changes elsewhere leave
// the rest of it as it is. Changes judged to have no visible effect are in equivalent.txt, with
// the reason. With -keep FILE a run that was interrupted, or whose survivors were fixed, continues
// where it was: what was noticed before is not tried again.
//
// A change counts as noticed (killed) when a test fails on it twice, or does not end. A test that
// fails without any change is left out, and reported.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// room is a folder whose code is changed, with the packages whose tests must notice, nearest
// first.
type room struct {
	folder string
	tests  []string
}

// rooms are those in which nothing may fail.
var rooms = []room{
	{"model", []string{"./model", "./client", "./hub/outbox", "./hub/receive", "./hub/api/..."}},
	{"model/safe", []string{"./model/safe"}},
	{"client", []string{"./client"}},
	{"hub", []string{"./hub", "./hub/api/..."}},
	{"hub/access", []string{"./hub/view", "./hub/pages", "./hub/api/..."}},
	{"hub/accounts", []string{"./hub/accounts", "./hub", "./hub/api/..."}},
	{"hub/notices", []string{"./hub/notices", "./hub/receive"}},
	{"hub/outbox", []string{"./hub/outbox", "./hub/receive", "./hub"}},
	{"hub/pages", []string{"./hub/pages", "./hub", "./hub/api/..."}},
	{"hub/receive", []string{"./hub/receive", "./hub/outbox", "./hub"}},
	{"hub/replies", []string{"./hub/replies", "./hub/outbox", "./hub/receive"}},
	{"hub/stream", []string{"./hub/stream", "./hub/api/..."}},
	{"hub/view", []string{"./hub/view", "./hub/pages", "./hub/api/..."}},
	{"hub/api", []string{"./hub/api/..."}},
	{"hub/api/accounts", []string{"./hub/api/accounts", "./hub/api"}},
	{"hub/api/browser", []string{"./hub/api/browser", "./hub/api"}},
	{"hub/api/conversations", []string{"./hub/api/conversations", "./hub/api"}},
	{"hub/api/crm", []string{"./hub/api/crm", "./hub/api"}},
	{"hub/api/door", []string{"./hub/api/door", "./hub/api/..."}},
	{"hub/api/pages", []string{"./hub/api/pages", "./hub/api/browser", "./hub/api"}},
	{"hub/api/socket", []string{"./hub/api/socket", "./hub/api"}},
	{"hub/api/status", []string{"./hub/api"}},
	{"hub/api/webhooks", []string{"./hub/api/webhooks", "./hub/api"}},
	{"hub/transcript", []string{"./hub/transcript", "./hub/api/..."}},
	{"hub/store", []string{"./hub/store", "./hub/store/sqlite", "./hub/receive", "./hub/outbox"}},
	{"hub/store/sqlite", []string{"./hub/store/sqlite", "./hub/receive", "./hub/outbox", "./hub/api/..."}},
	{"hub/store/sqlite/disk", []string{"./hub/store/sqlite/disk", "./hub/store/sqlite"}},
	{"hub/store/sqlite/identity", []string{"./hub/store/sqlite/identity", "./hub/store/sqlite"}},
	{"hub/store/sqlite/searchindex", []string{"./hub/store/sqlite/searchindex", "./hub/store/sqlite"}},
	{"hub/store/sqlite/sqldb", []string{"./hub/store/sqlite/sqldb", "./hub/store/sqlite"}},
	{"hub/store/sqlite/tables", []string{"./hub/store/sqlite/tables", "./hub/store/sqlite", "./hub/receive", "./hub/outbox", "./hub/api/..."}},
	{"hub/store/sqlite/writer", []string{"./hub/store/sqlite/writer", "./hub/store/sqlite"}},
	{"hub/sshd", []string{"./hub/sshd"}},
	{"hub/sshd/admission", []string{"./hub/sshd/admission", "./hub/sshd"}},
	{"hub/sshd/request", []string{"./hub/sshd/request", "./hub/sshd"}},
}

// run is one run of this command.
type run struct {
	root, only, from, keep, skip string
	n, workers                   int
	seed                         uint64
	least                        float64
	limit                        time.Duration
	near, list                   bool
	say                          io.Writer

	module string
	covers map[string]*cover // by package of tests
	// together are the changes of a room that are compiled into one program.
	together map[string]*together
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r := &run{say: os.Stdout, covers: map[string]*cover{}, together: map[string]*together{}}
	flag.StringVar(&r.root, "root", ".", "the module's root")
	flag.StringVar(&r.only, "only", "", "only these rooms, by commas: model,hub")
	flag.StringVar(&r.from, "from", "", "only changes whose line (file:line (function): …) contains this")
	flag.StringVar(&r.keep, "keep", "", "a file of what was noticed so far: read at the start, added to, and not tried again")
	flag.StringVar(&r.skip, "skip", "", "tests that don't count, by commas: those that fail by themselves now and then")
	flag.IntVar(&r.n, "n", 60, "how many changes to try in each room")
	flag.IntVar(&r.workers, "workers", 2, "how many at a time")
	flag.Uint64Var(&r.seed, "seed", 1, "draws the sample")
	flag.Float64Var(&r.least, "least", 90, "per cent of those not equivalent that must be noticed in each room; below it ends with 1")
	flag.DurationVar(&r.limit, "limit", 30*time.Second, "how long a test may be silent, or five times what it takes without a change; past it the change counts as noticed")
	flag.BoolVar(&r.near, "near", false, "only the tests that stand nearest: quicker, and survivors are to be tried without it")
	flag.BoolVar(&r.list, "list", false, "only list the sample")
	flag.Parse()
	if err := r.all(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		stop()
		os.Exit(1)
	}
}

// all draws a sample, tries it and prints the figures.
func (r *run) all(ctx context.Context) error {
	known, err := readEquivalent(r.root)
	if err != nil {
		return err
	}
	sample, err := r.sample(known)
	if err != nil {
		return err
	}
	if len(sample) == 0 {
		return fmt.Errorf("no change matches -only %q -from %q", r.only, r.from)
	}
	if r.list {
		for _, t := range sample {
			fmt.Fprintf(r.say, "%s\n    %s\n", t.mutant, t.key())
		}
		return nil
	}
	kept, err := openKept(r.keep)
	if err != nil {
		return err
	}
	defer kept.close()
	fmt.Fprintf(r.say, "%d changes, seed %d\n", len(sample), r.seed)
	if err := r.prepare(ctx, sample); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mu")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // the machine's own temporary files
	if err := r.gather(ctx, dir, sample, kept.keys); err != nil {
		return err
	}
	results := r.try(ctx, sample, kept)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w after %d of %d", err, len(results), len(sample))
	}
	return r.report(results)
}
