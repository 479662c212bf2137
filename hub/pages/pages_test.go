package pages_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/outbox"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
)

func TestConnect(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		p, created, err := w.Hub.ConnectPage(w.Ctx, w.Ann, hubtest.Connection(""))
		w.Must(err)
		if !created || p.ID != page || p.PageID != metaPage || p.Visibility != model.Private || p.Installer != w.Ann.Ref() ||
			!p.Sees || !p.Subscribed || !p.Connected() || p.ConnectedAt == nil || p.Name != "Page 100" {
			t.Errorf("connected as %+v, created %v", p, created)
		}
		if !slices.Equal(w.Graph.Subscribed, []model.MetaPageID{metaPage}) {
			t.Errorf("subscribed to %v", w.Graph.Subscribed)
		}
		if p := w.Page(); p.Token != "" || p.SealedToken == "" || strings.Contains(p.SealedToken, "page-token") {
			t.Errorf("the Page's token is stored as %q and %q", p.Token, p.SealedToken)
		}
	})
}

func TestOnlyAdminsConnect(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		_, _, err := w.Hub.ConnectPage(w.Ctx, w.Cat, hubtest.Connection(""))
		w.WantRefused(err, model.NotAdmin)
		lying := w.Cat
		lying.Admin = true // rights are read afresh
		_, _, err = w.Hub.ConnectPage(w.Ctx, lying, hubtest.Connection(""))
		w.WantRefused(err, model.NotAdmin)
		pages, _, err := w.Hub.Pages(w.Ctx, w.Ann)
		w.Must(err)
		if len(pages) != 0 || len(w.Graph.Subscribed) != 0 {
			t.Errorf("%d pages, subscribed to %v", len(pages), w.Graph.Subscribed)
		}
		w.Connect(w.Ann, model.Shared)
		_, _, err = w.Hub.ConnectPage(w.Ctx, w.Cat, hubtest.Connection(""))
		w.WantRefused(err, model.NotAdmin)
	})
}

func TestSecondAdminIsTold(t *testing.T) {
	hubtest.InBareWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.Connect(w.Ann, model.Private)
		_, _, err := w.Hub.ConnectPage(w.Ctx, w.Ben, hubtest.Connection(""))
		w.WantRefused(err, model.AlreadyConnected)
	})
}

func TestTwoAdminsConnectAtOnce(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		type result struct {
			page model.Page
			err  error
		}
		results := make(chan result, 2)
		for _, u := range []model.User{w.Ann, w.Ben} {
			go func() {
				p, _, err := w.Hub.ConnectPage(w.Ctx, u, hubtest.Connection(model.Private))
				results <- result{p, err}
			}()
		}
		a, b := <-results, <-results
		if a.err == nil {
			a, b = b, a
		}
		w.Must(b.err)
		w.WantRefused(a.err, model.AlreadyConnected)
		pages, _, err := w.Hub.Pages(w.Ctx, w.Ann)
		w.Must(err)
		if len(pages) != 1 || pages[0].ID != page {
			t.Errorf("%d installations", len(pages))
		}
	})
}

func TestGraphRefusesToConnect(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		for _, code := range []model.Code{model.NoManageTask, model.PersonalProfile, model.PageUnknown} {
			w.Graph.GrantErr = model.Refuse(code)
			_, _, err := w.Hub.ConnectPage(w.Ctx, w.Ann, hubtest.Connection(""))
			w.WantRefused(err, code)
		}
		w.Graph.GrantErr = hubtest.ErrGraphDown
		_, _, err := w.Hub.ConnectPage(w.Ctx, w.Ann, hubtest.Connection(""))
		if !errors.Is(err, pages.ErrGraph) || !errors.Is(err, hubtest.ErrGraphDown) {
			t.Errorf("got %v", err)
		}
		pages, _, err := w.Hub.Pages(w.Ctx, w.Ann)
		w.Must(err)
		if len(pages) != 0 {
			t.Errorf("%d pages stored", len(pages))
		}
	})
}

