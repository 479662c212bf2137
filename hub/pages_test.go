package hub_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub"
	"parley/hub/outbox"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
)

// inBareWorld runs a test with users and no Page.
func inBareWorld(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { f(t, newWorld(t)) })
}

func connection(v model.Visibility) pages.Connection {
	return pages.Connection{Page: metaPage, Token: "token", Visibility: v}
}

func TestConnect(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		p, created, err := w.hub.ConnectPage(w.ctx, w.ann, connection(""))
		w.must(err)
		if !created || p.ID != page || p.PageID != metaPage || p.Visibility != model.Private || p.Installer != w.ann.Ref() ||
			!p.Sees || !p.Subscribed || !p.Connected() || p.ConnectedAt == nil || p.Name != "Page 100" {
			t.Errorf("connected as %+v, created %v", p, created)
		}
		if !slices.Equal(w.graph.subscribed, []model.MetaPageID{metaPage}) {
			t.Errorf("subscribed to %v", w.graph.subscribed)
		}
		if p := w.pageNow(); p.Token != "" || p.SealedToken == "" || strings.Contains(p.SealedToken, "page-token") {
			t.Errorf("the Page's token is stored as %q and %q", p.Token, p.SealedToken)
		}
	})
}

func TestOnlyAdminsConnect(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		_, _, err := w.hub.ConnectPage(w.ctx, w.cat, connection(""))
		w.refused(err, model.NotAdmin)
		lying := w.cat
		lying.Admin = true // rights are read afresh
		_, _, err = w.hub.ConnectPage(w.ctx, lying, connection(""))
		w.refused(err, model.NotAdmin)
		pages, _, err := w.hub.Pages(w.ctx, w.ann)
		w.must(err)
		if len(pages) != 0 || len(w.graph.subscribed) != 0 {
			t.Errorf("%d pages, subscribed to %v", len(pages), w.graph.subscribed)
		}
		w.connect(w.ann, model.Shared)
		_, _, err = w.hub.ConnectPage(w.ctx, w.cat, connection(""))
		w.refused(err, model.NotAdmin)
	})
}

func TestSecondAdminIsTold(t *testing.T) {
	inBareWorld(t, func(_ *testing.T, w *world) {
		w.connect(w.ann, model.Private)
		_, _, err := w.hub.ConnectPage(w.ctx, w.ben, connection(""))
		w.refused(err, model.AlreadyConnected)
	})
}

func TestTwoAdminsConnectAtOnce(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		type result struct {
			page model.Page
			err  error
		}
		results := make(chan result, 2)
		for _, u := range []model.User{w.ann, w.ben} {
			go func() {
				p, _, err := w.hub.ConnectPage(w.ctx, u, connection(model.Private))
				results <- result{p, err}
			}()
		}
		a, b := <-results, <-results
		if a.err == nil {
			a, b = b, a
		}
		w.must(b.err)
		w.refused(a.err, model.AlreadyConnected)
		pages, _, err := w.hub.Pages(w.ctx, w.ann)
		w.must(err)
		if len(pages) != 1 || pages[0].ID != page {
			t.Errorf("%d installations", len(pages))
		}
	})
}

func TestGraphRefusesToConnect(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		for _, code := range []model.Code{model.NoManageTask, model.PersonalProfile, model.PageUnknown} {
			w.graph.grantErr = model.Refuse(code)
			_, _, err := w.hub.ConnectPage(w.ctx, w.ann, connection(""))
			w.refused(err, code)
		}
		w.graph.grantErr = errGraphDown
		_, _, err := w.hub.ConnectPage(w.ctx, w.ann, connection(""))
		if !errors.Is(err, hub.ErrGraph) || !errors.Is(err, errGraphDown) {
			t.Errorf("got %v", err)
		}
		pages, _, err := w.hub.Pages(w.ctx, w.ann)
		w.must(err)
		if len(pages) != 0 {
			t.Errorf("%d pages stored", len(pages))
		}
	})
}

// The Page's row commits before its webhooks are asked for; where that fails, it
// stays to be repaired.
func TestConnectWithoutWebhooksThenRepair(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		w.graph.subscribeErr = errGraphDown
		_, created, err := w.hub.ConnectPage(w.ctx, w.ann, connection(model.Shared))
		if !errors.Is(err, hub.ErrGraph) || !created {
			t.Fatalf("got %v, created %v", err, created)
		}
		w.receive(wrote(hanako, "m1", "hi", now())) // already taken in
		w.wantVerdict(hanako, model.PageDisconnected)
		w.graph.subscribeErr = nil
		p, created, err := w.hub.ConnectPage(w.ctx, w.ann, connection(""))
		w.must(err)
		if created || p.ID != page || p.Visibility != model.Shared || !p.Connected() {
			t.Errorf("repaired as %+v, created %v", p, created)
		}
		w.wantVerdict(hanako, "")
	})
}

