package hub_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
)

// errorLog notes what a hub logs as an error: nothing that a test does not bring about
// itself may go wrong, also where it is tried again and nobody sees it.
type errorLog struct {
	mu    sync.Mutex
	lines []string
	// said counts what is logged besides, by its message.
	said map[string]int
	// expected: the test breaks something.
	expected bool
}

// Enabled implements [slog.Handler].
func (l *errorLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle implements [slog.Handler].
func (l *errorLog) Handle(_ context.Context, r slog.Record) error {
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
	l.lines = append(l.lines, b.String())
	return nil
}

// WithAttrs implements [slog.Handler].
func (l *errorLog) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup implements [slog.Handler].
func (l *errorLog) WithGroup(string) slog.Handler { return l }

// times is how often that was logged, as no error.
func (l *errorLog) times(message string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said[message]
}

// unexpected returns the errors that no test brought about.
func (l *errorLog) unexpected() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.expected {
		return nil
	}
	return l.lines
}

// goesWrong tells that the test breaks something: errors are in the log then.
func (w *world) goesWrong() {
	w.errors.mu.Lock()
	defer w.errors.mu.Unlock()
	w.errors.expected = true
}
