package fault

import (
	"net"
	"net/http"
	"time"

	"parley/sandbox/wait"
	"parley/sandbox/web"
)

// Before injects the fault before the action; it reports whether the call has ended.
func (f *Fault) Before(w http.ResponseWriter, r *http.Request) bool {
	switch f.Kind {
	case "timeout":
		hang(w, r)
	case "reset":
		cut(w, true)
	case "http_500":
		web.Text(w, f.StatusOr(http.StatusInternalServerError), "text/plain; charset=utf-8", "Internal Server Error\n")
	case "html_403":
		web.Text(w, f.StatusOr(http.StatusForbidden), "text/html; charset=utf-8", "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>")
	case "delay":
		return !wait.Sleep(r.Context(), f.DelayOr(time.Second))
	default:
		return false
	}
	return true
}

// After injects the fault after the action; it reports whether the call has ended.
func (f *Fault) After(w http.ResponseWriter, r *http.Request) bool {
	switch f.Kind {
	case "act_and_cut":
		cut(w, false)
	case "act_and_timeout":
		hang(w, r)
	case "act_and_500":
		web.Text(w, f.StatusOr(http.StatusInternalServerError), "text/plain; charset=utf-8", "Internal Server Error\n")
	case "garbage":
		web.Text(w, http.StatusOK, "application/json; charset=UTF-8", `{"recipient_id":"12544`)
	default:
		return false
	}
	return true
}

// hang never answers: it waits until the client goes away, then closes the connection without a
// byte.
func hang(w http.ResponseWriter, r *http.Request) {
	<-r.Context().Done()
	cut(w, false)
}

// cut closes the connection without an answer, optionally with a reset.
func cut(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // the server's own way to drop a connection
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
