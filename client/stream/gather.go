package stream

import (
	"context"
	"time"

	"parley/model/inbox"
)

// maxGathered is how many changes, conversations and other updates may wait for the reader.
// With more, the connection is not read, and the hub holds what comes.
const maxGathered = 4096

// weight is how much of maxGathered an update takes.
func weight(u inbox.Update) int {
	switch u := u.(type) {
	case inbox.Changed:
		return 1 + len(u.Batch.Events)
	case inbox.Listed:
		return 1 + len(u.Conversations)
	case inbox.Noticed:
		return 1 + len(u.Notices)
	case inbox.PagesListed:
		return 1 + len(u.Pages)
	}
	return 1
}

// gatherer hands updates on in batches, so that the screen draws at most once a frame.
type gatherer struct {
	window time.Duration
	in     chan []inbox.Update
	handed chan []inbox.Update
	// end is closed after the last update: what waits is handed on, and run returns.
	end chan struct{}
}

func newGatherer(window time.Duration) *gatherer {
	return &gatherer{window: window, in: make(chan []inbox.Update), handed: make(chan []inbox.Update), end: make(chan struct{})}
}

// put adds updates; it blocks while too many wait.
func (g *gatherer) put(ctx context.Context, updates ...inbox.Update) {
	select {
	case g.in <- updates:
	case <-ctx.Done():
	}
}

// run gathers until ctx ends, or until the end is announced and all is handed on. It hands a batch on when the window since its first update is
// over, or later if the reader is slow.
func (g *gatherer) run(ctx context.Context) {
	defer close(g.handed)
	var waiting []inbox.Update
	gathered := 0
	timer := time.NewTimer(g.window)
	timer.Stop()
	defer timer.Stop()
	due := false
	for {
		in, handed := g.in, g.handed
		if gathered >= maxGathered {
			in = nil
		}
		if !due || len(waiting) == 0 {
			handed = nil
		}
		select {
		case <-ctx.Done():
			return
		case <-g.end:
			if len(waiting) > 0 {
				select {
				case g.handed <- waiting:
				case <-ctx.Done():
				}
			}
			return
		case u := <-in:
			if len(waiting) == 0 {
				timer.Reset(g.window)
			}
			waiting = append(waiting, u...)
			for _, one := range u {
				gathered += weight(one)
			}
		case <-timer.C:
			due = true
		case handed <- waiting:
			waiting, gathered, due = nil, 0, false
		}
	}
}
