package store

import (
	"time"

	"parley/model"
)

// FigureReader counts over all Pages.
type FigureReader interface {
	// Figures counts what the hub is working on.
	Figures() (Figures, error)
	// Counter returns a counter of [Store.Count]; 0 if nothing was counted.
	Counter(name string) (int64, error)
	// Counters returns all counters: those of [Store.Count] and, as "raw_not_understood" and
	// "raw_events", the numbers of raw events.
	Counters() (map[string]int64, error)
}

// Figures count what the hub is working on.
type Figures struct {
	// Replies counts those queued, posting, unknown and asking; each of these states has an
	// entry.
	Replies map[model.State]int
	// OldestQueued is when the oldest queued reply was accepted; zero if none is queued.
	OldestQueued time.Time
	// NotUnderstood counts events kept raw because they are not understood.
	NotUnderstood int64
}
