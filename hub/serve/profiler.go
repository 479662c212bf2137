package serve

import (
	"net/http"
	"net/http/pprof"
)

// Profiler serves the profiles of this process to this machine: what it computes, allocates and
// waits for. They hold the names of functions, and a trace that is asked for its timing, but not
// what customers wrote.
func Profiler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if !fromThisMachine(r) {
			http.Error(w, "Profiles are for this machine, by its own address.", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
