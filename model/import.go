package model

import (
	"errors"
	"log/slog"
	"time"
)

// ImportState is the progress of an import.
type ImportState string

// The states of an import.
const (
	ImportRunning ImportState = "running"
	// ImportWaiting: Facebook asks to wait, or can't be reached; it goes on by itself.
	ImportWaiting ImportState = "waiting"
	ImportDone    ImportState = "done"
	// ImportCancelled and ImportFailed: it can be resumed where it stopped.
	ImportCancelled ImportState = "cancelled"
	ImportFailed    ImportState = "failed"
)

// Active reports whether the import is running or will go on by itself.
func (s ImportState) Active() bool { return s == ImportRunning || s == ImportWaiting }

// ImportKind says what is imported.
type ImportKind string

// The kinds of import.
const (
	// ImportHistory: all conversations from before the Page was connected.
	ImportHistory ImportKind = "history"
	// ImportGap: a backfill, what was missed while no webhooks came.
	ImportGap ImportKind = "gap"
)

// Import is the progress of importing a Page's past conversations.
type Import struct {
	Kind  ImportKind  `json:"kind" enum:"history,gap"`
	State ImportState `json:"state" enum:"running,waiting,done,cancelled,failed"`
	// Threads is how many conversations were read; Total how many there are, 0 if not known;
	// Messages how many new messages that brought.
	Threads  int64 `json:"threads"`
	Total    int64 `json:"total"`
	Messages int64 `json:"messages"`
	// RunSince is when the import began or was last resumed, RunThreads the value of
	// Threads then.
	RunSince   time.Time `json:"run_since"`
	RunThreads int64     `json:"run_threads"`
	UpdatedAt  time.Time `json:"updated_at"`
	// Code says why it failed or waits.
	Code Code `json:"code,omitempty"`
	// RetryAt is until when it waits.
	RetryAt *time.Time `json:"retry_at,omitempty"`
}

// Rate returns how many conversations are read per second; 0 if not known yet.
func (i Import) Rate() float64 {
	took := i.UpdatedAt.Sub(i.RunSince).Seconds()
	if took <= 0 || i.Threads <= i.RunThreads {
		return 0
	}
	return float64(i.Threads-i.RunThreads) / took
}

// Left returns how long the rest takes at that rate, to the second; false if not known yet.
func (i Import) Left() (time.Duration, bool) {
	rate := i.Rate()
	if rate == 0 || i.Total == 0 || !i.State.Active() {
		return 0, false
	}
	rest := max(0, i.Total-i.Threads)
	return time.Duration(float64(rest) / rate * float64(time.Second)).Round(time.Second), true
}

// PastThread is a thread as the Page's inbox on Facebook has it.
type PastThread struct {
	// ID is Meta's own id of the thread.
	ID       string
	Customer PSID
	Name     Untrusted
	// UpdatedAt is Meta's time of the newest message, in whole seconds.
	UpdatedAt time.Time
	// Messages are the newest ones that Meta gives details of, at most 20, newest first.
	Messages []PastMessage
}

// PastMessage is a message as the Page's inbox on Facebook has it.
type PastMessage struct {
	MID         MID
	FromPage    bool
	Text        Untrusted
	Attachments []Attachment
	ReplyTo     MID
	CreatedAt   time.Time // whole seconds
}

// PastThreads is one page of a Page's threads, most recently updated first.
type PastThreads struct {
	Threads []PastThread
	// Next is the cursor of the next page; empty at the end.
	Next string
}

// CallKind says how to handle a failed call of the Graph API.
type CallKind int

// The kinds of failure.
const (
	// CallAgain: the cause is unknown or may pass; call again later.
	CallAgain CallKind = iota
	// CallLimited: we call too often; RetryAfter says how long to wait, 0: Meta did not say.
	CallLimited
	// CallRefused: calling again won't help; Code says why.
	CallRefused
)

// CallError is a call of the Graph API that failed.
type CallError struct {
	Kind       CallKind
	RetryAfter time.Duration
	Code       Code
	Cause      error
}

// Error implements error.
func (e *CallError) Error() string { return e.Cause.Error() }

// Unwrap implements the errors package's interface.
func (e *CallError) Unwrap() error { return e.Cause }

// CallFailure returns the CallError in an error's chain. Any other error may be tried again.
func CallFailure(err error) *CallError {
	var e *CallError
	if errors.As(err, &e) {
		return e
	}
	return &CallError{Kind: CallAgain, Cause: err}
}

// LogValue implements [slog.LogValuer].
func (t PastThread) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", t.ID), slog.Int("messages", len(t.Messages)), length("name", t.Name))
}

// LogValue implements [slog.LogValuer].
func (m PastMessage) LogValue() slog.Value {
	return slog.GroupValue(slog.String("mid", string(m.MID)), length("text", m.Text))
}

// LogValue implements [slog.LogValuer].
func (l PastThreads) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("threads", len(l.Threads)))
}