func TestRepairBringsANewToken(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(refuses(model.PageDisconnected))
		w.reply(hanako, "hello")
		w.wantVerdict(hanako, model.PageDisconnected)
		since := w.pageNow().ConnectedAt
		w.pass(time.Minute)
		p, created, err := w.hub.ConnectPage(w.ctx, w.ann, pages.Connection{Page: metaPage, Token: "fresh"})
		w.must(err)
		if created || p.ID != page || p.TokenRefused || p.Visibility != model.Shared || !p.ConnectedAt.Equal(*since) {
			t.Errorf("repaired as %+v, created %v", p, created)
		}
		w.wantVerdict(hanako, "")
		w.reply(hanako, "again")
		if got := w.graph.last().Token; got != "page-fresh" {
			t.Errorf("sent with %q", got)
		}
		if got := w.textsOf(hanako); len(got) != 3 {
			t.Errorf("the conversation holds %q", got)
		}
	})
}

func TestReconnectByTheFormerInstaller(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		epoch := w.epochOf(w.ben, page)
		_, err := w.hub.Uninstall(w.ctx, w.ben, page)
		w.must(err)
		w.pass(time.Hour)
		p, created, err := w.hub.ConnectPage(w.ctx, w.ann, connection(""))
		w.must(err)
		if !created || p.ID != page || p.UninstalledAt != nil || p.Visibility != model.Shared || !p.Connected() ||
			!p.ConnectedAt.Equal(now()) {
			t.Errorf("taken up as %+v, created %v", p, created)
		}
		w.receive(wrote(hanako, "m2", "still there?", now()))
		w.receive(wrote(hanako, "m_in_7001", "hello", ago(time.Hour))) // stored in its first life
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"hello", "still there?"}) {
			t.Errorf("the conversation holds %q", got)
		}
		if got := w.epochOf(w.ben, page); got != epoch {
			t.Error("the stream began anew, though nobody lost access")
		}
		wantNoGaps(w)
	})
}

func (w *world) epochOf(u model.User, id model.PageID) string {
	w.Helper()
	_, asOf, err := w.hub.Pages(w.ctx, u)
	w.must(err)
	return asOf[id].Epoch
}

func TestReconnectByAnotherBeginsANewInstallation(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		w.connect(w.ann, model.Private)
		w.customerWrites(hanako)
		w.receive(policy("warning", "spam", now()))
		w.graph.plays(asksToWait(time.Minute))
		waiting := w.reply(hanako, "waiting")
		epoch := w.epochOf(w.ann, page)
		_, err := w.hub.Uninstall(w.ctx, w.ben, page)
		w.must(err)
		w.wantError(waiting, model.Failed, model.PageDisconnected)
		head := w.head()

		p, created, err := w.hub.ConnectPage(w.ctx, w.ben, connection(model.Shared))
		w.must(err)
		if !created || p.ID != "100~2" || p.PageID != metaPage || p.Installer != w.ben.Ref() || p.Restricted != nil {
			t.Fatalf("connected as %+v", p)
		}
		// The same message again: the new one has its own dedupe.
		w.receive(wrote(hanako, "m_in_7001", "hello", ago(time.Minute)))
		wantUnreadable(w, w.ben, waiting)
		list, err := w.hub.Conversations(w.ctx, w.ben, view.ListQuery{Filter: store.FilterAll, Limit: 10})
		w.must(err)
		if len(list.Conversations) != 1 || list.Conversations[0].ID != "100~2_7001" || list.Conversations[0].Unread != 1 {
			t.Errorf("ben sees %d conversations", len(list.Conversations))
		}
		if _, ok := list.AsOf[page]; ok || len(list.AsOf) != 1 {
			t.Errorf("ben's list is as of %v", list.AsOf)
		}
		counts, asOf, err := w.hub.Counts(w.ctx, w.ben, "")
		w.must(err)
		if counts.All != 1 || len(asOf) != 1 {
			t.Errorf("ben counts %+v as of %v", counts, asOf)
		}
		ns, _, _, err := w.hub.Notices(w.ctx, w.ben, "", "", 10)
		w.must(err)
		if len(ns) != 0 {
			t.Errorf("ben reads %d notices", len(ns))
		}
		if got := w.head(); got != head {
			t.Errorf("the old installation goes on: %v", w.changes(head))
		}
		if w.epochOf(w.ben, "100~2") == epoch || w.epochOf(w.ann, page) != epoch {
			t.Error("the installations share an epoch, or the old one's changed")
		}

		// Its installer still reads the old one, and can't answer in it.
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"hello", "waiting"}) {
			t.Errorf("ann reads %q", got)
		}
		w.wantVerdict(hanako, model.PageDisconnected)
		_, err = w.hub.SetVisibility(w.ctx, w.ann, page, model.Shared)
		w.refused(err, model.PageDisconnected) // frozen
		_, _, err = w.hub.ConnectPage(w.ctx, w.ann, connection(""))
		w.refused(err, model.AlreadyConnected)

		// A third: ann takes up hers again, as ben has uninstalled.
		_, err = w.hub.Uninstall(w.ctx, w.ann, "100~2")
		w.must(err)
		p, created, err = w.hub.ConnectPage(w.ctx, w.ann, connection(""))
		w.must(err)
		if !created || p.ID != page || p.Visibility != model.Private {
			t.Errorf("taken up as %+v", p)
		}
		wantUnreadable(w, w.ben, waiting)
	})
}

