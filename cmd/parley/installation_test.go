package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
)

// planted is what must not reach who may not see it: every text of an installation
// holds such a mark.
func planted(installation string) string { return "planted-in-" + installation }

// installation is what one installation of the Page holds.
type installation struct {
	page          string
	mark          string
	psids         []string
	conversations []string
	messages      []string // of the first conversation
	cursors       []string
}

// fills has customers write to the Page and its installer answer, note and be told of by
// Facebook, and remembers all ids.
func (u *user) fills(page, mark string, psids ...string) installation {
	w := u.w
	w.t.Helper()
	in := installation{page: page, mark: mark, psids: psids}
	for _, psid := range psids {
		id := page + "_" + psid
		in.conversations = append(in.conversations, id)
		w.customerSays(psid, wording{Text: mark + " first", Name: "Customer " + psid})
		w.customerSays(psid, wording{Text: mark + " second", QuickReply: mark + "-payload"})
		waitFor(w.t, "both messages of "+psid, patience, func() bool {
			a := u.try(http.MethodGet, conversationPath(id), nil)
			return a.status == http.StatusOK && len(u.messages(id)) == 2
		})
		u.cli("reply", id, mark+" reply").ok()
		u.post(conversationPath(id, "messages"), map[string]any{
			"client_id": newReply("").ClientID, "text": mark + " note", "note": true,
		}).is(http.StatusAccepted)
	}
	w.facebook.control(http.MethodPost, "/page", map[string]any{"policy": "warning", "reason": mark + " warning"}, nil)
	waitFor(w.t, "the notice", patience, func() bool {
		return slices.ContainsFunc(u.notices(), func(n notice) bool { return n.PageID == page && n.Reason == mark+" warning" })
	})
	for _, m := range u.messages(in.conversations[0]) {
		in.messages = append(in.messages, m.ID)
	}
	for _, path := range []string{"/v1/conversations?limit=1", conversationPath(in.conversations[0], "messages") + "?limit=1"} {
		var l struct{ Cursor string }
		u.get(path).is(http.StatusOK).into(&l)
		if l.Cursor != "" {
			in.cursors = append(in.cursors, l.Cursor)
		}
	}
	return in
}

// reads expects that a user sees all that an installation holds.
func (u *user) reads(in installation) {
	u.w.t.Helper()
	for _, id := range in.conversations {
		var texts []string
		for _, m := range u.show(id).Messages {
			texts = append(texts, m.Text)
		}
		slices.Sort(texts)
		want := []string{in.mark + " first", in.mark + " note", in.mark + " reply", in.mark + " second"}
		if !slices.Equal(texts, want) {
			u.w.t.Errorf("%s reads %q in %s, want %q", u.name, texts, id, want)
		}
	}
}

// seesNothingOf expects that an installation is not there for a user, by whatever they
// may ask.
func (u *user) seesNothingOf(in installation) {
	t := u.w.t
	t.Helper()
	clean := func(what, text string) {
		t.Helper()
		if strings.Contains(text, in.mark) {
			t.Errorf("%s is told of %s by %s: %s", u.name, in.mark, what, text)
		}
	}
	for _, args := range [][]string{
		{"list", "--json"},
		{"list"},
		{"list", "--filter", "blocked", "--json"},
		{"notices", "--json"},
		{"notices"},
		{"page", "list", "--json"},
		{"page", "list"},
	} {
		clean(strings.Join(args, " "), u.cli(args...).ok().out)
	}
	for _, q := range []string{in.mark, in.mark + " first", "Customer " + in.psids[0], "warning"} {
		for _, path := range []string{"/v1/conversations?search=", "/v1/notices?search="} {
			clean(path+q, string(u.get(path+url.QueryEscape(q)).body))
		}
	}
	for _, c := range u.conversations() {
		if c.PageID == in.page {
			t.Errorf("%s sees %s", u.name, c.ID)
		}
	}
	for _, id := range in.conversations {
		for _, args := range [][]string{{"show", id}, {"show", id, "--json"}, {"reply", id, "let me in"}} {
			r := u.cli(args...).exits(cli.ExitMissing)
			clean(r.line, r.out+r.err)
		}
	}
	for _, p := range u.pages() {
		if p.ID == in.page && (p.Sees || p.Seq != 0 || p.ConnectedAt != nil || p.UninstalledAt != nil || p.Subscribed) {
			t.Errorf("%s is told more of the Page than anybody may know: %+v", u.name, p)
		}
	}
	for _, cursor := range in.cursors {
		for _, path := range []string{"/v1/conversations?cursor=", "/v1/notices?cursor="} {
			clean(path, string(u.get(path+url.QueryEscape(cursor)).body))
		}
	}
	u.walks(in)
}

