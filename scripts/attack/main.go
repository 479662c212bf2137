// Attack starts a hub and a sandbox on this machine and attacks the hub's open port: with that many
// connections of each kind at once, for that long. It reports how much memory the hub took and how
// long others waited meanwhile, and fails if that is too much.
//
//	go run ./scripts/attack                    # each kind for a minute, then all together
//	go run ./scripts/attack -for 3s -n 50      # what CI does
//	go run ./scripts/attack -kinds slow-bodies,uploads
//
// It connects only to loopback, and ends what it started.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/time/rate"
)

// options are the parameters and the limits of a round.
type options struct {
	program string
	n       int
	each    time.Duration
	kinds   []kind
	maxRSS  int64 // MB
	p99     time.Duration
	out     io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "attack:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stopped above
	}
}

// togetherP99 is how long others may wait while all kinds attack at once.
const togetherP99 = 5 * time.Second

var (
	errHeld   = errors.New("what must hold did not")
	errNoKind = errors.New("no such kind")
)

func run(ctx context.Context, args []string, out io.Writer) error {
	o := options{out: out}
	f := flag.NewFlagSet("attack", flag.ContinueOnError)
	f.StringVar(&o.program, "program", "", "the parley to attack; empty: it is built")
	f.IntVar(&o.n, "n", 200, "connections of each kind at once")
	f.DurationVar(&o.each, "for", time.Minute, "how long each kind is attacked by")
	f.Int64Var(&o.maxRSS, "rss", 200, "most memory that the hub may take, in MB")
	f.DurationVar(&o.p99, "p99", 200*time.Millisecond, "longest that 99 of 100 requests of others may take")
	names := f.String("kinds", "", "which kinds, with commas between; empty: all, then all together")
	if err := f.Parse(args); err != nil {
		return err
	}
	o.kinds = kinds()
	if *names != "" {
		o.kinds = nil
		for name := range strings.SplitSeq(*names, ",") {
			i := slices.IndexFunc(kinds(), func(k kind) bool { return k.name == name })
			if i < 0 {
				return fmt.Errorf("%w: %s", errNoKind, name)
			}
			o.kinds = append(o.kinds, kinds()[i])
		}
	}
	return o.run(ctx)
}

// run attacks by each kind, then, if there are several, by all of them together.
func (o options) run(ctx context.Context) error {
	w, err := newWorld(ctx, o.program)
	if err != nil {
		return err
	}
	defer w.close()
	_, _ = fmt.Fprintf(o.out, "%-16s %9s %9s %9s %9s %9s %9s %9s\n", "", "RSS", "CPU", "others", "failed", "p50", "p99", "attempts")
	calm, err := o.round(ctx, w, "nobody", nil)
	if err != nil {
		return err
	}
	var bad []string
	check := func(name string, r result) {
		if why := o.judge(r, calm); why != "" {
			bad = append(bad, name+": "+why)
		}
	}
	for _, k := range o.kinds {
		r, err := o.round(ctx, w, k.name, []kind{k})
		if err != nil {
			return err
		}
		check(k.name, r)
	}
	if len(o.kinds) > 1 { // thousands of connections at once, which this machine has to make, too
		r, err := o.round(ctx, w, "all together", o.kinds)
		if err != nil {
			return err
		}
		calm.took = nil
		patient := o
		patient.p99 = togetherP99
		if why := patient.judge(r, calm); why != "" {
			bad = append(bad, "all together: "+why)
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("%w: %s", errHeld, strings.Join(bad, "; "))
	}
	return w.alive(ctx)
}

// judge returns what limits were exceeded. If this machine is busy with other things, what others
// waited while nobody attacked is not counted against the hub.
func (o options) judge(r, calm result) string {
	var why []string
	if r.rss > o.maxRSS<<20 {
		why = append(why, fmt.Sprintf("the hub took %d MB", r.rss>>20))
	}
	if allowed := o.p99 + calm.p99(); r.p99() > allowed {
		why = append(why, fmt.Sprintf("others waited %s, allowed are %s", r.p99().Round(time.Millisecond), allowed.Round(time.Millisecond)))
	}
	if r.failed > len(r.took)/100 {
		why = append(why, fmt.Sprintf("%d of others' %d requests failed: %v", r.failed, len(r.took)+r.failed, r.failure))
	}
	if len(r.took) == 0 {
		why = append(why, "nothing of others was answered")
	}
	return strings.Join(why, ", ")
}

// round attacks for a while, and measures.
func (o options) round(ctx context.Context, w *world, name string, ks []kind) (result, error) {
	attacked, cancel := context.WithTimeout(ctx, o.each)
	defer cancel()
	var attackers sync.WaitGroup
	var attempts counter
	pace := rate.NewLimiter(attemptsASecond, o.n)
	for _, k := range ks {
		for i := range o.n {
			attackers.Go(func() { attack(attacked, w.target, k, i, pace, &attempts) })
		}
	}
	r := w.measure(attacked)
	attackers.Wait()
	if err := ctx.Err(); err != nil {
		return r, err
	}
	_, _ = fmt.Fprintf(o.out, "%-16s %6d MB %8.0f%% %9d %9d %9s %9s %9d\n", name, r.rss>>20, 100*r.cpu.Seconds()/o.each.Seconds(), len(r.took), r.failed,
		r.at(50).Round(time.Millisecond/10), r.p99().Round(time.Millisecond/10), attempts.n.Load())
	return r, w.alive(ctx)
}