// wantUnreadable expects that a user learns nothing of what a Page holds, and of the
// Page only what anybody may know.
func wantUnreadable(w *world, u model.User, message model.MessageID) {
	w.Helper()
	c := conversationWith(hanako)
	_, err := w.hub.Conversation(w.ctx, u, c)
	w.hidden(err)
	_, _, _, err = w.hub.Messages(w.ctx, u, c, "", 10)
	w.hidden(err)
	_, err = w.hub.Message(w.ctx, u, c, message)
	w.hidden(err)
	_, err = w.hub.Conversations(w.ctx, u, view.ListQuery{Filter: store.FilterAll, Page: page, Limit: 10})
	w.hidden(err)
	_, _, err = w.hub.Counts(w.ctx, u, page)
	w.hidden(err)
	_, _, _, err = w.hub.Notices(w.ctx, u, page, "", 10)
	w.hidden(err)
	w.hidden(w.hub.MarkRead(w.ctx, u, c, message))
	_, err = w.hub.Reply(w.ctx, u, outbox.Draft{Conversation: c, ClientID: newClientID(), Text: "hello"})
	w.hidden(err)
	_, err = w.hub.Retry(w.ctx, u, message, c, 1, nil)
	w.hidden(err)
	_, err = w.hub.Drop(w.ctx, u, message, c, nil)
	w.hidden(err)
	pages, asOf, err := w.hub.Pages(w.ctx, u)
	w.must(err)
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
	inBareWorld(t, func(t *testing.T, w *world) {
		w.connect(w.ann, model.Private)
		w.customerWrites(hanako)
		id := w.reply(hanako, "hello")
		w.receive(policy("warning", "spam", now()))
		for _, u := range []model.User{w.ben, w.cat, {ID: "nobody"}, {}} {
			wantUnreadable(w, u, id)
			list, err := w.hub.Conversations(w.ctx, u, view.ListQuery{Filter: store.FilterAll, Limit: 10})
			w.must(err)
			counts, asOf, err := w.hub.Counts(w.ctx, u, "")
			w.must(err)
			if len(list.Conversations) != 0 || list.Cursor != "" || len(list.AsOf) != 0 || counts.All != 0 || len(asOf) != 0 {
				t.Errorf("%s sees %d conversations, counts %+v", u.Name, len(list.Conversations), counts)
			}
			ns, _, _, err := w.hub.Notices(w.ctx, u, "", "", 10)
			w.must(err)
			if len(ns) != 0 {
				t.Errorf("%s reads %d notices", u.Name, len(ns))
			}
		}
		w.wantSent(1)
	})
}

