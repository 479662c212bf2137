package model

import (
	"errors"
	"log/slog"
	"time"
)

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