// The Page's row commits before its webhooks are asked for; where that fails, it
// stays to be repaired.
func TestConnectWithoutWebhooksThenRepair(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Graph.SubscribeErr = hubtest.ErrGraphDown
		_, created, err := w.Hub.ConnectPage(w.Ctx, w.Ann, hubtest.Connection(model.Shared))
		if !errors.Is(err, pages.ErrGraph) || !created {
			t.Fatalf("got %v, created %v", err, created)
		}
		w.Receive(hubtest.Wrote(hanako, "m1", "hi", hubtest.Now())) // already taken in
		w.WantVerdict(hanako, model.PageDisconnected)
		w.Graph.SubscribeErr = nil
		p, created, err := w.Hub.ConnectPage(w.Ctx, w.Ann, hubtest.Connection(""))
		w.Must(err)
		if created || p.ID != page || p.Visibility != model.Shared || !p.Connected() {
			t.Errorf("repaired as %+v, created %v", p, created)
		}
		w.WantVerdict(hanako, "")
	})
}

func TestRepairBringsANewToken(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.Refuses(model.PageDisconnected))
		w.Reply(hanako, "hello")
		w.WantVerdict(hanako, model.PageDisconnected)
		since := w.Page().ConnectedAt
		w.Pass(time.Minute)
		p, created, err := w.Hub.ConnectPage(w.Ctx, w.Ann, pages.Connection{Page: metaPage, Token: "fresh"})
		w.Must(err)
		if created || p.ID != page || p.TokenRefused || p.Visibility != model.Shared || !p.ConnectedAt.Equal(*since) {
			t.Errorf("repaired as %+v, created %v", p, created)
		}
		w.WantVerdict(hanako, "")
		w.Reply(hanako, "again")
		if got := w.Graph.Last().Token; got != "page-fresh" {
			t.Errorf("sent with %q", got)
		}
		if got := w.Texts(hanako); len(got) != 3 {
			t.Errorf("the conversation holds %q", got)
		}
	})
}

func TestReconnectByTheFormerInstaller(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		epoch := epochOf(w, w.Ben, page)
		_, err := w.Hub.Uninstall(w.Ctx, w.Ben, page)
		w.Must(err)
		w.Pass(time.Hour)
		p, created, err := w.Hub.ConnectPage(w.Ctx, w.Ann, hubtest.Connection(""))
		w.Must(err)
		if !created || p.ID != page || p.UninstalledAt != nil || p.Visibility != model.Shared || !p.Connected() ||
			!p.ConnectedAt.Equal(hubtest.Now()) {
			t.Errorf("taken up as %+v, created %v", p, created)
		}
		w.Receive(hubtest.Wrote(hanako, "m2", "still there?", hubtest.Now()))
		w.Receive(hubtest.Wrote(hanako, "m_in_7001", "hello", hubtest.Ago(time.Hour))) // stored in its first life
		if got := w.Texts(hanako); !slices.Equal(got, []string{"hello", "still there?"}) {
			t.Errorf("the conversation holds %q", got)
		}
		if got := epochOf(w, w.Ben, page); got != epoch {
			t.Error("the stream began anew, though nobody lost access")
		}
		w.WantNoGaps()
	})
}

func epochOf(w *hubtest.World, u model.User, id model.PageID) string {
	w.Helper()
	_, asOf, err := w.Hub.Pages(w.Ctx, u)
	w.Must(err)
	return asOf[id].Epoch
}

