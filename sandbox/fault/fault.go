// Package fault injects failures: calls that hang, connections that are cut, echoes that come
// early, webhooks and mails that are lost. The Graph API, Pipedrive and the mail server share
// one list of faults.
package fault

import (
	"fmt"
	"slices"
	"time"
)

// Fault is a failure to inject.
type Fault struct {
	On          string   `json:"on"`
	Kind        string   `json:"kind"`
	Probability *float64 `json:"probability,omitempty"`
	Count       int      `json:"count,omitempty"`
	DelayMS     int      `json:"delay_ms,omitempty"`
	Code        int      `json:"code,omitempty"`
	Subcode     int      `json:"subcode,omitempty"`
	Regain      *int     `json:"regain_minutes,omitempty"` // default 1; 0: no time is given
	PSID        string   `json:"psid,omitempty"`
	Status      int      `json:"status,omitempty"`
	// Call is a prefix of the method and path of a call to Pipedrive.
	Call  string `json:"call,omitempty"`
	Fired int    `json:"fired"`
}

// OnCall reports whether a kind of fault applies to calls of an API.
func OnCall(kind string) bool {
	return slices.Contains([]string{
		"timeout", "reset", "act_and_cut", "act_and_timeout", "act_and_500",
		"error", "http_500", "html_403", "garbage", "delay",
	}, kind)
}

// OnEcho reports whether a kind of fault applies to the echo of a send.
func OnEcho(kind string) bool {
	return slices.Contains([]string{"echo_early", "echo_late", "echo_missing", "echo_without_metadata"}, kind)
}

// OnWebhook reports whether a kind of fault applies to Meta's webhooks.
func OnWebhook(kind string) bool {
	return slices.Contains([]string{"drop", "duplicate", "shuffle", "delay"}, kind)
}

// OnMail reports whether a kind of fault applies to mails.
func OnMail(kind string) bool {
	return slices.Contains([]string{"refuse", "later", "hang", "act_and_cut"}, kind)
}

// OnPipedriveWebhook reports whether a kind of fault applies to Pipedrive's webhooks.
func OnPipedriveWebhook(kind string) bool {
	return slices.Contains([]string{"drop", "delay", "duplicate", "ban"}, kind)
}

// Validate checks a fault that was requested.
func (f *Fault) Validate() error {
	var known func(string) bool
	switch f.On {
	case "send":
		known = func(k string) bool { return OnCall(k) || OnEcho(k) }
	case "action", "upload", "conversations", "profile", "graph", "media", "pipedrive":
		known = OnCall
	case "webhook":
		known = OnWebhook
	case "pipedrive_webhook":
		known = OnPipedriveWebhook
	case "smtp":
		known = OnMail
	default:
		return fmt.Errorf("on must be send, action, upload, webhook, conversations, profile, graph, media, pipedrive, pipedrive_webhook or smtp, not %q", f.On)
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

// DelayOr returns the fault's delay, or d if it has none.
func (f *Fault) DelayOr(d time.Duration) time.Duration {
	if f.DelayMS > 0 {
		return time.Duration(f.DelayMS) * time.Millisecond
	}
	return d
}

// StatusOr returns the fault's HTTP status, or status if it has none.
func (f *Fault) StatusOr(status int) int {
	if f.Status != 0 {
		return f.Status
	}
	return status
}
