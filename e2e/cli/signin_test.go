package cli

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
	"parley/e2e/driver"
)

// browse goes through the pages as a browser without a script, and says in Pipedrive that
// it is who. It returns what the last page says.
func browse(w *driver.World, link, who string) string {
	w.T.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.T.Fatal(err)
	}
	b := &http.Client{Jar: jar, Timeout: driver.Patience, Transport: &http.Transport{}}
	defer b.CloseIdleConnections()
	b.CheckRedirect = func(r *http.Request, _ []*http.Request) error { // it is asked who it is
		if q := r.URL.Query(); r.URL.Path == "/oauth/authorize" && !q.Has("login") {
			q.Set("login", who)
			r.URL.RawQuery = q.Encode()
		}
		return nil
	}
	form := url.Values{}
	for _, m := range regexp.MustCompile(`name="(code|form)" value="([^"]*)"`).FindAllStringSubmatch(webPage(w, b, link, nil), -1) {
		form.Set(m[1], m[2])
	}
	at, _, _ := strings.Cut(link, "?")
	return webPage(w, b, at, form)
}

// page opens a page, or sends a form.
func webPage(w *driver.World, b *http.Client, at string, form url.Values) string {
	w.T.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(w.T.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		w.T.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.Do(req)
	if err != nil {
		w.T.Fatal(err)
	}
	defer resp.Body.Close()
	var s strings.Builder
	if err := resp.Write(&s); err != nil {
		w.T.Fatal(err)
	}
	return html.UnescapeString(s.String())
}

var shownLink = regexp.MustCompile(`open (http\S+/login\?code=(\S+))`)

// waitsForBrowser begins a login and returns its link.
func waitsForBrowser(t *testing.T, p *driver.Process) (link string) {
	t.Helper()
	p.Begin()
	driver.WaitFor(t, "the link is shown", driver.Patience, func() bool {
		m := shownLink.FindStringSubmatch(p.Err.String())
		if m == nil || !strings.Contains(p.Err.String(), "code: "+m[2]) {
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
	w := driver.NewCRMWorld(t)
	aiko := w.AddUser("Aiko", "--email", "Installer@example.com", "--admin")
	p := driver.NewProcess(t, w.Env(aiko.HomeDir), "login", w.HubURL, "--json")
	link := waitsForBrowser(t, p)
	if page := browse(w, link, "installer@example.com"); !strings.Contains(page, "You are signed in") || !strings.Contains(page, "森 愛子") {
		t.Fatalf("the browser shows %s", page)
	}
	if code := p.Exit(driver.Patience); code != cli.ExitDone {
		t.Fatalf("exit code %d: %s %s", code, p.Out, p.Err)
	}
	var in struct {
		User struct {
			ID, Name, Email string
			Admin           bool
			AdminFrom       string `json:"admin_from"`
		}
		Hub string
	}
	driver.FromJSON(t, []byte(p.Out.String()), &in)
	if in.User.ID != aiko.ID || in.User.Name != "森 愛子" || !in.User.Admin || in.User.AdminFrom != "pipedrive" || in.Hub != w.HubURL {
		t.Errorf("signed in as %+v", in)
	}
	keptToken(aiko)
	r := bare(aiko, "", "whoami").Ok()
	if !strings.Contains(r.Out, "森 愛子 <installer@example.com>") || !strings.Contains(r.Out, "Pipedrive says so") {
		t.Errorf("whoami: %s", r.Out)
	}
	if r := bare(aiko, "", "audit").Ok(); !strings.Contains(r.Out, "signed in through Pipedrive") || !strings.Contains(r.Out, "Pipedrive   made") {
		t.Errorf("audit: %s", r.Out)
	}
	for _, s := range w.Settings {
		name, value, _ := strings.Cut(s, "=")
		if r := driver.RunProgram(t, w.HubEnv(), "", "config").Ok(); (strings.HasSuffix(name, "_TOKEN") || strings.HasSuffix(name, "_SECRET")) && strings.Contains(r.Out, value) {
			t.Errorf("config shows %s", name)
		}
	}
}

// A refusal ends the wait, with its code.
func TestLoginThroughPipedriveRefused(t *testing.T) {
	t.Parallel()
	w := driver.NewCRMWorld(t)
	for _, c := range []struct{ who, code, says string }{
		{"refuse", "login_denied", "not to let Parley know"},
		{"stranger@example.org", "wrong_company", "another company"},
		{"intern@example.com", "no_account", "Nobody with your e-mail address"},
	} {
		p := driver.NewProcess(t, w.Env("nobody"), "login", w.HubURL)
		if page := browse(w, waitsForBrowser(t, p), c.who); !strings.Contains(page, c.says) || !strings.Contains(page, c.code) {
			t.Errorf("%s: the browser shows %s", c.who, page)
		}
		if code := p.Exit(driver.Patience); code != cli.ExitRefused || !strings.Contains(p.Err.String(), "("+c.code+")") || !strings.Contains(p.Err.String(), c.says) {
			t.Errorf("%s: exit code %d: %s", c.who, code, p.Err)
		}
	}
}

// A one-time code works beside it; who thinks better of it interrupts.
func TestLoginByCodeBesidePipedrive(t *testing.T) {
	t.Parallel()
	w := driver.NewCRMWorld(t)
	aki := w.AddUser("Aki", "--email", "rep@example.com", "--admin")
	signsIn(aki)
	if r := bare(aki, "", "whoami").Ok(); !strings.Contains(r.Out, "no admin: Pipedrive says") {
		t.Errorf("whoami: %s", r.Out)
	}
	bare(aki, "ABCD-EFGH-JKLM-NPQR\n", "login", w.HubURL).Exits(cli.ExitFailed).Says("(not_signed_in)", "works once")
	p := driver.NewProcess(t, w.Env("ben"), "login", w.HubURL)
	waitsForBrowser(t, p)
	p.Signal(os.Interrupt)
	if code := p.Exit(driver.Patience); code != cli.ExitFailed || !strings.Contains(p.Err.String(), "Interrupted.") {
		t.Errorf("exit code %d: %s", code, p.Err)
	}
}

// A colleague who is not known gets an account where that is set.
func TestNewColleagueThroughPipedrive(t *testing.T) {
	t.Parallel()
	w := driver.NewCRMWorld(t, "PARLEY_PIPEDRIVE_NEW_USERS=true")
	p := driver.NewProcess(t, w.Env("mio"), "login", w.HubURL, "--lang", "en")
	browse(w, waitsForBrowser(t, p), "intern@example.com")
	if code := p.Exit(driver.Patience); code != cli.ExitDone || !strings.Contains(p.Out.String(), "田中 澪 is signed in") {
		t.Errorf("exit code %d: %s %s", code, p.Out, p.Err)
	}
}

// Half an app of Pipedrive is no app.
func TestHubNeedsAWholeAppOfPipedrive(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	w.Facebook = w.StartFacebook()
	driver.RunProgram(t, append(w.HubEnv(), "PARLEY_PIPEDRIVE_CLIENT_ID=x"), "", w.HubArgs()...).Exits(cli.ExitUsage).Says("PARLEY_PIPEDRIVE_CLIENT_SECRET")
	driver.RunProgram(t, append(w.HubEnv(), "PARLEY_PIPEDRIVE_TOKEN=x", "PARLEY_PIPEDRIVE_URL=http://api.pipedrive.com"), "", w.HubArgs()...).Exits(cli.ExitUsage).Says("https")
}
