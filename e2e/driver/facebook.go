package driver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Facebook is a running sandbox.
type Facebook struct {
	*Process
	W           *World
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

// StartFacebook starts a sandbox whose customers never write unprompted.
func (w *World) StartFacebook(flags ...string) *Facebook {
	w.T.Helper()
	f := &Facebook{W: w, Process: NewProcess(w.T, w.Env("facebook"), append([]string{"sandbox", "--customers", "0", "--json"}, flags...)...)}
	f.Begin()
	FromJSON(w.T, []byte(f.Ready()), f)
	for _, s := range []string{f.PageToken, f.UserToken, f.AppSecret, f.VerifyToken} {
		w.Secret(s)
	}
	return f
}

// Control steers the sandbox.
func (f *Facebook) Control(method, path string, body, into any) {
	f.W.T.Helper()
	var b []byte
	if body != nil {
		b = ToJSON(f.W.T, body)
	}
	a := f.W.Call(method, f.ControlURL+path, b, nil)
	if a.Status >= http.StatusMultipleChoices {
		f.W.T.Fatalf("%s: %d %s", a.Call, a.Status, a.Body)
	}
	if into != nil {
		a.Into(into)
	}
}

// Wording is what a customer writes.
type Wording struct {
	Text       string    `json:"text"`
	Name       string    `json:"name,omitempty"`
	Locale     string    `json:"locale,omitempty"`
	At         time.Time `json:"at,omitzero"`
	MID        string    `json:"mid,omitempty"`
	QuickReply string    `json:"quick_reply,omitempty"`
	FromAd     bool      `json:"from_ad,omitempty"`
}

// CustomerWrites makes a customer write a text now.
func (w *World) CustomerWrites(psid, text string) {
	w.T.Helper()
	w.CustomerSays(psid, Wording{Text: text})
}

// CustomerSays makes a customer write something more elaborate.
func (w *World) CustomerSays(psid string, what Wording) {
	w.T.Helper()
	for _, s := range []string{what.Text, what.Name} {
		w.Secret(s)
	}
	w.Facebook.Control(http.MethodPost, "/customers/"+url.PathEscape(psid)+"/messages", what, nil)
}

// Fault is a failure that the sandbox injects.
type Fault struct {
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

// Fails makes calls to Facebook fail.
func (f *Facebook) Fails(what Fault) {
	f.W.T.Helper()
	f.Control(http.MethodPost, "/faults", what, nil)
}

// Faults returns how often each fault fired.
func (f *Facebook) Faults() []Fault {
	f.W.T.Helper()
	var out struct{ Faults []Fault }
	f.Control(http.MethodGet, "/faults", nil, &out)
	return out.Faults
}

// Recovers makes all calls succeed again.
func (f *Facebook) Recovers() {
	f.W.T.Helper()
	f.Control(http.MethodDelete, "/faults", nil, nil)
}

// Got returns the texts that each customer really got, in order.
func (f *Facebook) Got() map[string][]string {
	f.W.T.Helper()
	var out struct{ Customers map[string][]string }
	f.Control(http.MethodGet, "/delivered", nil, &out)
	return out.Customers
}

// QuotedBy returns the ids of the messages quoted in what a customer got.
func (f *Facebook) QuotedBy(psid string) []string {
	f.W.T.Helper()
	var out struct {
		Delivered []struct {
			ReplyTo string `json:"reply_to"`
		}
	}
	f.Control(http.MethodGet, "/delivered?psid="+psid, nil, &out)
	var mids []string
	for _, d := range out.Delivered {
		mids = append(mids, d.ReplyTo)
	}
	return mids
}

// GotBy returns the texts that one customer really got.
func (f *Facebook) GotBy(psid string) []string {
	f.W.T.Helper()
	return f.Got()[psid]
}

// Signature returns Meta's signature of a body.
func (f *Facebook) Signature(body []byte) string {
	m := hmac.New(sha256.New, []byte(f.AppSecret))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// Webhook posts a body to the hub, as Meta does.
func (w *World) Webhook(body []byte) Answer {
	return w.WebhookWith(body, http.Header{"X-Hub-Signature-256": {w.Facebook.Signature(body)}})
}

// Delivers posts a body until the hub accepts it, as Meta does: on a busy machine a hub may ask
// for it again. It may run in any goroutine.
func (w *World) Delivers(body []byte) {
	w.T.Helper()
	pause := time.NewTicker(100 * time.Millisecond)
	defer pause.Stop()
	for began := time.Now(); time.Since(began) < 2*Patience; <-pause.C {
		a := w.Webhook(body)
		if a.Err == nil && a.Status == http.StatusOK {
			return
		}
		if a.Err == nil && a.Status != http.StatusServiceUnavailable {
			w.T.Errorf("webhook answered %d %s: %.300s", a.Status, a.Body, body)
			return
		}
		w.T.Logf("webhook to be sent again: %d %v", a.Status, a.Err)
	}
	w.T.Errorf("the hub does not take a webhook: %.300s", body)
}

// WebhookWith posts a body with these headers.
func (w *World) WebhookWith(body []byte, header http.Header) Answer {
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "facebookexternalua")
	return w.try(http.MethodPost, w.HubURL+"/webhooks/messenger", body, header)
}

// Envelope returns the body of a webhook with these entries.
func Envelope(entries ...string) []byte {
	return []byte(`{"object":"page","entry":[` + strings.Join(entries, ",") + `]}`)
}

// pipedrive returns the settings of a hub that uses the sandbox's Pipedrive.
func (f *Facebook) pipedrive() (settings []string) {
	f.W.T.Helper()
	var info struct {
		URL    string `json:"pipedrive_url"`
		Token  string `json:"pipedrive_token"`
		OAuth  string `json:"pipedrive_oauth_url"`
		ID     string `json:"pipedrive_client_id"`
		Secret string `json:"pipedrive_client_secret"`
	}
	FromJSON(f.W.T, []byte(f.Ready()), &info)
	f.W.Secret(info.Token)
	f.W.Secret(info.Secret)
	return []string{
		"PARLEY_PIPEDRIVE_URL=" + info.URL, "PARLEY_PIPEDRIVE_TOKEN=" + info.Token, "PARLEY_PIPEDRIVE_OAUTH_URL=" + info.OAuth,
		"PARLEY_PIPEDRIVE_CLIENT_ID=" + info.ID, "PARLEY_PIPEDRIVE_CLIENT_SECRET=" + info.Secret, "PARLEY_TIMING_LOGIN_POLL=100ms",
	}
}
