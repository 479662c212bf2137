package door

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
)

// Recovered answers 500 for a panic in a handler, and logs where it was.
func Recovered(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it like this, too
				panic(p)
			}
			log.Error("handler panicked", "path", r.Pattern, "panic", panicked(p), "stack", string(debug.Stack()))
			WriteProblem(w, NewProblem(http.StatusInternalServerError, CodeInternal, "The hub made a mistake. Its log says more."))
		}()
		next.ServeHTTP(w, r)
	})
}

// panicked describes a panic. It quotes only the runtime's own errors: another value may hold
// what customers wrote.
func panicked(p any) string {
	if e, ok := p.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("%T", p)
}

// Survive recovers from a panic in one connection, so that it does not end the hub: to be
// deferred.
func (s *Door) Survive(doing string) {
	if p := recover(); p != nil {
		s.Log.Error("panicked", "doing", doing, "panic", panicked(p), "stack", string(debug.Stack()))
	}
}
