package hubtest

import (
	"context"
	"log/slog"
	"strings"
	"sync"
)

// Log notes what a hub logs. Of errors there may be none: nothing that a test does not
// bring about itself may go wrong, also where it is tried again and nobody sees it.
type Log struct {
	mu     sync.Mutex
	errors []string
	// said counts what is logged besides, by its message.
	said map[string]int
	// expected: the test breaks something.
	expected bool
}

// Enabled implements [slog.Handler].
func (*Log) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle implements [slog.Handler].
func (l *Log) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	b.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		b.WriteString(" " + a.String())
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Level < slog.LevelError {
		if l.said == nil {
			l.said = make(map[string]int)
		}
		l.said[r.Message]++
		return nil
	}
	l.errors = append(l.errors, b.String())
	return nil
}

// WithAttrs implements [slog.Handler].
func (l *Log) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup implements [slog.Handler].
func (l *Log) WithGroup(string) slog.Handler { return l }

// Times is how often that was logged, as no error.
func (l *Log) Times(message string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said[message]
}

// unexpected returns the errors that no test brought about.
func (l *Log) unexpected() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.expected {
		return nil
	}
	return l.errors
}

// GoesWrong tells that the test breaks something: errors are in the log then.
func (w *World) GoesWrong() {
	w.Log.mu.Lock()
	defer w.Log.mu.Unlock()
	w.Log.expected = true
}
