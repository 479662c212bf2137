// Package rescue keeps a panic in one piece of work from ending the hub.
package rescue

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
)

// Log recovers from a panic of the function that defers it, and logs where it was, but not its
// value: that may be a customer's text.
func Log(log *slog.Logger, doing string) {
	if p := recover(); p != nil {
		log.Error("panicked", "doing", doing, "panic", About(p), "stack", string(debug.Stack()))
	}
}

// ErrPanicked is the error of work that panicked; the panic is logged.
var ErrPanicked = errors.New("panicked")

// Call calls f and makes [ErrPanicked] of a panic, so that a loop treats it as any other
// failure: what stays due is tried again after a pause, not at once.
func Call(log *slog.Logger, doing string, f func() error) (err error) {
	err = ErrPanicked
	defer Log(log, doing)
	return f()
}

// About returns what a panic was about. Only the runtime's own errors are quoted: another
// value may hold what customers wrote, and is known by its type.
func About(p any) string {
	if e, ok := p.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("%T", p)
}
