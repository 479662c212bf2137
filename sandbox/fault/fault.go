// Package fault is what goes wrong on demand: calls that hang, connections that are cut,
// echoes that come early, webhooks and mails that are lost. Graph API, Pipedrive and the
// mail server ask the one list of faults which of them strikes.
package fault

import (
	"fmt"
	"slices"
	"time"
)

// Fault is something that goes wrong on demand.
type Fault struct {
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

// OnCall tells whether a kind of fault strikes calls of an API.
func OnCall(kind string) bool {
	return slices.Contains([]string{
		"timeout", "reset", "act_and_cut", "act_and_timeout", "act_and_500",
		"error", "http_500", "html_403", "garbage", "delay",
	}, kind)
}

// OnEcho tells whether a kind of fault strikes the echo of a send.
func OnEcho(kind string) bool {
	return slices.Contains([]string{"echo_early", "echo_late", "echo_missing", "echo_without_metadata"}, kind)
}

// OnWebhook tells whether a kind of fault strikes webhooks of Meta's.
func OnWebhook(kind string) bool {
	return slices.Contains([]string{"drop", "duplicate", "shuffle", "delay"}, kind)
}

// OnMail tells whether a kind of fault strikes mails.
func OnMail(kind string) bool {
	return slices.Contains([]string{"refuse", "later", "hang", "act_and_cut"}, kind)
}

// OnPipedriveWebhook tells whether a kind of fault strikes webhooks of Pipedrive's.
func OnPipedriveWebhook(kind string) bool {
	return slices.Contains([]string{"drop", "delay", "duplicate", "ban"}, kind)
}

// Validate checks a fault as it comes in.
func (f *Fault) Validate() error {
	var known func(string) bool
	switch f.On {
	case "send":
		known = func(k string) bool { return OnCall(k) || OnEcho(k) }
	case "action", "upload", "conversations", "profile", "graph", "pipedrive":
		known = OnCall
	case "webhook":
		known = OnWebhook
	case "pipedrive_webhook":
		known = OnPipedriveWebhook
	case "smtp":
		known = OnMail
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

// DelayOr is the delay that the fault names, or d.
func (f *Fault) DelayOr(d time.Duration) time.Duration {
	if f.DelayMS > 0 {
		return time.Duration(f.DelayMS) * time.Millisecond
	}
	return d
}

// StatusOr is the HTTP status that the fault names, or status.
func (f *Fault) StatusOr(status int) int {
	if f.Status != 0 {
		return f.Status
	}
	return status
}
