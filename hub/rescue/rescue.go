// Package rescue keeps a mistake in one piece of work from ending the hub.
package rescue

import (
	"fmt"
	"log/slog"
	"runtime/debug"
)

// Log is to be deferred: it ends a panic of the function that deferred it, and logs where it
// was, not what: that may be a customer's text.
func Log(log *slog.Logger, doing string) {
	if p := recover(); p != nil {
		log.Error("panicked", "doing", doing, "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
	}
}
