package browser

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"parley/cmd/cli"
	"parley/e2e/driver"
	"parley/i18n"
)

// The tests in a real browser run where this names one: `make test-browser`.
const (
	browserVariable = "PARLEY_TEST_BROWSER"
	// picturesVariable names a folder for pictures of the pages, if they are wanted.
	picturesVariable = "PARLEY_TEST_PICTURES"
)

// Widths of a desktop and of a phone, in CSS pixels.
var pictureSizes = map[string][2]int64{"desktop": {1280, 900}, "phone": {390, 844}}

// chromium is a headless browser.
type chromium struct {
	*testing.T
	ctx context.Context
}

func newChromium(t *testing.T) *chromium {
	t.Helper()
	path := os.Getenv(browserVariable)
	if path == "" {
		t.Skip("no browser: make test-browser runs this")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("end the browser: %v", err)
		}
		cancel()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return &chromium{t, ctx}
}

// profile is a person's own browser: cookies and a language of its own.
type profile struct {
	*testing.T
	ctx      context.Context
	language string

	mu sync.Mutex
	// complaints are what the browser refused to load or run, and what failed.
	complaints []string
	// callback is where Facebook sent the browser last.
	callback string
}

func (c *chromium) profile(t *testing.T, language string) *profile {
	t.Helper()
	ctx, cancel := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &profile{T: t, ctx: ctx, language: language}
	err := chromedp.Listen(ctx, p.notes)
	if err == nil {
		_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	}
	if err == nil {
		_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	}
	if err == nil {
		_, err = chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
			Headers: network.Headers{"Accept-Language": language},
		})
	}
	if err != nil {
		t.Fatalf("open a profile: %v", err)
	}
	return p
}

// notes keeps what the browser tells of itself.
func (p *profile) notes(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Source != log.EntrySourceNetwork { // a refusal has a status that is logged
			p.complaints = append(p.complaints, e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if strings.Contains(e.Request.URL, "/connect/callback?") {
			p.callback = e.Request.URL
		}
	}
}

func (p *profile) run(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, driver.Patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.Fatalf("in the browser: %v\n%s", err, p.text())
	}
}

// text is what the page says now.
func (p *profile) text() string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
	return text
}

// ask asks the browser something.
func ask[T any](p *profile, what chromedp.Action[T]) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, driver.Patience)
	defer cancel()
	v, err := chromedp.Run(ctx, what)
	if err != nil {
		p.Fatalf("ask the browser: %v\n%s", err, p.text())
	}
	return v
}

// opens opens an address of the hub, expects no complaint, and takes pictures if they are
// wanted.
func (p *profile) opens(address, picture string) {
	p.Helper()
	p.run(chromedp.Navigate(address), chromedp.WaitReady(chromedp.CSS("main")))
	p.looks(picture)
}