// TestPrivateAndShared: who sees a Page, who may change that, and that what is hidden is
// as if it were not there.
func TestPrivateAndShared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, ben, rob := w.addAdmin("Ann Aoki"), w.addAdmin("Ben Baba"), w.addUser("Rob Reid")
	rob.connectsPage().refused("not_admin")
	if p := rob.pages(); len(p) != 0 {
		t.Fatalf("pages: %+v", p)
	}
	ann.connectsPage().ok() // private, as nobody said otherwise
	in := ann.fills(w.facebook.PageID, planted("the-first"), "7001", "7002")
	ann.reads(in)
	for _, u := range []*user{ben, rob} {
		u.seesNothingOf(in)
		u.checkCounts(0)
		u.cli("page", "visibility", in.page, "shared").refused("not_installer")
		p := u.pages()
		if len(p) != 1 || p[0].ID != in.page || p[0].Visibility != "private" || p[0].Installer.Name != ann.name || p[0].Name != "Aoyama Coffee" {
			t.Errorf("%s may know of the Page that it is private and Ann's: %+v", u.name, p)
		}
	}
	ben.connectsPage().refused("already_connected")
	rob.cli("page", "disconnect", in.page).refused("not_admin")

	ann.cli("page", "visibility", in.page, "shared").ok()
	for _, u := range []*user{ben, rob} {
		u.reads(in)
		u.checkCounts(2)
		u.cli("page", "visibility", in.page, "private").refused("not_installer")
	}
	rob.cli("reply", in.conversations[0], "an answer by a rep").ok()
	ann.cli("page", "visibility", in.page, "private").ok()
	for _, u := range []*user{ben, rob} {
		u.seesNothingOf(in)
		u.checkCounts(0)
	}
	if got := w.facebook.gotBy("7001"); !slices.Equal(got, []string{in.mark + " reply", "an answer by a rep"}) {
		t.Errorf("the customer got %q", got)
	}
}

// checkCounts expects that many conversations in all.
func (u *user) checkCounts(want int) {
	u.w.t.Helper()
	var c struct {
		Counts map[string]int
		AsOf   map[string]any `json:"as_of"`
	}
	u.get("/v1/counts").is(http.StatusOK).into(&c)
	if c.Counts["all"] != want {
		u.w.t.Errorf("%s counts %v, want %d in all", u.name, c.Counts, want)
	}
	if want > 0 {
		return
	}
	for name, n := range c.Counts {
		if n != 0 {
			u.w.t.Errorf("%s counts %d %s, want none", u.name, n, name)
		}
	}
	if len(c.AsOf) != 0 {
		u.w.t.Errorf("%s is told where streams stand: %v", u.name, c.AsOf)
	}
}

// TestASecondInstallation: who connects a Page after somebody else begins anew, and
// neither sees what is the other's.
func TestASecondInstallation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, ben, cat := w.addAdmin("Ann Aoki"), w.addAdmin("Ben Baba"), w.addUser("Cat Chiba")
	ann.connectsPage().ok()
	first := ann.fills(w.facebook.PageID, planted("the-first"), "7101", "7102")

	ben.cli("page", "disconnect", first.page).ok()
	ann.cli("reply", first.conversations[0], "too late").refused("page_disconnected")
	var p page
	fromJSON(t, []byte(ben.connectsPage().ok().out), &p)
	if p.ID != first.page+"~2" || p.PageID != first.page || p.Visibility != "private" || p.Installer.Name != ben.name || !p.Sees {
		t.Fatalf("the second installation: %+v", p)
	}
	second := ben.fills(p.ID, planted("the-second"), "7101", "7103")

	ben.seesNothingOf(first)
	ben.reads(second)
	ann.seesNothingOf(second)
	ann.reads(first)
	if out := ben.cli("page", "disconnect", first.page, "--json").ok().out; strings.Contains(out, first.mark) || !strings.Contains(out, `"sees":false`) {
		t.Errorf("an admin uninstalls what is uninstalled: %s", out)
	}
	cat.seesNothingOf(first)
	cat.seesNothingOf(second)

	ann.cli("reply", first.conversations[0], "still too late").refused("page_disconnected")
	ann.cli("page", "visibility", first.page, "shared").refused("page_disconnected")
	ann.connectsPage().refused("already_connected")
	ben.cli("page", "visibility", second.page, "shared").ok()
	cat.reads(second)
	cat.seesNothingOf(first)
	ann.reads(second)
	ben.cli("page", "visibility", second.page, "private").ok()
	ann.seesNothingOf(second)

	// The former installer takes up what was theirs.
	ann.cli("page", "disconnect", second.page).ok()
	fromJSON(t, []byte(ann.connectsPage().ok().out), &p)
	if p.ID != first.page {
		t.Fatalf("taken up again as %s, want %s", p.ID, first.page)
	}
	w.customerWrites("7101", first.mark+" third")
	waitFor(t, "the message lands in the first installation", patience, func() bool { return ann.holds(first.conversations[0], first.mark+" third") })
	ann.cli("reply", first.conversations[0], first.mark+" answered").ok()
	ben.seesNothingOf(first)
	ben.reads(second)
	ben.cli("reply", second.conversations[0], "not mine any more").refused("page_disconnected")
	if n := len(ben.messages(second.conversations[0])); n != 4 {
		t.Errorf("%d messages in the second installation, want 4", n)
	}
}