func TestReconnectByAnotherBeginsANewInstallation(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Connect(w.Ann, model.Private)
		w.CustomerWrites(hanako)
		w.Receive(hubtest.Policy("warning", "spam", hubtest.Now()))
		w.Graph.Plays(hubtest.AsksToWait(time.Minute))
		waiting := w.Reply(hanako, "waiting")
		epoch := epochOf(w, w.Ann, page)
		_, err := w.Hub.Uninstall(w.Ctx, w.Ben, page)
		w.Must(err)
		w.WantError(waiting, model.Failed, model.PageDisconnected)
		head := w.Head()

		p, created, err := w.Hub.ConnectPage(w.Ctx, w.Ben, hubtest.Connection(model.Shared))
		w.Must(err)
		if !created || p.ID != "100~2" || p.PageID != metaPage || p.Installer != w.Ben.Ref() || p.Restricted != nil {
			t.Fatalf("connected as %+v", p)
		}
		// The same message again: the new one has its own dedupe.
		w.Receive(hubtest.Wrote(hanako, "m_in_7001", "hello", hubtest.Ago(time.Minute)))
		wantUnreadable(w, w.Ben, waiting)
		list, err := w.Hub.Conversations(w.Ctx, w.Ben, view.ListQuery{Filter: store.FilterAll, Limit: 10})
		w.Must(err)
		if len(list.Conversations) != 1 || list.Conversations[0].ID != "100~2_7001" || list.Conversations[0].Unread != 1 {
			t.Errorf("ben sees %d conversations", len(list.Conversations))
		}
		if _, ok := list.AsOf[page]; ok || len(list.AsOf) != 1 {
			t.Errorf("ben's list is as of %v", list.AsOf)
		}
		counts, asOf, err := w.Hub.Counts(w.Ctx, w.Ben, "")
		w.Must(err)
		if counts.All != 1 || len(asOf) != 1 {
			t.Errorf("ben counts %+v as of %v", counts, asOf)
		}
		ns, _, _, err := w.Hub.Notices(w.Ctx, w.Ben, "", "", 10)
		w.Must(err)
		if len(ns) != 0 {
			t.Errorf("ben reads %d notices", len(ns))
		}
		if got := w.Head(); got != head {
			t.Errorf("the old installation goes on: %v", w.Changes(head))
		}
		if epochOf(w, w.Ben, "100~2") == epoch || epochOf(w, w.Ann, page) != epoch {
			t.Error("the installations share an epoch, or the old one's changed")
		}

		// Its installer still reads the old one, and can't answer in it.
		if got := w.Texts(hanako); !slices.Equal(got, []string{"hello", "waiting"}) {
			t.Errorf("ann reads %q", got)
		}
		w.WantVerdict(hanako, model.PageDisconnected)
		_, err = w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Shared)
		w.WantRefused(err, model.PageDisconnected) // frozen
		_, _, err = w.Hub.ConnectPage(w.Ctx, w.Ann, hubtest.Connection(""))
		w.WantRefused(err, model.AlreadyConnected)

		// A third: ann takes up hers again, as ben has uninstalled.
		_, err = w.Hub.Uninstall(w.Ctx, w.Ann, "100~2")
		w.Must(err)
		p, created, err = w.Hub.ConnectPage(w.Ctx, w.Ann, hubtest.Connection(""))
		w.Must(err)
		if !created || p.ID != page || p.Visibility != model.Private {
			t.Errorf("taken up as %+v", p)
		}
		wantUnreadable(w, w.Ben, waiting)
	})
}

// wantUnreadable expects that a user learns nothing of what a Page holds, and of the
// Page only what anybody may know.
func wantUnreadable(w *hubtest.World, u model.User, message model.MessageID) {
	w.Helper()
	c := hubtest.ConversationWith(hanako)
	_, err := w.Hub.Conversation(w.Ctx, u, c)
	w.WantHidden(err)
	_, _, _, err = w.Hub.Messages(w.Ctx, u, c, "", 10)
	w.WantHidden(err)
	_, err = w.Hub.Message(w.Ctx, u, c, message)
	w.WantHidden(err)
	_, err = w.Hub.Conversations(w.Ctx, u, view.ListQuery{Filter: store.FilterAll, Page: page, Limit: 10})
	w.WantHidden(err)
	_, _, err = w.Hub.Counts(w.Ctx, u, page)
	w.WantHidden(err)
	_, _, _, err = w.Hub.Notices(w.Ctx, u, page, "", 10)
	w.WantHidden(err)
	w.WantHidden(w.Hub.MarkRead(w.Ctx, u, c, message))
	_, err = w.Hub.Reply(w.Ctx, u, outbox.Draft{Conversation: c, ClientID: hubtest.NewClientID(), Text: "hello"})
	w.WantHidden(err)
	_, err = w.Hub.Retry(w.Ctx, u, message, c, 1, nil)
	w.WantHidden(err)
	_, err = w.Hub.Drop(w.Ctx, u, message, c, nil)
	w.WantHidden(err)
	pages, asOf, err := w.Hub.Pages(w.Ctx, u)
	w.Must(err)
	if _, ok := asOf[page]; ok {
		w.Fatalf("the stream is told to %s", u.Name)
	}
	for _, p := range pages {
		if p.ID != page {
			continue
		}
		if p != p.Public() {
			w.Fatalf("%s learns more than anybody may: %+v", u.Name, p)
		}
		return
	}
	w.Fatalf("that the Page exists is public")
}