// A message is read through its own conversation only.
func TestMessageOfAnotherConversation(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		_, _, err := w.hub.ConnectPage(w.ctx, w.ben, pages.Connection{Page: "200", Token: "t", Visibility: model.Private})
		w.must(err)
		w.must(w.hub.Receive(w.ctx, []model.PageEntry{{Page: "200", Events: []model.Inbound{wrote(ken, "x", "secret", now())}}}))
		var hidden model.MessageID
		ms, _, _, err := w.hub.Messages(w.ctx, w.ben, "200_7002", "", 1)
		w.must(err)
		hidden = ms[0].ID
		w.customerWrites(hanako)
		w.customerWrites(ken)
		for _, id := range []model.MessageID{hidden, w.byMID("m_in_7002").ID, "", "nonsense"} {
			_, err := w.hub.Message(w.ctx, w.ann, conversationWith(hanako), id)
			w.hidden(err)
			w.hidden(w.hub.MarkRead(w.ctx, w.ann, conversationWith(hanako), id))
		}
		for _, c := range []model.ConversationID{"", "nonsense", "200_7002", "999_1"} {
			_, err := w.hub.Conversation(w.ctx, w.ann, c)
			w.hidden(err)
			_, _, _, err = w.hub.Messages(w.ctx, w.ann, c, "", 10)
			w.hidden(err)
		}
	})
}

func TestOnlyTheInstallerChangesVisibility(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		for _, u := range []model.User{w.ben, w.cat, {}} {
			_, err := w.hub.SetVisibility(w.ctx, u, page, model.Private)
			w.refused(err, model.NotInstaller)
		}
		if v := w.pageNow().Visibility; v != model.Shared {
			t.Errorf("visibility %q", v)
		}
		p, err := w.hub.SetVisibility(w.ctx, w.ann, page, model.Private)
		w.must(err)
		if p.Visibility != model.Private || !p.Sees {
			t.Errorf("answered with %+v", p)
		}
		_, err = w.hub.SetVisibility(w.ctx, w.ann, "999", model.Private)
		w.hidden(err)
	})
}

// Who loses access begins a new epoch when they get it back; the installer never
// does.
func TestEpochsOfFlips(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		epochs := func() (ann, ben, cat string) {
			return w.epochOf(w.ann, page), w.epochOf(w.ben, page), w.epochOf(w.cat, page)
		}
		flip := func(v model.Visibility) {
			t.Helper()
			_, err := w.hub.SetVisibility(w.ctx, w.ann, page, v)
			w.must(err)
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
		w.restart()
		if ann, _, _ := epochs(); ann != ann0 {
			t.Error("a restart began a new epoch")
		}
	})
}

func TestAnyAdminUninstalls(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		w.connect(w.ann, model.Private)
		w.customerWrites(hanako)
		_, err := w.hub.Uninstall(w.ctx, w.cat, page)
		w.refused(err, model.NotAdmin)
		_, err = w.hub.Uninstall(w.ctx, w.ben, "999")
		w.hidden(err)
		p, err := w.hub.Uninstall(w.ctx, w.ben, page)
		w.must(err)
		if p != p.Public() {
			t.Errorf("ben learns %+v", p)
		}
		if !slices.Equal(w.graph.unsubscribed, []model.MetaPageID{metaPage}) {
			t.Errorf("gave up %v", w.graph.unsubscribed)
		}
		stored := w.pageNow()
		if stored.Token != "" || stored.SealedToken != "" || stored.UninstalledAt == nil || stored.Subscribed {
			t.Errorf("stored as uninstalled %v, subscribed %v", stored.UninstalledAt, stored.Subscribed)
		}
		before := w.head()
		_, err = w.hub.Uninstall(w.ctx, w.ben, page) // again: nothing to do
		w.must(err)
		if got := w.head(); got != before || len(w.graph.unsubscribed) != 1 {
			t.Error("uninstalled twice")
		}
		// Its conversations stay readable to who could read them.
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"hello"}) {
			t.Errorf("ann reads %q", got)
		}
		w.wantVerdict(hanako, model.PageDisconnected)
		wantUnreadable(w, w.ben, w.byMID("m_in_7001").ID)
		p, err = w.hub.Uninstall(w.ctx, w.ann, page)
		w.must(err)
		if !p.Sees || p.UninstalledAt == nil {
			t.Errorf("ann learns %+v", p)
		}
	})
}

func TestUninstallFailsWhatWaits(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.customerWrites(ken)
		w.graph.plays(staysSilent(), after(10*time.Second, accepts()))
		unknown, behind := w.reply(hanako, "unknown"), w.reply(hanako, "behind")
		posting := w.reply(ken, "posting")
		queued := []model.MessageID{behind, w.reply(ken, "one"), w.reply(ken, "two")}
		_, err := w.hub.Uninstall(w.ctx, w.ben, page)
		w.must(err)
		for _, id := range queued {
			if m := w.wantError(id, model.Failed, model.PageDisconnected); m.WaitsFor != "" {
				t.Errorf("%q still waits", id)
			}
		}
		w.pass(time.Hour)
		w.wantState(posting, model.Sent)
		if m := w.wantError(unknown, model.Ask, model.OutcomeUnknown); !m.Error.Unchecked {
			t.Error("the inbox of a Page that is gone was asked")
		}
		w.wantSent(2)
		wantNoGaps(w)
	})
}