// TestWhatWaitsWhenAPageIsUninstalled: a reply that waits fails, and says why; none
// leaves afterwards.
func TestWhatWaitsWhenAPageIsUninstalled(t *testing.T) {
	t.Parallel()
	w, ann := connectedWorld(t, shortTiming()...)
	w.customerWrites("7201", "Hello?")
	id := w.conversationWith("7201")
	waitFor(t, "the customer is there", patience, func() bool { return ann.holds(id, "Hello?") })
	w.facebook.fails(fault{On: "send", Kind: "timeout", Count: 1})
	first, _ := ann.insists(id, newReply("nobody knows of this one"))
	second, _ := ann.insists(id, newReply("this one waits"))
	waitFor(t, "the first is unknown", patience, func() bool { return ann.message(id, first.ID).State == "unknown" })
	ann.cli("page", "disconnect", w.facebook.PageID).ok()
	if m := ann.message(id, second.ID); describe(m) != "failed page_disconnected" {
		t.Errorf("the reply that waited is %s", describe(m))
	}
	waitFor(t, "the first asks", patience, func() bool { return ann.message(id, first.ID).State == "ask" })
	ann.post(conversationPath(id, "messages", second.ID, "retry"), map[string]int{"attempt": 0}).problem(http.StatusConflict, "page_disconnected")
	w.customerWrites("7201", "Are you there?")

	ann.connectsPage("shared").ok()
	w.customerWrites("7201", "And now?")
	waitEvery(t, "the new message is there", 100*time.Millisecond, patience, func() bool { return ann.holds(id, "And now?") })
	ann.cli("reply", id, "Yes", "--wait", "0").ok()
	ann.post(conversationPath(id, "messages", first.ID, "drop"), nil).is(http.StatusOK)
	waitFor(t, "the new reply arrives", patience, func() bool { return slices.Equal(w.facebook.gotBy("7201"), []string{"Yes"}) })
}

// TestWhoMayConnect: only an admin, with full control of that very Page.
func TestWhoMayConnect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, rob := w.addAdmin("Ann Aoki"), w.addUser("Rob Reid")
	connect := func(u *user, page, token string) result {
		return u.cli("page", "connect", "--page", page, "--token-file", u.tokenFile(token), "--json")
	}
	f := w.facebook
	connect(rob, f.PageID, f.UserToken).refused("not_admin")
	connect(ann, f.PageID, "EAAnobodys").refused("token_refused")
	connect(ann, "123456789", f.PageToken).exits(cli.ExitMissing).says("(page_unknown)")
	connect(ann, "123456789", f.UserToken).exits(cli.ExitMissing).says("(page_unknown)")
	if n := len(ann.pages()); n != 0 {
		t.Fatalf("%d Pages after nobody could connect one", n)
	}
	var p page
	fromJSON(t, []byte(connect(ann, f.PageID, f.UserToken).ok().out), &p)
	if !p.Subscribed || p.Visibility != "private" || p.Name != "Aoyama Coffee" {
		t.Errorf("the Page: %+v", p)
	}
	fromJSON(t, []byte(connect(ann, f.PageID, f.PageToken).ok().out), &p) // a repair
	if p.ID != f.PageID || len(ann.pages()) != 1 {
		t.Errorf("after a repair: %+v", ann.pages())
	}
	for _, token := range []string{f.PageToken, f.UserToken} {
		for _, path := range []string{"/v1/pages", "/v1/stats", "/readyz", "/openapi.json"} {
			if strings.Contains(string(ann.get(path).body), token) {
				t.Errorf("%s tells a token", path)
			}
		}
	}
	if out := fmt.Sprint(ann.cli("page", "list", "--json").ok(), ann.cli("page", "list").ok()); strings.Contains(out, f.PageToken) {
		t.Errorf("page list tells a token: %s", out)
	}
}
