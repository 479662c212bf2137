package apitest

import (
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/model"
)

// Device is a sign-in on its way.
type Device struct {
	DeviceCode string `json:"device_code"`
	UserCode   string `json:"user_code"`
	URL        string `json:"verification_url"`
	Complete   string `json:"verification_url_complete"`
	Interval   int
	ExpiresIn  int `json:"expires_in"`
}

// BeginSignIn begins a sign-in, as the command line does.
func (w *CRMWorld) BeginSignIn() (d Device) {
	w.Helper()
	w.Send(http.MethodPost, "/v1/login/device", nil, nil).Want(http.StatusOK).Into(&d)
	return d
}

// PollSignIn asks whether somebody has signed in, as late as it may.
func (w *CRMWorld) PollSignIn(d Device) Answer {
	w.Helper()
	w.Clock.Advance(time.Duration(d.Interval) * time.Second)
	return w.Send(http.MethodPost, "/v1/login/device/token", nil, map[string]any{"device_code": d.DeviceCode})
}

// Browser is a browser without a script.
type Browser struct {
	*CRMWorld
	HTTP     *http.Client
	Language string
	// Header is what it says besides.
	Header http.Header
}

// Browser opens a browser with no cookies yet.
func (w *CRMWorld) Browser() *Browser {
	jar, err := cookiejar.New(nil)
	w.Must(err)
	c := &http.Client{Jar: jar, Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w.Cleanup(c.CloseIdleConnections)
	return &Browser{CRMWorld: w, HTTP: c, Language: "en"}
}

// Shown is a page, or where it sends the browser.
type Shown struct {
	testing.TB
	Status int
	to     string
	Header http.Header
	text   string
}

// Open opens an address, or sends a form to it, and follows nothing.
func (b *Browser) Open(method, address string, form url.Values) Shown {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, address, strings.NewReader(form.Encode()))
	b.Must(err)
	maps.Copy(req.Header, b.Header)
	req.Header.Set("Accept-Language", b.Language)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.HTTP.Do(req)
	b.Must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	b.Must(err)
	s := Shown{TB: b.TB, Status: resp.StatusCode, Header: resp.Header, text: html.UnescapeString(string(raw))}
	if to, err := resp.Location(); err == nil {
		s.to = to.String()
	}
	if strings.HasPrefix(address, b.Server.URL) {
		b.guarded(s)
	}
	return s
}

// guarded: no page of ours is kept, framed or run.
func (b *Browser) guarded(s Shown) {
	b.Helper()
	csp := s.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") ||
		s.Header.Get("Cache-Control") != "no-store" || s.Header.Get("Referrer-Policy") != "no-referrer" || strings.Contains(s.text, "<script") {
		b.Errorf("headers %v of %s", s.Header, s.text)
	}
}

// Says expects a page with that status and those texts.
func (s Shown) Says(status int, texts ...string) Shown {
	s.Helper()
	for _, text := range texts {
		if s.Status != status || !strings.Contains(s.text, text) {
			s.Fatalf("shown %d %s, want %d %q", s.Status, s.text, status, text)
		}
	}
	return s
}

var hiddenField = regexp.MustCompile(`name="(code|form)" value="([^"]*)"`)

// Form is what the page's form holds.
func (s Shown) Form() url.Values {
	v := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(s.text, -1) {
		v.Set(m[1], m[2])
	}
	return v
}

// Confirm opens the link, confirms the code, and returns where Pipedrive asks.
func (b *Browser) Confirm(d Device) string {
	b.Helper()
	page := b.Open(http.MethodGet, d.Complete, nil).Says(http.StatusOK, d.UserCode)
	sent := b.Open(http.MethodPost, d.URL, page.Form())
	if sent.Status != http.StatusSeeOther || !strings.HasPrefix(sent.to, b.Box.PipedriveOAuthURL+"/oauth/authorize?") {
		b.Fatalf("sent to %s with %d: %s", sent.to, sent.Status, sent.text)
	}
	return sent.to
}

// Answer says in Pipedrive who one is, and returns the address that it sends back to.
func (b *Browser) Answer(authorize, who string) string {
	b.Helper()
	back := b.Open(http.MethodGet, authorize+"&login="+url.QueryEscape(who), nil)
	if !strings.HasPrefix(back.to, b.Server.URL+"/login/callback?") {
		b.Fatalf("sent back to %q with %d: %s", back.to, back.Status, back.text)
	}
	return back.to
}

// SignIn goes the whole way.
func (b *Browser) SignIn(d Device, who string) Shown {
	b.Helper()
	return b.Open(http.MethodGet, b.Answer(b.Confirm(d), who), nil)
}

// SignIn signs somebody in who may.
func (w *CRMWorld) SignIn(who string) Account {
	w.Helper()
	d := w.BeginSignIn()
	w.Browser().SignIn(d, who).Says(http.StatusOK, who)
	var in struct {
		Token string
		User  model.User
	}
	w.PollSignIn(d).Want(http.StatusOK).Into(&in)
	return Account{User: in.User, Token: in.Token}
}
