package page_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/ui/app"
	"parley/ui/page"
	"parley/ui/term"
	"parley/ui/uitest"
)

const connectLink = "https://hub.example.com/connect?link=0123456789abcdefghijklmnopqrstuvwxyz"

// hears has the hub answer how far connecting is, without the wait between two questions.
func hears(w *uitest.World, state model.ConnectState, code model.Code) {
	w.Helper()
	s := page.ConnectSaid{Connect: model.Connect{ID: "c1", State: state, Code: code}}
	if state == model.ConnectDone {
		s.Connect.Page = &model.Page{Name: "New Page"}
	}
	_ = w.Updates(s)
}

func TestConnectAPageFromThePalette(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Hub.Connecting = model.Connect{ID: "c1", URL: connectLink, State: model.ConnectWaiting}
	_ = w.Updates(page.ConnectSaid{Connect: w.Hub.Connecting, Begun: true})
	shown := strings.Join(strings.Fields(w.Text()), "")
	if !strings.Contains(strings.ReplaceAll(shown, "│", ""), connectLink) {
		t.Fatalf("the link is not whole:\n%s", w.Text())
	}
	w.Shows("copy the link", "give up")
	hears(w, model.ConnectAtFacebook, "")
	w.Shows("Waiting for Facebook")
	hears(w, model.ConnectChoosing, "")
	w.Shows("Choose the Page in the browser")
	if !w.Brings("y", term.Copy(connectLink)()) {
		t.Error("the link is forgotten on the way")
	}
	w.Updates(page.ConnectSaid{Connect: w.Hub.Connecting, Begun: true})
	hears(w, model.ConnectDone, "")
	w.Hides("give up")
	w.Shows("New Page is connected")

	_ = w.Updates(page.ConnectSaid{Connect: w.Hub.Connecting, Begun: true})
	w.Keys("esc") // the browser goes on
	hears(w, model.ConnectRefused, model.NoManageTask)
	w.Shows("no full control of the Page")

	_ = w.Updates(page.ConnectSaid{Connect: w.Hub.Connecting, Begun: true})
	w.Keys("x")
	if !slices.Contains(w.Hub.Asked, "give up c1") {
		t.Errorf("asked %v", w.Hub.Asked)
	}
	w.Shows("Nothing was connected")
	_ = w.Updates(page.ConnectSaid{Begun: true, Err: errors.New("no")})
	w.Shows("It failed: no")
}

func TestOnlyAnAdminConnectsAPage(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	if why := w.NeedsAdmin(); w.Inbox.User().Admin != (why == "") {
		t.Errorf("admin %t: %q", w.Inbox.User().Admin, why)
	}
}

func TestAnImportShowsHowFarItIs(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) {
		o.Keys = map[string][]string{"import_past": {"alt+i"}, "cancel_import": {"alt+c"}}
	})
	began := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	w.Keys("alt+c")
	w.Shows(w.Say(i18n.WhyNoImport))
	w.PageNow(5, func(p *model.Page) {
		p.Import = &model.Import{Kind: model.ImportHistory, State: model.ImportRunning, Threads: 700, Total: 2000, RunSince: began, UpdatedAt: began.Add(14 * time.Second)}
	})
	w.Shows("Importing [##------] 700/2,000 50/s 26s left")
	w.Keys("alt+i")
	w.Shows(w.Say(i18n.WhyImportRuns))
	w.Keys("alt+c")
	w.Shows("The import is stopped")
	w.PageNow(6, func(p *model.Page) {
		p.Import = &model.Import{Kind: model.ImportHistory, State: model.ImportDone, Threads: 2000, Total: 2000}
	})
	w.Hides("Importing")
	w.Keys("alt+i")
	if !slices.Contains(w.Hub.Asked, "stop 100") || !slices.Contains(w.Hub.Asked, "import 100") {
		t.Errorf("asked %v", w.Hub.Asked)
	}
}
