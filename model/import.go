package model

import "time"

// ImportState is how far bringing in past conversations is.
type ImportState string

// The states of an import.
const (
	ImportRunning ImportState = "running"
	// ImportWaiting: Facebook asks to wait, or can't be reached; it goes on by itself.
	ImportWaiting ImportState = "waiting"
	ImportDone    ImportState = "done"
	// ImportCancelled and ImportFailed: it can be taken up again where it was.
	ImportCancelled ImportState = "cancelled"
	ImportFailed    ImportState = "failed"
)

// Active tells whether it goes on by itself.
func (s ImportState) Active() bool { return s == ImportRunning || s == ImportWaiting }

// ImportKind says what is brought in.
type ImportKind string

// The kinds of import.
const (
	// ImportHistory: all conversations of before the Page was connected.
	ImportHistory ImportKind = "history"
	// ImportGap: what was missed while no webhook came.
	ImportGap ImportKind = "gap"
)

// Import is how bringing a Page's past conversations in stands.
type Import struct {
	Kind  ImportKind  `json:"kind" enum:"history,gap"`
	State ImportState `json:"state" enum:"running,waiting,done,cancelled,failed"`
	// Threads is how many conversations were read, Total how many there are, 0 while
	// that is not known; Messages how many messages are new because of it.
	Threads  int64 `json:"threads"`
	Total    int64 `json:"total"`
	Messages int64 `json:"messages"`
	// RunSince and RunThreads are when it began or was taken up last, and at how many
	// conversations.
	RunSince   time.Time `json:"run_since"`
	RunThreads int64     `json:"run_threads"`
	UpdatedAt  time.Time `json:"updated_at"`
	// Code says why it failed or waits.
	Code Code `json:"code,omitempty"`
	// RetryAt is until when it waits.
	RetryAt *time.Time `json:"retry_at,omitempty"`
}

// Rate is how many conversations a second are read; 0 while that can't be told.
func (i Import) Rate() float64 {
	took := i.UpdatedAt.Sub(i.RunSince).Seconds()
	if took <= 0 || i.Threads <= i.RunThreads {
		return 0
	}
	return float64(i.Threads-i.RunThreads) / took
}

// Left is how long the rest will take at that rate, to the second; false while that can't
// be told.
func (i Import) Left() (time.Duration, bool) {
	rate := i.Rate()
	if rate == 0 || i.Total == 0 || !i.State.Active() {
		return 0, false
	}
	rest := max(0, i.Total-i.Threads)
	return time.Duration(float64(rest) / rate * float64(time.Second)).Round(time.Second), true
}
