package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// facebook is a running sandbox.
type facebook struct {
	*process
	w           *world
	GraphURL    string `json:"graph_url"`
	DialogURL   string `json:"dialog_url"`
	PageID      string `json:"page_id"`
	PageToken   string `json:"page_token"`
	UserToken   string `json:"user_token"`
	AppID       string `json:"app_id"`
	AppSecret   string `json:"app_secret"`
	VerifyToken string `json:"verify_token"`
	SMTPURL     string `json:"smtp_url"`
	ControlURL  string `json:"control_url"`
}

// startFacebook starts a sandbox in which nobody writes by themselves.
func (w *world) startFacebook(flags ...string) *facebook {
	w.t.Helper()
	f := &facebook{w: w, process: newProcess(w.t, w.env("facebook"), append([]string{"sandbox", "--customers", "0", "--json"}, flags...)...)}
	f.begin()
	fromJSON(w.t, []byte(f.ready()), f)
	for _, s := range []string{f.PageToken, f.UserToken, f.AppSecret, f.VerifyToken} {
		w.secret(s)
	}
	return f
}

// control steers the sandbox.
func (f *facebook) control(method, path string, body, into any) {
	f.w.t.Helper()
	var b []byte
	if body != nil {
		b = toJSON(f.w.t, body)
	}
	a := f.w.call(method, f.ControlURL+path, b, nil)
	if a.status >= http.StatusMultipleChoices {
		f.w.t.Fatalf("%s: %d %s", a.call, a.status, a.body)
	}
	if into != nil {
		a.into(into)
	}
}

// wording is what a customer writes besides the text.
type wording struct {
	Text       string    `json:"text"`
	Name       string    `json:"name,omitempty"`
	Locale     string    `json:"locale,omitempty"`
	At         time.Time `json:"at,omitzero"`
	MID        string    `json:"mid,omitempty"`
	QuickReply string    `json:"quick_reply,omitempty"`
	FromAd     bool      `json:"from_ad,omitempty"`
}

// customerWrites has a customer write, now.
func (w *world) customerWrites(psid, text string) {
	w.t.Helper()
	w.customerSays(psid, wording{Text: text})
}

// customerSays has a customer write something more elaborate.
func (w *world) customerSays(psid string, what wording) {
	w.t.Helper()
	for _, s := range []string{what.Text, what.Name} {
		w.secret(s)
	}
	w.facebook.control(http.MethodPost, "/customers/"+url.PathEscape(psid)+"/messages", what, nil)
}

// fault is something that the sandbox does wrong on demand.
type fault struct {
	On          string  `json:"on"`
	Call        string  `json:"call,omitempty"`
	Kind        string  `json:"kind"`
	Probability float64 `json:"probability,omitempty"`
	Count       int     `json:"count,omitempty"`
	DelayMS     int     `json:"delay_ms,omitempty"`
	Code        int     `json:"code,omitempty"`
	Subcode     int     `json:"subcode,omitempty"`
	PSID        string  `json:"psid,omitempty"`
	Fired       int     `json:"fired,omitempty"`
}

func (f *facebook) fails(what fault) {
	f.w.t.Helper()
	f.control(http.MethodPost, "/faults", what, nil)
}

// faults returns how often each fault struck.
func (f *facebook) faults() []fault {
	f.w.t.Helper()
	var out struct{ Faults []fault }
	f.control(http.MethodGet, "/faults", nil, &out)
	return out.Faults
}

func (f *facebook) recovers() {
	f.w.t.Helper()
	f.control(http.MethodDelete, "/faults", nil, nil)
}

// got returns the texts that each customer really got, in order.
func (f *facebook) got() map[string][]string {
	f.w.t.Helper()
	var out struct{ Customers map[string][]string }
	f.control(http.MethodGet, "/delivered", nil, &out)
	return out.Customers
}

// quotedBy returns the ids of the messages that those a customer got quote.
func (f *facebook) quotedBy(psid string) []string {
	f.w.t.Helper()
	var out struct {
		Delivered []struct {
			ReplyTo string `json:"reply_to"`
		}
	}
	f.control(http.MethodGet, "/delivered?psid="+psid, nil, &out)
	var mids []string
	for _, d := range out.Delivered {
		mids = append(mids, d.ReplyTo)
	}
	return mids
}

// gotBy returns the texts that one customer really got.
func (f *facebook) gotBy(psid string) []string {
	f.w.t.Helper()
	return f.got()[psid]
}

// signature is what Meta signs a body with.
func (f *facebook) signature(body []byte) string {
	m := hmac.New(sha256.New, []byte(f.AppSecret))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// webhook posts a body to the hub as Meta does.
func (w *world) webhook(body []byte) answer {
	return w.webhookWith(body, http.Header{"X-Hub-Signature-256": {w.facebook.signature(body)}})
}

// delivers posts a body until the hub has taken it, as Meta does: on a busy machine a
// hub may ask for it again. It may run in any goroutine.
func (w *world) delivers(body []byte) {
	w.t.Helper()
	pause := time.NewTicker(100 * time.Millisecond)
	defer pause.Stop()
	for began := time.Now(); time.Since(began) < 2*patience; <-pause.C {
		a := w.webhook(body)
		if a.err == nil && a.status == http.StatusOK {
			return
		}
		if a.err == nil && a.status != http.StatusServiceUnavailable {
			w.t.Errorf("webhook answered %d %s: %.300s", a.status, a.body, body)
			return
		}
		w.t.Logf("webhook to be sent again: %d %v", a.status, a.err)
	}
	w.t.Errorf("the hub does not take a webhook: %.300s", body)
}

// webhookWith posts a body with these headers.
func (w *world) webhookWith(body []byte, header http.Header) answer {
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "facebookexternalua")
	return w.try(http.MethodPost, w.hubURL+"/webhooks/messenger", body, header)
}

// envelope is the body of a webhook with these entries.
func envelope(entries ...string) []byte {
	return []byte(`{"object":"page","entry":[` + strings.Join(entries, ",") + `]}`)
}
