package model

import (
	"errors"
	"log/slog"
	"time"
)

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

// PastThread is a conversation as the Page's inbox on Facebook shows it.
type PastThread struct {
	// ID is Meta's own id of the thread.
	ID       string
	Customer PSID
	Name     Untrusted
	// UpdatedAt is Meta's time of the newest message, in whole seconds.
	UpdatedAt time.Time
	// Messages are the newest that have details, at most 20, newest first.
	Messages []PastMessage
}

// PastMessage is a message as the Page's inbox on Facebook shows it.
type PastMessage struct {
	MID         MID
	FromPage    bool
	Text        Untrusted
	Attachments []Attachment
	ReplyTo     MID
	CreatedAt   time.Time // whole seconds
}

// PastThreads are a stretch of a Page's threads, most lately updated first.
type PastThreads struct {
	Threads []PastThread
	// Next is the cursor of what follows; empty at the end.
	Next string
}

// CallKind says what may be done about a call of the Graph API that failed.
type CallKind int

// The kinds of failure.
const (
	// CallAgain: nobody knows why, or it may pass; ask again later.
	CallAgain CallKind = iota
	// CallLimited: asked too often; RetryAfter says when again, zero: Meta does not.
	CallLimited
	// CallRefused: it will not be answered; Code says why.
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

// CallFailure returns what may be done about an error; one of which nothing is known may
// be asked again.
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
