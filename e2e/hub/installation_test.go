package hub

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/e2e/driver"
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
func fills(u *driver.User, page, mark string, psids ...string) installation {
	w := u.W
	w.T.Helper()
	in := installation{page: page, mark: mark, psids: psids}
	for _, psid := range psids {
		id := page + "_" + psid
		in.conversations = append(in.conversations, id)
		w.CustomerSays(psid, driver.Wording{Text: mark + " first", Name: "Customer " + psid})
		w.CustomerSays(psid, driver.Wording{Text: mark + " second", QuickReply: mark + "-payload"})
		driver.WaitFor(w.T, "both messages of "+psid, driver.Patience, func() bool {
			a := u.Try(http.MethodGet, driver.ConversationPath(id), nil)
			return a.Status == http.StatusOK && len(u.Messages(id)) == 2
		})
		u.Cli("reply", id, mark+" reply").Ok()
		u.Post(driver.ConversationPath(id, "messages"), map[string]any{
			"client_id": newReply("").ClientID, "text": mark + " note", "note": true,
		}).Is(http.StatusAccepted)
	}
	w.Facebook.Control(http.MethodPost, "/page", map[string]any{"policy": "warning", "reason": mark + " warning"}, nil)
	driver.WaitFor(w.T, "the notice", driver.Patience, func() bool {
		return slices.ContainsFunc(u.Notices(), func(n driver.Notice) bool { return n.PageID == page && n.Reason == mark+" warning" })
	})
	for _, m := range u.Messages(in.conversations[0]) {
		in.messages = append(in.messages, m.ID)
	}
	for _, path := range []string{"/v1/conversations?limit=1", driver.ConversationPath(in.conversations[0], "messages") + "?limit=1"} {
		var l struct{ Cursor string }
		u.Get(path).Is(http.StatusOK).Into(&l)
		if l.Cursor != "" {
			in.cursors = append(in.cursors, l.Cursor)
		}
	}
	return in
}

// reads expects that a user sees all that an installation holds.
func reads(u *driver.User, in installation) {
	u.W.T.Helper()
	for _, id := range in.conversations {
		var texts []string
		for _, m := range u.Show(id).Messages {
			texts = append(texts, m.Text)
		}
		slices.Sort(texts)
		want := []string{in.mark + " first", in.mark + " note", in.mark + " reply", in.mark + " second"}
		if !slices.Equal(texts, want) {
			u.W.T.Errorf("%s reads %q in %s, want %q", u.Name, texts, id, want)
		}
	}
}

