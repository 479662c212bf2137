package app

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/ui/page"
	"parley/ui/term"
)

const connectLink = "https://hub.example.com/connect?link=0123456789abcdefghijklmnopqrstuvwxyz"

// hears has the hub answer how far connecting is, without the wait between two questions.
func (w *world) hears(state model.ConnectState, code model.Code) {
	w.Helper()
	s := page.ConnectSaid{Connect: model.Connect{ID: "c1", State: state, Code: code}}
	if state == model.ConnectDone {
		s.Connect.Page = &model.Page{Name: "New Page"}
	}
	_ = w.updates(s)
}

func TestConnectAPageFromThePalette(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.hub.connect = model.Connect{ID: "c1", URL: connectLink, State: model.ConnectWaiting}
	_ = w.updates(page.ConnectSaid{Connect: w.hub.connect, Begun: true})
	shown := strings.Join(strings.Fields(w.text()), "")
	if !strings.Contains(strings.ReplaceAll(shown, "│", ""), connectLink) {
		t.Fatalf("the link is not whole:\n%s", w.text())
	}
	w.shows("copy the link", "give up")
	w.hears(model.ConnectAtFacebook, "")
	w.shows("Waiting for Facebook")
	w.hears(model.ConnectChoosing, "")
	w.shows("Choose the Page in the browser")
	if !w.brings("y", term.Copy(connectLink)()) {
		t.Error("the link is forgotten on the way")
	}
	w.updates(page.ConnectSaid{Connect: w.hub.connect, Begun: true})
	w.hears(model.ConnectDone, "")
	w.hides("give up")
	w.shows("New Page is connected")

	_ = w.updates(page.ConnectSaid{Connect: w.hub.connect, Begun: true})
	w.keys("esc") // the browser goes on
	w.hears(model.ConnectRefused, model.NoManageTask)
	w.shows("no full control of the Page")

	_ = w.updates(page.ConnectSaid{Connect: w.hub.connect, Begun: true})
	w.keys("x")
	if !slices.Contains(w.hub.asked, "give up c1") {
		t.Errorf("asked %v", w.hub.asked)
	}
	w.shows("Nothing was connected")
	_ = w.updates(page.ConnectSaid{Begun: true, Err: errors.New("no")})
	w.shows("It failed: no")
}

func TestOnlyAnAdminConnectsAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	if why := w.NeedsAdmin(); w.Inbox.User().Admin != (why == "") {
		t.Errorf("admin %t: %q", w.Inbox.User().Admin, why)
	}
}

func TestAnImportShowsHowFarItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3), func(o *Options) {
		o.Keys = map[string][]string{"import_past": {"alt+i"}, "cancel_import": {"alt+c"}}
	})
	began := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	w.keys("alt+c")
	w.shows(w.Say(i18n.WhyNoImport))
	w.pageNow(5, func(p *model.Page) {
		p.Import = &model.Import{Kind: model.ImportHistory, State: model.ImportRunning, Threads: 700, Total: 2000, RunSince: began, UpdatedAt: began.Add(14 * time.Second)}
	})
	w.shows("Importing [##------] 700/2,000 50/s 26s left")
	w.keys("alt+i")
	w.shows(w.Say(i18n.WhyImportRuns))
	w.keys("alt+c")
	w.shows("The import is stopped")
	w.pageNow(6, func(p *model.Page) {
		p.Import = &model.Import{Kind: model.ImportHistory, State: model.ImportDone, Threads: 2000, Total: 2000}
	})
	w.hides("Importing")
	w.keys("alt+i")
	if !slices.Contains(w.hub.asked, "stop 100") || !slices.Contains(w.hub.asked, "import 100") {
		t.Errorf("asked %v", w.hub.asked)
	}
}
