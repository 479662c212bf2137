package main

import (
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"parley/cmd/cli"
)

// pipedrive are the variables of a hub that uses the sandbox's Pipedrive.
func (f *facebook) pipedrive() (settings []string) {
	f.w.t.Helper()
	var info struct {
		URL    string `json:"pipedrive_url"`
		Token  string `json:"pipedrive_token"`
		OAuth  string `json:"pipedrive_oauth_url"`
		ID     string `json:"pipedrive_client_id"`
		Secret string `json:"pipedrive_client_secret"`
	}
	fromJSON(f.w.t, []byte(f.ready()), &info)
	f.w.secret(info.Token)
	f.w.secret(info.Secret)
	return []string{
		"PARLEY_PIPEDRIVE_URL=" + info.URL, "PARLEY_PIPEDRIVE_TOKEN=" + info.Token, "PARLEY_PIPEDRIVE_OAUTH_URL=" + info.OAuth,
		"PARLEY_PIPEDRIVE_CLIENT_ID=" + info.ID, "PARLEY_PIPEDRIVE_CLIENT_SECRET=" + info.Secret, "PARLEY_TIMING_LOGIN_POLL=100ms",
	}
}

// newCRMWorld is a world whose hub uses the sandbox's Pipedrive.
func newCRMWorld(t *testing.T, more ...string) *world {
	t.Helper()
	w := newQuietWorld(t)
	w.facebook = w.startFacebook()
	w.settings = append(w.facebook.pipedrive(), more...)
	w.startHub()
	return w
}

// browse goes through the pages as a browser without a script, and says in Pipedrive that
// it is who. It returns what the last page says.
func (w *world) browse(link, who string) string {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	b := &http.Client{Jar: jar, Timeout: patience, Transport: &http.Transport{}}
	defer b.CloseIdleConnections()
	b.CheckRedirect = func(r *http.Request, _ []*http.Request) error { // it is asked who it is
		if q := r.URL.Query(); r.URL.Path == "/oauth/authorize" && !q.Has("login") {
			q.Set("login", who)
			r.URL.RawQuery = q.Encode()
		}
		return nil
	}
	form := url.Values{}
	for _, m := range regexp.MustCompile(`name="(code|form)" value="([^"]*)"`).FindAllStringSubmatch(w.page(b, link, nil), -1) {
		form.Set(m[1], m[2])
	}
	at, _, _ := strings.Cut(link, "?")
	return w.page(b, at, form)
}

// page opens a page, or sends a form.
func (w *world) page(b *http.Client, at string, form url.Values) string {
	w.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var s strings.Builder
	if err := resp.Write(&s); err != nil {
		w.t.Fatal(err)
	}
	return html.UnescapeString(s.String())
}

var shownLink = regexp.MustCompile(`open (http\S+/login\?code=(\S+))`)

// waitsForBrowser begins a login and returns its link.
func waitsForBrowser(t *testing.T, p *process) (link string) {
	t.Helper()
	p.begin()
	waitFor(t, "the link is shown", patience, func() bool {
		m := shownLink.FindStringSubmatch(p.err.String())
		if m == nil || !strings.Contains(p.err.String(), "code: "+m[2]) {
			return false
		}
		link = m[1]
		return true
	})
	return link
}