// seesNothingOf expects that an installation is not there for a user, by whatever they
// may ask.
func seesNothingOf(u *driver.User, in installation) {
	t := u.W.T
	t.Helper()
	clean := func(what, text string) {
		t.Helper()
		if strings.Contains(text, in.mark) {
			t.Errorf("%s is told of %s by %s: %s", u.Name, in.mark, what, text)
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
		clean(strings.Join(args, " "), u.Cli(args...).Ok().Out)
	}
	for _, q := range []string{in.mark, in.mark + " first", "Customer " + in.psids[0], "warning"} {
		for _, path := range []string{"/v1/conversations?search=", "/v1/notices?search="} {
			clean(path+q, string(u.Get(path+url.QueryEscape(q)).Body))
		}
	}
	for _, c := range u.Conversations() {
		if c.PageID == in.page {
			t.Errorf("%s sees %s", u.Name, c.ID)
		}
	}
	for _, id := range in.conversations {
		for _, args := range [][]string{{"show", id}, {"show", id, "--json"}, {"reply", id, "let me in"}} {
			r := u.Cli(args...).Exits(cli.ExitMissing)
			clean(r.Line, r.Out+r.Err)
		}
	}
	for _, p := range u.Pages() {
		if p.ID == in.page && (p.Sees || p.Seq != 0 || p.ConnectedAt != nil || p.UninstalledAt != nil || p.Subscribed) {
			t.Errorf("%s is told more of the Page than anybody may know: %+v", u.Name, p)
		}
	}
	for _, cursor := range in.cursors {
		for _, path := range []string{"/v1/conversations?cursor=", "/v1/notices?cursor="} {
			clean(path, string(u.Get(path+url.QueryEscape(cursor)).Body))
		}
	}
	walks(u, in)
}

// TestPrivateAndShared: who sees a Page, who may change that, and that what is hidden is
// as if it were not there.
func TestPrivateAndShared(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	ann, ben, rob := w.AddAdmin("Ann Aoki"), w.AddAdmin("Ben Baba"), w.AddUser("Rob Reid")
	rob.ConnectsPage().Refused("not_admin")
	if p := rob.Pages(); len(p) != 0 {
		t.Fatalf("pages: %+v", p)
	}
	ann.ConnectsPage().Ok() // private, as nobody said otherwise
	in := fills(ann, w.Facebook.PageID, planted("the-first"), "7001", "7002")
	reads(ann, in)
	for _, u := range []*driver.User{ben, rob} {
		seesNothingOf(u, in)
		checkCounts(u, 0)
		u.Cli("page", "visibility", in.page, "shared").Refused("not_installer")
		p := u.Pages()
		if len(p) != 1 || p[0].ID != in.page || p[0].Visibility != "private" || p[0].Installer.Name != ann.Name || p[0].Name != "Aoyama Coffee" {
			t.Errorf("%s may know of the Page that it is private and Ann's: %+v", u.Name, p)
		}
	}
	ben.ConnectsPage().Refused("already_connected")
	rob.Cli("page", "disconnect", in.page).Refused("not_admin")

	ann.Cli("page", "visibility", in.page, "shared").Ok()
	for _, u := range []*driver.User{ben, rob} {
		reads(u, in)
		checkCounts(u, 2)
		u.Cli("page", "visibility", in.page, "private").Refused("not_installer")
	}
	rob.Cli("reply", in.conversations[0], "an answer by a rep").Ok()
	ann.Cli("page", "visibility", in.page, "private").Ok()
	for _, u := range []*driver.User{ben, rob} {
		seesNothingOf(u, in)
		checkCounts(u, 0)
	}
	if got := w.Facebook.GotBy("7001"); !slices.Equal(got, []string{in.mark + " reply", "an answer by a rep"}) {
		t.Errorf("the customer got %q", got)
	}
}

// checkCounts expects that many conversations in all.
func checkCounts(u *driver.User, want int) {
	u.W.T.Helper()
	var c struct {
		Counts map[string]int
		AsOf   map[string]any `json:"as_of"`
	}
	u.Get("/v1/counts").Is(http.StatusOK).Into(&c)
	if c.Counts["all"] != want {
		u.W.T.Errorf("%s counts %v, want %d in all", u.Name, c.Counts, want)
	}
	if want > 0 {
		return
	}
	for name, n := range c.Counts {
		if n != 0 {
			u.W.T.Errorf("%s counts %d %s, want none", u.Name, n, name)
		}
	}
	if len(c.AsOf) != 0 {
		u.W.T.Errorf("%s is told where streams stand: %v", u.Name, c.AsOf)
	}
}

// TestASecondInstallation: who connects a Page after somebody else begins anew, and
// neither sees what is the other's.
func TestASecondInstallation(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	ann, ben, cat := w.AddAdmin("Ann Aoki"), w.AddAdmin("Ben Baba"), w.AddUser("Cat Chiba")
	ann.ConnectsPage().Ok()
	first := fills(ann, w.Facebook.PageID, planted("the-first"), "7101", "7102")

	ben.Cli("page", "disconnect", first.page).Ok()
	ann.Cli("reply", first.conversations[0], "too late").Refused("page_disconnected")
	var p driver.Page
	driver.FromJSON(t, []byte(ben.ConnectsPage().Ok().Out), &p)
	if p.ID != first.page+"~2" || p.PageID != first.page || p.Visibility != "private" || p.Installer.Name != ben.Name || !p.Sees {
		t.Fatalf("the second installation: %+v", p)
	}
	second := fills(ben, p.ID, planted("the-second"), "7101", "7103")

	seesNothingOf(ben, first)
	reads(ben, second)
	seesNothingOf(ann, second)
	reads(ann, first)
	if out := ben.Cli("page", "disconnect", first.page, "--json").Ok().Out; strings.Contains(out, first.mark) || !strings.Contains(out, `"sees":false`) {
		t.Errorf("an admin uninstalls what is uninstalled: %s", out)
	}
	seesNothingOf(cat, first)
	seesNothingOf(cat, second)

	ann.Cli("reply", first.conversations[0], "still too late").Refused("page_disconnected")
	ann.Cli("page", "visibility", first.page, "shared").Refused("page_disconnected")
	ann.ConnectsPage().Refused("already_connected")
	ben.Cli("page", "visibility", second.page, "shared").Ok()
	reads(cat, second)
	seesNothingOf(cat, first)
	reads(ann, second)
	ben.Cli("page", "visibility", second.page, "private").Ok()
	seesNothingOf(ann, second)

	// The former installer takes up what was theirs.
	ann.Cli("page", "disconnect", second.page).Ok()
	driver.FromJSON(t, []byte(ann.ConnectsPage().Ok().Out), &p)
	if p.ID != first.page {
		t.Fatalf("taken up again as %s, want %s", p.ID, first.page)
	}
	w.CustomerWrites("7101", first.mark+" third")
	driver.WaitFor(t, "the message lands in the first installation", driver.Patience, func() bool { return ann.Holds(first.conversations[0], first.mark+" third") })
	ann.Cli("reply", first.conversations[0], first.mark+" answered").Ok()
	seesNothingOf(ben, first)
	reads(ben, second)
	ben.Cli("reply", second.conversations[0], "not mine any more").Refused("page_disconnected")
	if n := len(ben.Messages(second.conversations[0])); n != 4 {
		t.Errorf("%d messages in the second installation, want 4", n)
	}
}

// TestWhatWaitsWhenAPageIsUninstalled: a reply that waits fails, and says why; none
// leaves afterwards.
func TestWhatWaitsWhenAPageIsUninstalled(t *testing.T) {
	t.Parallel()
	w, ann := driver.ConnectedWorld(t, driver.ShortTiming()...)
	w.CustomerWrites("7201", "Hello?")
	id := w.ConversationWith("7201")
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return ann.Holds(id, "Hello?") })
	w.Facebook.Fails(driver.Fault{On: "send", Kind: "timeout", Count: 1})
	first, _ := insists(ann, id, newReply("nobody knows of this one"))
	second, _ := insists(ann, id, newReply("this one waits"))
	driver.WaitFor(t, "the first is unknown", driver.Patience, func() bool { return ann.Message(id, first.ID).State == "unknown" })
	ann.Cli("page", "disconnect", w.Facebook.PageID).Ok()
	if m := ann.Message(id, second.ID); describe(m) != "failed page_disconnected" {
		t.Errorf("the reply that waited is %s", describe(m))
	}
	driver.WaitFor(t, "the first asks", driver.Patience, func() bool { return ann.Message(id, first.ID).State == "ask" })
	ann.Post(driver.ConversationPath(id, "messages", second.ID, "retry"), map[string]int{"attempt": 0}).Problem(http.StatusConflict, "page_disconnected")
	w.CustomerWrites("7201", "Are you there?")

	ann.ConnectsPage("shared").Ok()
	w.CustomerWrites("7201", "And now?")
	driver.WaitEvery(t, "the new message is there", 100*time.Millisecond, driver.Patience, func() bool { return ann.Holds(id, "And now?") })
	ann.Cli("reply", id, "Yes", "--wait", "0").Ok()
	ann.Post(driver.ConversationPath(id, "messages", first.ID, "drop"), nil).Is(http.StatusOK)
	driver.WaitFor(t, "the new reply arrives", driver.Patience, func() bool { return slices.Equal(w.Facebook.GotBy("7201"), []string{"Yes"}) })
}

