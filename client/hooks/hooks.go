// Package hooks runs commands of the user's own on their machine when something happens.
//
// A command is started without a shell, with the event as JSON on its standard input. One runs
// at a time; those that wait are few, and further events are dropped. What it prints is
// discarded. It is killed when it takes too long, and when the program ends.
package hooks

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os/exec"
	"time"

	"parley/model/notify"
)

const (
	// takes is how long a command may take.
	takes = 10 * time.Second
	// mostWaiting is how many events wait for their command.
	mostWaiting = 32
	// grace is how long a killed command's output is waited for: what it started itself may hold
	// it open.
	grace = time.Second
)

// Hook is a command for a kind of event.
type Hook struct {
	Event   notify.Kind
	Command []string
	// Content: the event has what was written.
	Content bool
}

// Input is what a command reads, as JSON.
type Input struct {
	notify.Event
	// Focused: the user looks at the screen, as far as the terminal says.
	Focused bool `json:"focused"`
}

// Runner runs hooks. Make one with New.
type Runner struct {
	hooks []Hook
	queue chan run
	log   *slog.Logger
	takes time.Duration
}

// run is a command to be run.
type run struct {
	command []string
	input   []byte
}

// New returns a runner of hooks, which runs nothing before [Runner.Run].
func New(hooks []Hook, log *slog.Logger) *Runner {
	return &Runner{hooks: hooks, queue: make(chan run, mostWaiting), log: log, takes: takes}
}

// Told queues the commands for events. It does not block.
func (r *Runner) Told(events []notify.Event, focused bool) {
	for _, e := range events {
		for _, h := range r.hooks {
			if h.Event != e.Kind || len(h.Command) == 0 {
				continue
			}
			in := Input{e, focused}
			if !h.Content {
				in.Event = e.Without()
			}
			b, err := json.Marshal(in)
			if err != nil {
				r.log.Error("hook", "event", string(e.Kind), "error", err)
				continue
			}
			select {
			case r.queue <- run{h.Command, append(b, '\n')}:
			default:
				r.log.Warn("hook dropped: others wait", "event", string(e.Kind))
			}
		}
	}
}

// Run runs the queued commands, one after the other, until ctx ends.
func (r *Runner) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-r.queue:
			if err := r.start(ctx, c); err != nil && ctx.Err() == nil {
				r.log.Warn("hook failed", "command", c.command[0], "error", err)
			}
		}
	}
}

// start runs a command to its end.
func (r *Runner) start(ctx context.Context, c run) error {
	ctx, cancel := context.WithTimeout(ctx, r.takes)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.command[0], c.command[1:]...) //nolint:gosec // it is the user's own, from their settings
	cmd.Stdin = bytes.NewReader(c.input)
	cmd.WaitDelay = grace
	apart(cmd)
	return cmd.Run()
}