// looks expects a page of the hub in the profile's language, whole at every width.
func (p *profile) looks(picture string) {
	p.Helper()
	p.run(chromedp.WaitReady(chromedp.CSS("main")))
	if lang := ask(p, chromedp.Evaluate[string](`document.documentElement.lang`)); lang != p.language {
		p.Errorf("%s is in %q, want %q", picture, lang, p.language)
	}
	for name, size := range pictureSizes {
		p.run(chromedp.EmulateViewport(size[0], size[1]))
		if ask(p, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > window.innerWidth`)) {
			p.Errorf("%s does not fit a %s", picture, name)
		}
		dir := os.Getenv(picturesVariable)
		if dir == "" {
			continue
		}
		b := ask(p, chromedp.FullScreenshot(100))
		if err := os.WriteFile(filepath.Join(dir, strings.Join([]string{picture, p.language, name}, "-")+".png"), b, 0o600); err != nil {
			p.Fatal(err)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.complaints) > 0 {
		p.Errorf("%s: the browser complains: %q", picture, p.complaints)
	}
}

// goesOn presses the button of the hub's page and arrives at Facebook's dialog.
func (p *profile) goesOn() {
	p.Helper()
	p.run(chromedp.Click(chromedp.CSS("#go")), chromedp.WaitReady(chromedp.CSS(`input[name="person"]`)))
}

// is answers the dialog as somebody, without the permissions named.
func (p *profile) is(person, answer string, without ...string) {
	p.Helper()
	p.run(chromedp.Click(chromedp.CSS(`input[value="` + person + `"]`)))
	for _, name := range without {
		p.run(chromedp.Click(chromedp.CSS(`input[value="` + name + `"]`)))
	}
	p.run(chromedp.Click(chromedp.CSS(`button[value="`+answer+`"]`)), chromedp.WaitReady(chromedp.CSS("main")))
}

// refused expects the page that refuses with that code, in the profile's language.
func (p *profile) refused(code, picture string) {
	p.Helper()
	if shown := ask(p, chromedp.Text(chromedp.CSS("#code"))); shown != code {
		p.Errorf("refused with %q, want %q", shown, code)
	}
	if say := i18n.New(p.language).Say(i18n.WebCode(code)); !strings.Contains(p.text(), say) {
		p.Errorf("the page says %q, want %q", p.text(), say)
	}
	p.looks(picture)
}

// address is where the browser is.
func (p *profile) address() *url.URL {
	p.Helper()
	u, err := url.Parse(ask(p, chromedp.Location()))
	if err != nil {
		p.Fatal(err)
	}
	return u
}

// beginsConnect returns a fresh link of a user's.
func beginsConnect(u *driver.User) (id, link string) {
	u.W.T.Helper()
	var c struct{ ID, URL string }
	u.Post("/v1/connections", map[string]any{}).Is(http.StatusCreated).Into(&c)
	return c.ID, c.URL
}

// connectEnded expects how an attempt ended, as its terminal is told.
func connectEnded(u *driver.User, id, code string) {
	u.W.T.Helper()
	var c struct{ State, Code string }
	u.Get("/v1/connections/" + id).Is(http.StatusOK).Into(&c)
	if c.State != "refused" || c.Code != code {
		u.W.T.Errorf("the terminal is told %+v, want refused with %s", c, code)
	}
}

// connectableWorld is a world whose hub knows Facebook's dialog.
func connectableWorld(t *testing.T) *driver.World {
	t.Helper()
	w := driver.NewQuietWorld(t)
	w.Facebook = w.StartFacebook()
	w.Settings = append(w.Settings, "PARLEY_META_DIALOG_URL="+w.Facebook.DialogURL)
	w.StartHub()
	return w
}

func TestBrowserConnectsAPage(t *testing.T) {
	c := newChromium(t)
	for _, language := range []string{"en", "ja"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			w := connectableWorld(t)
			ann, ben := w.AddAdmin("Ann"), w.AddAdmin("Ben")
			p := c.profile(t, language)
			seesRefusals(w, t, c, p, ann)
			seesSuccess(w, p, ann)

			id, link := beginsConnect(ben)
			other := c.profile(t, language)
			other.opens(link, "invite")
			other.goesOn()
			other.is("admin", "continue")
			other.refused("already_connected", "already-connected")
			connectEnded(ben, id, "already_connected")
		})
	}
}

// seesRefusals goes through each way in which connecting is refused.
func seesRefusals(w *driver.World, t *testing.T, c *chromium, p *profile, ann *driver.User) {
	t.Helper()
	for _, tt := range []struct {
		code, person, answer string
		without              []string
	}{
		{code: "connect_cancelled", person: "admin", answer: "cancel"},
		{code: "no_manage_task", person: "staff", answer: "continue"},
		{code: "personal_profile", person: "profile", answer: "continue"},
		{code: "no_messaging_permission", person: "admin", answer: "continue", without: []string{"pages_messaging"}},
	} {
		id, link := beginsConnect(ann)
		p.opens(link, "invite")
		p.goesOn()
		p.is(tt.person, tt.answer, tt.without...)
		p.refused(tt.code, strings.ReplaceAll(tt.code, "_", "-"))
		connectEnded(ann, id, tt.code)
	}

	off := true
	w.Facebook.Control(http.MethodPost, "/page", map[string]*bool{"messages_off": &off}, nil)
	id, link := beginsConnect(ann)
	p.opens(link, "invite")
	p.goesOn()
	p.is("admin", "continue")
	p.run(chromedp.Click(chromedp.CSS("#go")), chromedp.WaitReady(chromedp.CSS("#code")))
	p.refused("messages_off", "messages-off")
	connectEnded(ann, id, "messages_off")
	off = false
	w.Facebook.Control(http.MethodPost, "/page", map[string]*bool{"messages_off": &off}, nil)

	// A link is one browser's, once; who was no admin any more at the end gets nowhere.
	id, link = beginsConnect(ann)
	p.opens(link, "invite")
	p.goesOn()
	stranger := c.profile(t, p.language)
	stranger.opens(link, "invite")
	stranger.run(chromedp.Click(chromedp.CSS("#go")), chromedp.WaitReady(chromedp.CSS("#code")))
	stranger.refused("connect_foreign", "connect-foreign")
	driver.RunProgram(t, w.HubEnv(), "", "user", "admin", ann.ID, "off").Ok()
	p.is("admin", "continue")
	p.refused("not_admin", "not-admin")
	connectEnded(ann, id, "not_admin")
	driver.RunProgram(t, w.HubEnv(), "", "user", "admin", ann.ID, "on").Ok()
	p.opens(link, "expired")
	p.refused("connect_expired", "connect-expired")
}

// seesSuccess connects the Page from the command line, shared.
func seesSuccess(w *driver.World, p *profile, ann *driver.User) {
	p.Helper()
	parley := driver.NewProcess(p.T, w.Env(ann.HomeDir, "PARLEY_HUB="+w.HubURL, "PARLEY_TOKEN="+ann.Token), "page", "connect", "--json")
	parley.Begin()
	link := ""
	driver.WaitFor(p.T, "the link", driver.Patience, func() bool {
		for line := range strings.Lines(parley.Err.String()) {
			if l := strings.TrimSpace(line); strings.HasPrefix(l, w.HubURL+"/connect?") && strings.HasSuffix(line, "\n") {
				link = l
			}
		}
		return link != ""
	})
	p.opens(link, "invite")
	p.goesOn()
	p.is("admin", "continue")
	if at := p.address(); at.Path != "/connect/page" || at.RawQuery != "" {
		p.Errorf("the choice stands at %s", at)
	}
	p.looks("choice")
	p.run(chromedp.Click(chromedp.CSS(`input[value="shared"]`)), chromedp.Click(chromedp.CSS("#go")), chromedp.WaitReady(chromedp.CSS("main p + p")))
	say := i18n.New(p.language)
	if text := p.text(); !strings.Contains(text, say.Say(i18n.WebDoneTitle)) || !strings.Contains(text, say.Say(i18n.WebDoneShared)) {
		p.Fatalf("at the end the page says %q", text)
	}
	p.looks("done")
	if code := parley.Exit(driver.Patience); code != cli.ExitDone {
		p.Fatalf("page connect ended with %d: %s", code, parley.Err)
	}
	var page struct {
		Visibility string
		Sees       bool
		Subscribed bool
	}
	driver.FromJSON(p.T, []byte(parley.Out.String()), &page)
	if page.Visibility != "shared" || !page.Sees || !page.Subscribed {
		p.Errorf("the terminal is told %s", parley.Out)
	}
	// Facebook's answer is good once, also in the same browser.
	p.mu.Lock()
	again := p.callback
	p.mu.Unlock()
	if again == "" {
		p.Fatal("the browser never came back from Facebook")
	}
	p.opens(again, "expired")
	p.refused("connect_expired", "connect-expired")
	connectedBy(ann, p.T)
}

// connectedBy expects that messages arrive on the Page that was connected.
func connectedBy(u *driver.User, t *testing.T) {
	t.Helper()
	u.W.CustomerWrites("1001", "Is the Page connected?")
	driver.WaitFor(t, "the customer's message", driver.Patience, func() bool {
		return u.Try(http.MethodGet, driver.ConversationPath(u.W.ConversationWith("1001")), nil).Status == http.StatusOK
	})
}