func TestListsAndCounts(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.receive(wrote(hanako, "m1", "open", ago(time.Minute)), wrote(ken, "m2", "too old to answer", ago(25*time.Hour)))
		w.putStatus(hanako, model.Done, nil)
		list := func(f store.Filter) []model.ConversationID {
			t.Helper()
			l, err := w.hub.Conversations(w.ctx, w.cat, view.ListQuery{Filter: f, Limit: 10})
			w.must(err)
			var ids []model.ConversationID
			for _, c := range l.Conversations {
				ids = append(ids, c.ID)
				if c.Labels == nil || c.Links == nil {
					t.Errorf("%s: a list that is empty must be one", c.ID)
				}
			}
			if l.AsOf[page].Seq != w.head() || l.AsOf[page].Epoch == "" {
				t.Errorf("as of %+v, head %d", l.AsOf, w.head())
			}
			return ids
		}
		h, k := conversationWith(hanako), conversationWith(ken)
		for f, want := range map[store.Filter][]model.ConversationID{
			store.FilterAll: {h, k}, store.FilterOpen: {k}, store.FilterDone: {h}, store.FilterBlocked: {k}, store.FilterMine: nil,
		} {
			if got := list(f); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", f, got, want)
			}
		}
		counts, _, err := w.hub.Counts(w.ctx, w.cat, page)
		w.must(err)
		if counts.All != 2 || counts.Open != 1 || counts.Done != 1 || counts.Blocked != 1 {
			t.Errorf("counts %+v", counts)
		}
		// What the Page itself refuses is judged at read time.
		w.receive(policy("block", "spam", now()))
		if counts, _, err = w.hub.Counts(w.ctx, w.cat, page); err != nil || counts.Blocked < 1 {
			t.Errorf("counts %+v, %v", counts, err)
		}
		if got := list(store.FilterBlocked); !slices.Contains(got, k) {
			t.Errorf("blocked: %v", got)
		}
	})
}

func TestMessagesByPages(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		for i := range 5 {
			w.receive(wrote(hanako, model.MID("m"+string(rune('0'+i))), string(rune('a'+i)), ago(time.Duration(10-i)*time.Minute)))
		}
		var got []string
		cursor := ""
		for range 3 {
			ms, next, _, err := w.hub.Messages(w.ctx, w.ann, conversationWith(hanako), cursor, 2)
			w.must(err)
			var page []string
			for _, m := range ms {
				page = append(page, string(m.Text))
			}
			got = append(page, got...)
			if cursor = next; next == "" {
				break
			}
		}
		if !slices.Equal(got, []string{"a", "b", "c", "d", "e"}) || cursor != "" {
			t.Errorf("got %q, then %q", got, cursor)
		}
	})
}

// TestWhatIsSaidInOneInstallationStaysThere: the echo of a reply may come when the Page
// has changed hands; who has it now is not shown what was written in private.
func TestWhatIsSaidInOneInstallationStaysThere(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		w.connect(w.ann, model.Private)
		w.customerWrites(hanako)
		w.graph.plays(staysSilent())
		w.reply(hanako, "between you and me")
		w.settle()
		sent := w.graph.last()
		_, err := w.hub.Uninstall(w.ctx, w.ben, page)
		w.must(err)
		p, _, err := w.hub.ConnectPage(w.ctx, w.ben, connection(model.Shared))
		w.must(err)
		w.receive(echoOf(sent, "m_late"))
		list, err := w.hub.Conversations(w.ctx, w.cat, view.ListQuery{Filter: store.FilterAll, Page: p.ID, Limit: 10})
		w.must(err)
		if len(list.Conversations) != 0 {
			t.Errorf("the new installation holds %+v", list.Conversations[0])
		}
		// What somebody writes past us belongs to whoever has the Page.
		w.receive(echoed(hanako, now(), model.Echo{MID: "m_else", AppID: pageInbox, Text: "from the Page's inbox"}))
		list, err = w.hub.Conversations(w.ctx, w.cat, view.ListQuery{Filter: store.FilterAll, Page: p.ID, Limit: 10})
		w.must(err)
		if len(list.Conversations) != 1 {
			t.Errorf("%d conversations", len(list.Conversations))
		}
	})
}