func TestPrivatePageIsHiddenFromEverybodyElse(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Connect(w.Ann, model.Private)
		w.CustomerWrites(hanako)
		id := w.Reply(hanako, "hello")
		w.Receive(hubtest.Policy("warning", "spam", hubtest.Now()))
		for _, u := range []model.User{w.Ben, w.Cat, {ID: "nobody"}, {}} {
			wantUnreadable(w, u, id)
			list, err := w.Hub.Conversations(w.Ctx, u, view.ListQuery{Filter: store.FilterAll, Limit: 10})
			w.Must(err)
			counts, asOf, err := w.Hub.Counts(w.Ctx, u, "")
			w.Must(err)
			if len(list.Conversations) != 0 || list.Cursor != "" || len(list.AsOf) != 0 || counts.All != 0 || len(asOf) != 0 {
				t.Errorf("%s sees %d conversations, counts %+v", u.Name, len(list.Conversations), counts)
			}
			ns, _, _, err := w.Hub.Notices(w.Ctx, u, "", "", 10)
			w.Must(err)
			if len(ns) != 0 {
				t.Errorf("%s reads %d notices", u.Name, len(ns))
			}
		}
		w.WantSent(1)
	})
}

func TestOnlyTheInstallerChangesVisibility(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		for _, u := range []model.User{w.Ben, w.Cat, {}} {
			_, err := w.Hub.SetVisibility(w.Ctx, u, page, model.Private)
			w.WantRefused(err, model.NotInstaller)
		}
		if v := w.Page().Visibility; v != model.Shared {
			t.Errorf("visibility %q", v)
		}
		p, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private)
		w.Must(err)
		if p.Visibility != model.Private || !p.Sees {
			t.Errorf("answered with %+v", p)
		}
		_, err = w.Hub.SetVisibility(w.Ctx, w.Ann, "999", model.Private)
		w.WantHidden(err)
	})
}

// Who loses access begins a new epoch when they get it back; the installer never
// does.
func TestEpochsOfFlips(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		epochs := func() (ann, ben, cat string) {
			return epochOf(w, w.Ann, page), epochOf(w, w.Ben, page), epochOf(w, w.Cat, page)
		}
		flip := func(v model.Visibility) {
			t.Helper()
			_, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, v)
			w.Must(err)
		}
		ann0, ben0, cat0 := epochs()
		if ann0 == "" || ben0 == "" || ben0 != cat0 {
			t.Fatalf("epochs %q %q %q", ann0, ben0, cat0)
		}
		flip(model.Shared) // no change
		if ann, ben, _ := epochs(); ann != ann0 || ben != ben0 {
			t.Error("an epoch changed, though nobody lost access")
		}
		flip(model.Private)
		if ann, ben, cat := epochs(); ann != ann0 || ben != "" || cat != "" {
			t.Errorf("private: epochs %q %q %q", ann, ben, cat)
		}
		flip(model.Private)
		flip(model.Shared)
		ann1, ben1, _ := epochs()
		if ann1 != ann0 || ben1 == ben0 || ben1 == "" {
			t.Errorf("shared again: epochs %q %q, before %q %q", ann1, ben1, ann0, ben0)
		}
		flip(model.Private)
		flip(model.Shared)
		if ann2, ben2, _ := epochs(); ann2 != ann0 || ben2 == ben1 || ben2 == ben0 {
			t.Error("a second loss has no epoch of its own")
		}
		w.Restart()
		if ann, _, _ := epochs(); ann != ann0 {
			t.Error("a restart began a new epoch")
		}
	})
}

