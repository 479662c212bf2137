package store

import (
	"time"

	"parley/model"
)

// FigureReader counts, over all Pages.
type FigureReader interface {
	// Figures counts what the hub has in hand, over all Pages.
	Figures() (Figures, error)
	// Counter returns one of [Store.Count]; 0 where nothing was counted.
	Counter(name string) (int64, error)
	// Counters returns all counters, those of [Store.Count] and, as
	// "raw_not_understood" and "raw_events", what is kept raw.
	Counters() (map[string]int64, error)
}

// Figures are what the hub has in hand.
type Figures struct {
	// Replies are those queued, posting, unknown and asking; each state is named.
	Replies map[model.State]int
	// OldestQueued is when the oldest queued reply was accepted; zero where none is.
	OldestQueued time.Time
	// NotUnderstood are events kept raw because they are not understood.
	NotUnderstood int64
}