// TestWhoMayConnect: only an admin, with full control of that very Page.
func TestWhoMayConnect(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	ann, rob := w.AddAdmin("Ann Aoki"), w.AddUser("Rob Reid")
	connect := func(u *driver.User, page, token string) driver.Result {
		return u.Cli("page", "connect", "--page", page, "--token-file", u.TokenFile(token), "--json")
	}
	f := w.Facebook
	connect(rob, f.PageID, f.UserToken).Refused("not_admin")
	connect(ann, f.PageID, "EAAnobodys").Refused("token_refused")
	connect(ann, "123456789", f.PageToken).Exits(cli.ExitMissing).Says("(page_unknown)")
	connect(ann, "123456789", f.UserToken).Exits(cli.ExitMissing).Says("(page_unknown)")
	if n := len(ann.Pages()); n != 0 {
		t.Fatalf("%d Pages after nobody could connect one", n)
	}
	var p driver.Page
	driver.FromJSON(t, []byte(connect(ann, f.PageID, f.UserToken).Ok().Out), &p)
	if !p.Subscribed || p.Visibility != "private" || p.Name != "Aoyama Coffee" {
		t.Errorf("the Page: %+v", p)
	}
	driver.FromJSON(t, []byte(connect(ann, f.PageID, f.PageToken).Ok().Out), &p) // a repair
	if p.ID != f.PageID || len(ann.Pages()) != 1 {
		t.Errorf("after a repair: %+v", ann.Pages())
	}
	for _, token := range []string{f.PageToken, f.UserToken} {
		for _, path := range []string{"/v1/pages", "/v1/stats", "/readyz", "/openapi.json"} {
			if strings.Contains(string(ann.Get(path).Body), token) {
				t.Errorf("%s tells a token", path)
			}
		}
	}
	if out := fmt.Sprint(ann.Cli("page", "list", "--json").Ok(), ann.Cli("page", "list").Ok()); strings.Contains(out, f.PageToken) {
		t.Errorf("page list tells a token: %s", out)
	}
}