func TestAnyAdminUninstalls(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Connect(w.Ann, model.Private)
		w.CustomerWrites(hanako)
		_, err := w.Hub.Uninstall(w.Ctx, w.Cat, page)
		w.WantRefused(err, model.NotAdmin)
		_, err = w.Hub.Uninstall(w.Ctx, w.Ben, "999")
		w.WantHidden(err)
		p, err := w.Hub.Uninstall(w.Ctx, w.Ben, page)
		w.Must(err)
		if p != p.Public() {
			t.Errorf("ben learns %+v", p)
		}
		if !slices.Equal(w.Graph.Unsubscribed, []model.MetaPageID{metaPage}) {
			t.Errorf("gave up %v", w.Graph.Unsubscribed)
		}
		stored := w.Page()
		if stored.Token != "" || stored.SealedToken != "" || stored.UninstalledAt == nil || stored.Subscribed {
			t.Errorf("stored as uninstalled %v, subscribed %v", stored.UninstalledAt, stored.Subscribed)
		}
		before := w.Head()
		_, err = w.Hub.Uninstall(w.Ctx, w.Ben, page) // again: nothing to do
		w.Must(err)
		if got := w.Head(); got != before || len(w.Graph.Unsubscribed) != 1 {
			t.Error("uninstalled twice")
		}
		// Its conversations stay readable to who could read them.
		if got := w.Texts(hanako); !slices.Equal(got, []string{"hello"}) {
			t.Errorf("ann reads %q", got)
		}
		w.WantVerdict(hanako, model.PageDisconnected)
		wantUnreadable(w, w.Ben, w.ByMID("m_in_7001").ID)
		p, err = w.Hub.Uninstall(w.Ctx, w.Ann, page)
		w.Must(err)
		if !p.Sees || p.UninstalledAt == nil {
			t.Errorf("ann learns %+v", p)
		}
	})
}

func TestUninstallFailsWhatWaits(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.CustomerWrites(ken)
		w.Graph.Plays(hubtest.StaysSilent(), hubtest.After(10*time.Second, hubtest.Accepts()))
		unknown, behind := w.Reply(hanako, "unknown"), w.Reply(hanako, "behind")
		posting := w.Reply(ken, "posting")
		queued := []model.MessageID{behind, w.Reply(ken, "one"), w.Reply(ken, "two")}
		_, err := w.Hub.Uninstall(w.Ctx, w.Ben, page)
		w.Must(err)
		for _, id := range queued {
			if m := w.WantError(id, model.Failed, model.PageDisconnected); m.WaitsFor != "" {
				t.Errorf("%q still waits", id)
			}
		}
		w.Pass(time.Hour)
		w.WantState(posting, model.Sent)
		if m := w.WantError(unknown, model.Ask, model.OutcomeUnknown); !m.Error.Unchecked {
			t.Error("the inbox of a Page that is gone was asked")
		}
		w.WantSent(2)
		w.WantNoGaps()
	})
}

// TestWhatIsSaidInOneInstallationStaysThere: the echo of a reply may come when the Page
// has changed hands; who has it now is not shown what was written in private.
func TestWhatIsSaidInOneInstallationStaysThere(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Connect(w.Ann, model.Private)
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.StaysSilent())
		w.Reply(hanako, "between you and me")
		w.Settle()
		sent := w.Graph.Last()
		_, err := w.Hub.Uninstall(w.Ctx, w.Ben, page)
		w.Must(err)
		p, _, err := w.Hub.ConnectPage(w.Ctx, w.Ben, hubtest.Connection(model.Shared))
		w.Must(err)
		w.Receive(hubtest.EchoOf(sent, "m_late"))
		list, err := w.Hub.Conversations(w.Ctx, w.Cat, view.ListQuery{Filter: store.FilterAll, Page: p.ID, Limit: 10})
		w.Must(err)
		if len(list.Conversations) != 0 {
			t.Errorf("the new installation holds %+v", list.Conversations[0])
		}
		// What somebody writes past us belongs to whoever has the Page.
		w.Receive(hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "m_else", AppID: pageInbox, Text: "from the Page's inbox"}))
		list, err = w.Hub.Conversations(w.Ctx, w.Cat, view.ListQuery{Filter: store.FilterAll, Page: p.ID, Limit: 10})
		w.Must(err)
		if len(list.Conversations) != 1 {
			t.Errorf("%d conversations", len(list.Conversations))
		}
	})
}