// From the terminal to the browser and back: with whom Pipedrive says it is.
func TestLoginThroughPipedrive(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t)
	aiko := w.addUser("Aiko", "--email", "Installer@example.com", "--admin")
	p := newProcess(t, w.env(aiko.homeDir), "login", w.hubURL, "--json")
	link := waitsForBrowser(t, p)
	if page := w.browse(link, "installer@example.com"); !strings.Contains(page, "You are signed in") || !strings.Contains(page, "森 愛子") {
		t.Fatalf("the browser shows %s", page)
	}
	if code := p.exit(patience); code != cli.ExitDone {
		t.Fatalf("exit code %d: %s %s", code, p.out, p.err)
	}
	var in struct {
		User struct {
			ID, Name, Email string
			Admin           bool
			AdminFrom       string `json:"admin_from"`
		}
		Hub string
	}
	fromJSON(t, []byte(p.out.String()), &in)
	if in.User.ID != aiko.id || in.User.Name != "森 愛子" || !in.User.Admin || in.User.AdminFrom != "pipedrive" || in.Hub != w.hubURL {
		t.Errorf("signed in as %+v", in)
	}
	aiko.keptToken()
	r := aiko.bare("", "whoami").ok()
	if !strings.Contains(r.out, "森 愛子 <installer@example.com>") || !strings.Contains(r.out, "Pipedrive says so") {
		t.Errorf("whoami: %s", r.out)
	}
	if r := aiko.bare("", "audit").ok(); !strings.Contains(r.out, "signed in through Pipedrive") || !strings.Contains(r.out, "Pipedrive   made") {
		t.Errorf("audit: %s", r.out)
	}
	for _, s := range w.settings {
		name, value, _ := strings.Cut(s, "=")
		if r := runProgram(t, w.hubEnv(), "", "config").ok(); (strings.HasSuffix(name, "_TOKEN") || strings.HasSuffix(name, "_SECRET")) && strings.Contains(r.out, value) {
			t.Errorf("config shows %s", name)
		}
	}
}

// A refusal ends the wait, with its code.
func TestLoginThroughPipedriveRefused(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t)
	for _, c := range []struct{ who, code, says string }{
		{"refuse", "login_denied", "not to let Parley know"},
		{"stranger@example.org", "wrong_company", "another company"},
		{"intern@example.com", "no_account", "Nobody with your e-mail address"},
	} {
		p := newProcess(t, w.env("nobody"), "login", w.hubURL)
		if page := w.browse(waitsForBrowser(t, p), c.who); !strings.Contains(page, c.says) || !strings.Contains(page, c.code) {
			t.Errorf("%s: the browser shows %s", c.who, page)
		}
		if code := p.exit(patience); code != cli.ExitRefused || !strings.Contains(p.err.String(), "("+c.code+")") || !strings.Contains(p.err.String(), c.says) {
			t.Errorf("%s: exit code %d: %s", c.who, code, p.err)
		}
	}
}

// A one-time code works beside it; who thinks better of it interrupts.
func TestLoginByCodeBesidePipedrive(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t)
	aki := w.addUser("Aki", "--email", "rep@example.com", "--admin")
	aki.signsIn()
	if r := aki.bare("", "whoami").ok(); !strings.Contains(r.out, "no admin: Pipedrive says") {
		t.Errorf("whoami: %s", r.out)
	}
	aki.bare("ABCD-EFGH-JKLM-NPQR\n", "login", w.hubURL).exits(cli.ExitFailed).says("(not_signed_in)", "works once")
	p := newProcess(t, w.env("ben"), "login", w.hubURL)
	waitsForBrowser(t, p)
	p.signal(os.Interrupt)
	if code := p.exit(patience); code != cli.ExitFailed || !strings.Contains(p.err.String(), "Interrupted.") {
		t.Errorf("exit code %d: %s", code, p.err)
	}
}

// A colleague who is not known gets an account where that is set.
func TestNewColleagueThroughPipedrive(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t, "PARLEY_PIPEDRIVE_NEW_USERS=true")
	p := newProcess(t, w.env("mio"), "login", w.hubURL, "--lang", "en")
	w.browse(waitsForBrowser(t, p), "intern@example.com")
	if code := p.exit(patience); code != cli.ExitDone || !strings.Contains(p.out.String(), "田中 澪 is signed in") {
		t.Errorf("exit code %d: %s %s", code, p.out, p.err)
	}
}

// Half an app of Pipedrive is no app.
func TestHubNeedsAWholeAppOfPipedrive(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	w.facebook = w.startFacebook()
	runProgram(t, append(w.hubEnv(), "PARLEY_PIPEDRIVE_CLIENT_ID=x"), "", w.hubArgs()...).exits(cli.ExitUsage).says("PARLEY_PIPEDRIVE_CLIENT_SECRET")
	runProgram(t, append(w.hubEnv(), "PARLEY_PIPEDRIVE_TOKEN=x", "PARLEY_PIPEDRIVE_URL=http://api.pipedrive.com"), "", w.hubArgs()...).exits(cli.ExitUsage).says("https")
}
