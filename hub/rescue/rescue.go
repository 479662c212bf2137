// Package rescue keeps a panic in one piece of work from ending the hub.
package rescue

import (
	"fmt"
	"log/slog"
	"runtime/debug"
)

// Log recovers from a panic of the function that defers it, and logs where it was, but not its
// value: that may be a customer's text.
func Log(log *slog.Logger, doing string) {
	if p := recover(); p != nil {
		log.Error("panicked", "doing", doing, "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
	}
}
