// Package rescue keeps a panic in one piece of work from ending the hub.
package rescue

import (
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

// About returns what a panic was about. Only the runtime's own errors are quoted: another
// value may hold what customers wrote, and is known by its type.
func About(p any) string {
	if e, ok := p.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("%T", p)
}
