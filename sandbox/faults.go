package sandbox

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// fault is something that goes wrong on demand.
type fault struct {
	On          string   `json:"on"`
	Kind        string   `json:"kind"`
	Probability *float64 `json:"probability,omitempty"`
	Count       int      `json:"count,omitempty"`
	DelayMS     int      `json:"delay_ms,omitempty"`
	Code        int      `json:"code,omitempty"`
	Subcode     int      `json:"subcode,omitempty"`
	Regain      *int     `json:"regain_minutes,omitempty"` // default 1; 0: no time is named
	PSID        string   `json:"psid,omitempty"`
	Status      int      `json:"status,omitempty"`
	// Call is what the method and path of a call of Pipedrive's must begin with.
	Call  string `json:"call,omitempty"`
	Fired int    `json:"fired"`
}

// faultList is the faults in force, oldest first: the first that fits wins.
type faultList struct {
	rng  *rand.Rand
	list []*fault
}

// The kinds of faults, by what they do.

func actsOnCall(kind string) bool {
	return slices.Contains([]string{
		"timeout", "reset", "act_and_cut", "act_and_timeout", "act_and_500",
		"error", "http_500", "html_403", "garbage", "delay",
	}, kind)
}

func onEcho(kind string) bool {
	return slices.Contains([]string{"echo_early", "echo_late", "echo_missing", "echo_without_metadata"}, kind)
}

func onWebhook(kind string) bool {
	return slices.Contains([]string{"drop", "duplicate", "shuffle", "delay"}, kind)
}

func onMail(kind string) bool {
	return slices.Contains([]string{"refuse", "later", "hang", "act_and_cut"}, kind)
}

// validate checks a fault as it comes in.
func (f *fault) validate() error {
	var known func(string) bool
	switch f.On {
	case "send":
		known = func(k string) bool { return actsOnCall(k) || onEcho(k) }
	case "action", "upload", "conversations", "profile", "graph", "pipedrive":
		known = actsOnCall
	case "webhook":
		known = onWebhook
	case "pipedrive_webhook":
		known = onCRMWebhook
	case "smtp":
		known = onMail
	default:
		return fmt.Errorf("on must be send, action, upload, webhook, conversations, profile, graph, pipedrive, pipedrive_webhook or smtp, not %q", f.On)
	}
	if !known(f.Kind) {
		return fmt.Errorf("on %q knows no kind %q", f.On, f.Kind)
	}
	if f.Probability != nil && (*f.Probability < 0 || *f.Probability > 1) {
		return fmt.Errorf("probability must be between 0 and 1, not %v", *f.Probability)
	}
	if f.Count < 0 || f.DelayMS < 0 || f.Regain != nil && *f.Regain < 0 {
		return fmt.Errorf("count, delay_ms and regain_minutes cannot be negative")
	}
	if f.Status != 0 && (f.Status < 400 || f.Status > 599) {
		return fmt.Errorf("status must be between 400 and 599, not %d", f.Status)
	}
	return nil
}

// take finds the fault that strikes, and counts it. call is which call of Pipedrive's it
// is. mu of the sandbox held.
func (l *faultList) take(on, psid string, kinds func(string) bool, call ...string) *fault {
	for _, f := range l.list {
		if f.On != on && (f.On != "graph" || on == "webhook" || on == "smtp" || strings.HasPrefix(on, "pipedrive")) {
			continue
		}
		if f.Call != "" && (len(call) == 0 || !strings.HasPrefix(call[0], f.Call)) {
			continue
		}
		if !kinds(f.Kind) || (f.PSID != "" && f.PSID != psid) || (f.Count > 0 && f.Fired >= f.Count) {
			continue
		}
		if f.Probability != nil && l.rng.Float64() >= *f.Probability {
			continue
		}
		f.Fired++
		return f
	}
	return nil
}

// takeFault is faults.take for callers without the lock; it answers a copy.
func (s *Sandbox) takeFault(on, psid string, kinds func(string) bool) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults.take(on, psid, kinds)
	if f == nil {
		return nil
	}
	struck := *f
	return &struck
}

// takeEchoFaults gathers the faults that strike the echo of one send, one of
// each kind at most. mu held.
func (s *Sandbox) takeEchoFaults(psid string) []*fault {
	var struck []*fault
	for _, kind := range []string{"echo_missing", "echo_without_metadata", "echo_late", "echo_early"} {
		if f := s.faults.take("send", psid, func(k string) bool { return k == kind }); f != nil {
			struck = append(struck, f)
		}
	}
	return struck
}

func (f *fault) delayOr(d time.Duration) time.Duration {
	if f.DelayMS > 0 {
		return time.Duration(f.DelayMS) * time.Millisecond
	}
	return d
}

// graphError is the error that a fault of kind "error" answers.
func (f *fault) graphError() *graphError {
	code := f.Code
	if code == 0 {
		code = 2
	}
	e := errByCode(code, f.Subcode)
	e.status, e.regain = f.Status, 0
	switch {
	case f.Regain != nil:
		e.regain = *f.Regain
	case e.throttle():
		e.regain = 1
	}
	return e
}

// before strikes ahead of the action; it tells whether the call has ended.
func (f *fault) before(w http.ResponseWriter, r *http.Request) bool {
	switch f.Kind {
	case "timeout":
		hang(w, r)
	case "reset":
		cut(w, true)
	case "http_500":
		writePlain(w, f.statusOr(http.StatusInternalServerError), "text/plain; charset=utf-8", "Internal Server Error\n")
	case "html_403":
		writePlain(w, f.statusOr(http.StatusForbidden), "text/html; charset=utf-8", "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>")
	case "delay":
		return !sleep(r.Context(), f.delayOr(time.Second))
	default:
		return false
	}
	return true
}

// after strikes behind the action; it tells whether the call has ended.
func (f *fault) after(w http.ResponseWriter, r *http.Request) bool {
	switch f.Kind {
	case "act_and_cut":
		cut(w, false)
	case "act_and_timeout":
		hang(w, r)
	case "act_and_500":
		writePlain(w, f.statusOr(http.StatusInternalServerError), "text/plain; charset=utf-8", "Internal Server Error\n")
	case "garbage":
		writePlain(w, http.StatusOK, "application/json; charset=UTF-8", `{"recipient_id":"12544`)
	default:
		return false
	}
	return true
}

func (f *fault) statusOr(status int) int {
	if f.Status != 0 {
		return f.Status
	}
	return status
}

func writePlain(w http.ResponseWriter, status int, kind, body string) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// hang never answers: it waits for the client to go away, then ends the
// connection without a byte.
func hang(w http.ResponseWriter, r *http.Request) {
	<-r.Context().Done()
	cut(w, false)
}

// cut ends the connection without an answer, with a reset if asked for.
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
