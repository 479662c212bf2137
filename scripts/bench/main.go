//go:build linux

// Bench measures a hub on this machine as its neighbours meet it, over HTTP and the websocket: what
// it takes in, how soon it acknowledges, how soon clients know, what lists and counts cost, how long
// it takes to start. Beside what is written it prints the floor: the same bytes as bare rows, with as
// many commits, by the same driver, in the same run.
//
//	go run ./scripts/bench
//	go run ./scripts/bench -conversations 1000000 -only lists,start
//	go run ./scripts/bench -only one -cpuprofile /tmp/one.pprof
//
// It connects only to loopback, works in a folder of its own, and ends what it started.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

type options struct {
	program       string
	database      string
	dir           string
	conversations int
	messages      int
	events        int
	clients       int
	only          string
	profile       string
	keep          bool
	out           io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stopped above
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o := options{out: out}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.StringVar(&o.program, "program", "", "the parley to measure; empty: it is built")
	f.StringVar(&o.database, "db", "", "the address of an empty PostgreSQL database to measure a hub with, in place of a file; there is no floor then")
	f.StringVar(&o.dir, "dir", "", "where the files are made, on the disk that is to be measured; empty: the system's folder for such")
	f.IntVar(&o.conversations, "conversations", 100_000, "how many conversations its largest Page has")
	f.IntVar(&o.messages, "messages", 1, "how many messages each of them has")
	f.IntVar(&o.events, "events", 20_000, "how many events each measurement of taking in posts")
	f.IntVar(&o.clients, "clients", 200, "how many clients follow the Page at once")
	f.StringVar(&o.only, "only", "", "which measurements, by name, separated by commas: "+names())
	f.StringVar(&o.profile, "cpuprofile", "", "keep a CPU profile of the hub while it takes in, in this file")
	f.BoolVar(&o.keep, "keep", false, "leave the files, and say where they are")
	if err := f.Parse(args); err != nil {
		return err
	}
	return o.run(ctx)
}

// measurement is one kind of figure.
type measurement struct {
	name    string
	measure func(context.Context, *world) error
}

// measurements are all kinds, in the order in which they are made: reading comes first, while the
// store is as it was filled.
func measurements() []measurement {
	return []measurement{
		{"start", start},
		{"lists", lists},
		{"hundred", hundred},
		{"one", onePage},
		{"many", manyPages},
		{"ack", acknowledged},
		{"live", live},
		{"resume", resume},
	}
}

func names() string {
	var list []string
	for _, m := range measurements() {
		list = append(list, m.name)
	}
	return strings.Join(list, ", ")
}

func (o options) run(ctx context.Context) error {
	dir, err := os.MkdirTemp(o.dir, "parley-bench-")
	if err != nil {
		return err
	}
	if o.keep {
		o.say("files are in %s", dir)
	} else {
		defer func() { _ = os.RemoveAll(dir) }()
	}
	o.dir = dir
	if o.program == "" {
		o.program = filepath.Join(dir, "program")
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", o.program, "./cmd/parley") //nolint:gosec // the folder is our own
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w: %s", err, out)
		}
	}
	w, err := newWorld(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	for _, m := range measurements() {
		if o.only != "" && !slices.Contains(strings.Split(o.only, ","), m.name) {
			continue
		}
		if err := m.measure(ctx, w); err != nil {
			return fmt.Errorf("%s: %w: %s", m.name, err, w.said.tail())
		}
	}
	return nil
}

// say prints a line.
func (o options) say(format string, args ...any) { _, _ = fmt.Fprintf(o.out, format+"\n", args...) }

// figure prints one figure, and what it is measured against.
func (o options) figure(what, value string, beside ...string) {
	o.say("%-46s %14s   %s", what, value, strings.Join(beside, "   "))
}

// ms words a duration.
func ms(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%d µs", d.Microseconds())
	}
	return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
}

// share returns what part of all were done within a time: 0.99 is p99. It sorts them.
func share(all []time.Duration, part float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)-1, int(float64(len(all))*part))]
}
