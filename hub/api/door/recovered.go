package door

import (
	"log/slog"
	"net/http"
	"runtime/debug"

	"parley/hub/rescue"
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
			log.Error("handler panicked", "path", r.Pattern, "panic", rescue.About(p), "stack", string(debug.Stack()))
			WriteProblem(w, NewProblem(http.StatusInternalServerError, CodeInternal, "The hub made a mistake. Its log says more."))
		}()
		next.ServeHTTP(w, r)
	})
}
