//go:build linux

// Kills starts a hub and a sandbox on this machine, lets customers, users and Facebook work with it,
// and mistreats it: it is killed at any moment, the power is cut, its disk is full, read-only or
// fails, it has no more file descriptors. After each time it checks that everything acknowledged is
// there, once, and that no customer got a reply twice.
//
//	go run ./scripts/kills                            # all of it, in full
//	go run ./scripts/kills -kills 5 -cuts 0 -disks=false
//	go run ./scripts/kills -cuts 200 -kills 0 -disks=false -seed 7
//
// The power cuts are simulated: strace records what the hub writes and syncs, and the files are
// written as they may be after each moment. Disks need root, for mounts of their own. It connects
// only to loopback, and ends what it started.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

type options struct {
	program string
	kills   int
	cuts    int
	disks   bool
	load    time.Duration
	seed    uint64
	keep    bool
	out     io.Writer
	rng     *rand.Rand
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "kills:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stopped above
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o := options{out: out}
	f := flag.NewFlagSet("kills", flag.ContinueOnError)
	f.StringVar(&o.program, "program", "", "the parley to kill; empty: it is built")
	f.IntVar(&o.kills, "kills", 140, "how often it is killed")
	f.IntVar(&o.cuts, "cuts", 200, "how often the power is cut")
	f.BoolVar(&o.disks, "disks", true, "whether disks are full, read-only or fail, and file descriptors run out")
	f.DurationVar(&o.load, "load", time.Second, "how long it works before it is killed, at most")
	f.Uint64Var(&o.seed, "seed", 1, "what chance is drawn by")
	f.BoolVar(&o.keep, "keep", false, "leave the files, and say where they are")
	if err := f.Parse(args); err != nil {
		return err
	}
	o.rng = rand.New(rand.NewPCG(o.seed, o.seed)) //nolint:gosec // reproducible random numbers
	return o.run(ctx)
}

// errHeld: something was lost, or was there twice.
var errHeld = errors.New("what must hold did not")

func (o options) run(ctx context.Context) error {
	w, err := newWorld(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	err = errors.Join(
		o.round(ctx, o.kills > 0, "kills", w.killed),
		o.round(ctx, o.cuts > 0 && o.has("strace"), "power cuts", w.powerless),
		o.round(ctx, o.disks && o.has("mount") && os.Geteuid() == 0, "disks", w.onBadDisks),
	)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(err, w.panicked())
}

// has reports whether a command is installed, and says so if it is not.
func (o options) has(command string) bool {
	_, err := exec.LookPath(command)
	if err != nil {
		_, _ = fmt.Fprintf(o.out, "left out, for there is no %s here\n", command)
	}
	return err == nil
}

func (o options) round(ctx context.Context, wanted bool, name string, do func(context.Context) (string, error)) error {
	if !wanted || ctx.Err() != nil {
		return nil
	}
	began := time.Now()
	what, err := do(ctx)
	_, _ = fmt.Fprintf(o.out, "%s: %s (%s)\n", name, what, time.Since(began).Round(time.Second))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
