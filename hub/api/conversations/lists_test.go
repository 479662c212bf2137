package conversations_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

func pagesOf(a apitest.AsOf) []string {
	out := []string{}
	for id := range a {
		out = append(out, string(id))
	}
	slices.Sort(out)
	return out
}

func TestListsTellOfVisiblePagesAlone(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithThreePages(t)
	for _, c := range []struct {
		who  apitest.Account
		sees []string
	}{
		{w.Ann, []string{"100", "200"}},
		{w.Ben, []string{"200", "300"}},
		{w.Cat, []string{"200"}},
	} {
		var cs apitest.ConversationList
		w.Get(c.who, "/v1/conversations", &cs)
		var held []string
		for _, conversation := range cs.Conversations {
			held = append(held, string(conversation.PageID))
		}
		slices.Sort(held)
		if !slices.Equal(held, c.sees) || !slices.Equal(pagesOf(cs.AsOf), c.sees) {
			t.Errorf("%s lists %s as of %s, want %s", c.who.Name, held, pagesOf(cs.AsOf), c.sees)
		}
		var n apitest.CountsAnswer
		w.Get(c.who, "/v1/counts", &n)
		if k := len(c.sees); n.Counts != (store.Counts{All: k, Open: k, Unassigned: k, Unread: k, Waiting: k}) || !slices.Equal(pagesOf(n.AsOf), c.sees) {
			t.Errorf("%s counts %+v as of %s", c.who.Name, n.Counts, pagesOf(n.AsOf))
		}
		var ns apitest.NoticeList
		w.Get(c.who, "/v1/notices", &ns)
		if len(ns.Notices) != len(c.sees) || !slices.Equal(pagesOf(ns.AsOf), c.sees) {
			t.Errorf("%s has the notices %+v as of %s", c.who.Name, ns.Notices, pagesOf(ns.AsOf))
		}
		var ps apitest.PageList
		w.Get(c.who, "/v1/pages", &ps)
		if len(ps.Pages) != 3 || !slices.Equal(pagesOf(ps.AsOf), c.sees) {
			t.Errorf("%s is told of %d Pages as of %s", c.who.Name, len(ps.Pages), pagesOf(ps.AsOf))
		}
		wantPages(w, c.who, c.sees)
	}
}

// wantPages asks each list for one Page: a hidden one is as if it did not exist.
func wantPages(w *apitest.World, who apitest.Account, sees []string) {
	w.Helper()
	for _, id := range []string{"100", "200", "300", "400", "200~2", "_"} {
		for _, path := range []string{"/v1/conversations", "/v1/counts", "/v1/notices"} {
			a := w.Do(who, http.MethodGet, path+"?page="+id, nil)
			if !slices.Contains(sees, id) {
				a.Problem(http.StatusNotFound, "not_found")
				continue
			}
			var l struct {
				AsOf          apitest.AsOf         `json:"as_of"`
				Conversations []model.Conversation `json:"conversations"`
				Notices       []model.Notice       `json:"notices"`
			}
			a.Want(http.StatusOK).Into(&l)
			if !slices.Equal(pagesOf(l.AsOf), []string{id}) || l.AsOf[model.PageID(id)].Epoch == "" || l.AsOf[model.PageID(id)].Seq == 0 {
				w.Errorf("%s?page=%s as of %+v", path, id, l.AsOf)
			}
			if len(l.Conversations)+len(l.Notices) > 1 {
				w.Errorf("%s?page=%s: %s", path, id, a.Body)
			}
		}
	}
}

// as_of is where the stream stands: no object of the list is newer.
func TestAsOfIsTheHead(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	seq := func() int64 {
		var l apitest.ConversationList
		w.Get(w.Cat, "/v1/conversations", &l)
		return l.AsOf[apitest.Page].Seq
	}
	before := seq()
	m := w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text("hi"))
	after := seq()
	if after <= before {
		t.Errorf("seq %d after a reply, %d before", after, before)
	}
	var ms apitest.MessageList
	w.Get(w.Cat, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages", &ms)
	if ms.AsOf[apitest.Page].Seq != after || m.Seq == 0 || m.Seq > after {
		t.Errorf("message %d of the messages as of %+v, the conversations as of %d", m.Seq, ms.AsOf, after)
	}
}

func TestWalkingAList(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.AnnPrivate, model.Private)
	w.Connect(w.Ann, apitest.AnnShared, model.Shared)
	const each = 7
	for i := range each {
		for _, id := range []model.MetaPageID{apitest.AnnPrivate, apitest.AnnShared} {
			psid := model.PSID(fmt.Sprintf("70%02d", i))
			// Two of each time, so that a page of the list ends among equals.
			w.CustomerWrites(id, psid, fmt.Sprintf("m_%s_%d", id, i), "hello", time.Now().Truncate(time.Hour).Add(time.Duration(-i/2)*time.Minute))
		}
	}
	for _, c := range []struct {
		who  apitest.Account
		all  int
		size int
	}{
		{w.Ann, 2 * each, 1},
		{w.Ann, 2 * each, 3},
		{w.Ann, 2 * each, 2 * each},
		{w.Ann, 2 * each, 1000},
		{w.Cat, each, 2},
		{w.Cat, each, each},
	} {
		var got []model.Conversation
		cursor := ""
		for pages := 0; ; pages++ {
			if pages > c.all {
				t.Fatal("the list has no end")
			}
			var l apitest.ConversationList
			w.Get(c.who, fmt.Sprintf("/v1/conversations?limit=%d&cursor=%s", c.size, url.QueryEscape(cursor)), &l)
			if len(l.Conversations) > c.size || len(l.AsOf) == 0 {
				t.Fatalf("%d of %d, as of %+v", len(l.Conversations), c.size, l.AsOf)
			}
			got = append(got, l.Conversations...)
			if cursor = l.Cursor; cursor == "" {
				break
			}
		}
		seen := map[model.ConversationID]bool{}
		for i, conversation := range got {
			if i > 0 && got[i-1].UpdatedAt.Before(conversation.UpdatedAt) {
				t.Errorf("%s comes after the older %s", conversation.ID, got[i-1].ID)
			}
			seen[conversation.ID] = true
		}
		if len(got) != c.all || len(seen) != c.all {
			t.Errorf("%s walks by %d over %d, %d of them different, want %d", c.who.Name, c.size, len(got), len(seen), c.all)
		}
	}
}

func TestWalkingMessages(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	var want []string
	var events []map[string]any
	for i := range 9 {
		s := fmt.Sprintf("line %d", i)
		want = append(want, s)
		events = append(events, apitest.Message(apitest.MetaPage, apitest.Ken, fmt.Sprintf("m_k_%d", i), s, time.Now().Add(time.Duration(i-100)*time.Second)))
	}
	slices.Reverse(events) // what comes late stands in its place
	w.Deliver(apitest.MetaPage, "messaging", events...)
	for _, size := range []int{1, 2, 4, 9, 1000} {
		var got []string
		before := ""
		for {
			var l apitest.MessageList
			w.Get(w.Cat, fmt.Sprintf("%s/messages?limit=%d&before=%s", apitest.ConversationPath(apitest.Page, apitest.Ken), size, url.QueryEscape(before)), &l)
			var part []string
			for _, m := range l.Messages {
				part = append(part, string(m.Text))
			}
			got = append(part, got...)
			if before = l.Cursor; before == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %d: %s", size, got)
		}
	}
}

func TestWalkingNotices(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	for i := range 5 {
		w.Deliver(apitest.MetaPage, "messaging", apitest.Policy(apitest.MetaPage, "warning", fmt.Sprint(i), time.Now().Add(time.Duration(i-10)*time.Minute)))
	}
	var got []string
	for cursor := ""; ; {
		var l apitest.NoticeList
		w.Get(w.Cat, "/v1/notices?limit=2&cursor="+url.QueryEscape(cursor), &l)
		for _, n := range l.Notices {
			got = append(got, string(n.Reason))
		}
		if cursor = l.Cursor; cursor == "" {
			break
		}
	}
	if !slices.Equal(got, []string{"4", "3", "2", "1", "0"}) {
		t.Errorf("notices %s", got)
	}
}

func TestListsRefuseWhatIsNoQuestion(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_ken", "hello", time.Now())
	var l apitest.ConversationList
	w.Get(w.Ann, "/v1/conversations?limit=1", &l)
	if l.Cursor == "" {
		t.Fatal("no cursor")
	}
	lists := []string{"/v1/conversations", "/v1/notices", apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/messages"}
	for _, path := range lists {
		cursor := "cursor"
		if path == lists[2] {
			cursor = "before"
		}
		for _, q := range []string{
			"limit=0", "limit=1001", "limit=-1", "limit=x", "limit=1.5", "limit=99999999999999999999",
			cursor + "=broken", cursor + "=%00", cursor + "=e30", cursor + "=bnVsbA", cursor + "=" + l.Cursor + "x",
		} {
			if path == lists[0] && q == cursor+"="+l.Cursor+"x" {
				continue // may decode to the same
			}
			w.Do(w.Ann, http.MethodGet, path+"?"+q, nil).Problem(http.StatusUnprocessableEntity, "invalid")
		}
		for _, q := range []string{"limit=1", "limit=1000", ""} {
			w.Do(w.Ann, http.MethodGet, path+"?"+q, nil).Want(http.StatusOK)
		}
	}
	for _, filter := range []string{"x", "ALL", "all,open", "'"} {
		w.Do(w.Ann, http.MethodGet, "/v1/conversations?filter="+url.QueryEscape(filter), nil).
			Problem(http.StatusUnprocessableEntity, "invalid")
	}
	// A cursor goes with its list.
	w.Do(w.Ann, http.MethodGet, "/v1/conversations?filter=done&cursor="+l.Cursor, nil).Problem(http.StatusUnprocessableEntity, "invalid")
	w.Do(w.Ann, http.MethodGet, "/v1/notices?cursor="+l.Cursor, nil).Problem(http.StatusUnprocessableEntity, "invalid")
	w.Do(w.Ann, http.MethodGet, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages?before="+l.Cursor, nil).Problem(http.StatusUnprocessableEntity, "invalid")
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_ken_2", "again", time.Now())
	var ms apitest.MessageList
	w.Get(w.Ann, apitest.ConversationPath(apitest.Page, apitest.Ken)+"/messages?limit=1", &ms)
	w.Do(w.Ann, http.MethodGet, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages?before="+ms.Cursor, nil).Problem(http.StatusUnprocessableEntity, "invalid")
}

// A cursor handed to somebody who sees less shows them no more.
func TestCursorOpensNothing(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithThreePages(t)
	var l apitest.ConversationList
	w.Get(w.Ann, "/v1/conversations?limit=1", &l)
	var of apitest.ConversationList
	w.Get(w.Cat, "/v1/conversations?cursor="+l.Cursor, &of)
	for _, c := range of.Conversations {
		if c.PageID != "200" {
			t.Errorf("the rep is shown %s", c.ID)
		}
	}
	var ms apitest.MessageList
	w.CustomerWrites(apitest.BenPrivate, apitest.Hanako, "m_more", "more", time.Now())
	w.Get(w.Ben, apitest.ConversationPath("300", apitest.Hanako)+"/messages?limit=1", &ms)
	w.Do(w.Cat, http.MethodGet, apitest.ConversationPath("300", apitest.Hanako)+"/messages?before="+ms.Cursor, nil).Problem(http.StatusNotFound, "not_found")
	w.Do(w.Cat, http.MethodGet, apitest.ConversationPath("300", apitest.Hanako)+"/messages?before=broken", nil).Problem(http.StatusNotFound, "not_found")
}

func TestFiltersAndCounts(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	later, past := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	ref := w.Ann.Ref()
	customers := map[model.PSID]func(*store.Conversation){
		"open":    func(*store.Conversation) {},
		"mine":    func(c *store.Conversation) { c.Assignee = &ref },
		"snoozed": func(c *store.Conversation) { c.Status, c.SnoozedUntil = model.Snoozed, &later },
		"awake":   func(c *store.Conversation) { c.Status, c.SnoozedUntil = model.Snoozed, &past },
		"done":    func(c *store.Conversation) { c.Status, c.Unread = model.Done, 0 },
		"blocked": func(c *store.Conversation) { c.Unreachable = true },
	}
	for psid, change := range customers {
		w.CustomerWrites(apitest.MetaPage, psid, "m_"+string(psid), "hello", time.Now())
		w.ChangeConversation(model.NewConversationID(apitest.Page, psid), change)
	}
	want := map[string][]string{
		"":           {"awake", "blocked", "done", "mine", "open", "snoozed"},
		"all":        {"awake", "blocked", "done", "mine", "open", "snoozed"},
		"open":       {"awake", "mine", "open"},
		"mine":       {"mine"},
		"unassigned": {"awake", "open"},
		"snoozed":    {"snoozed"},
		"done":       {"done"},
		"blocked":    {"blocked"},
		"waiting":    {"awake", "blocked", "mine", "open"},
	}
	for filter, psids := range want {
		var l apitest.ConversationList
		w.Get(w.Ann, "/v1/conversations?filter="+filter, &l)
		if filter == "" {
			w.Get(w.Ann, "/v1/conversations", &l)
		}
		var got []string
		for _, c := range l.Conversations {
			got = append(got, string(c.Customer.PSID))
		}
		slices.Sort(got)
		if !slices.Equal(got, psids) {
			t.Errorf("filter %q: %s, want %s", filter, got, psids)
		}
	}
	var n apitest.CountsAnswer
	w.Get(w.Ann, "/v1/counts", &n)
	if n.Counts != (store.Counts{All: 6, Open: 3, Mine: 1, Unassigned: 2, Snoozed: 1, Done: 1, Blocked: 1, Unread: 5, Waiting: 4}) {
		t.Errorf("ann counts %+v", n.Counts)
	}
	w.Get(w.Cat, "/v1/counts", &n)
	if n.Counts.Mine != 0 {
		t.Errorf("mine of the rep: %+v", n.Counts)
	}
	// A Page that refuses every reply blocks all that is not done.
	w.ChangePage(func(p *store.Page) { p.MessagesOff = true })
	w.Get(w.Ann, "/v1/counts?page=100", &n)
	var l apitest.ConversationList
	w.Get(w.Ann, "/v1/conversations?filter=blocked", &l)
	if n.Counts.Blocked != 5 || len(l.Conversations) != 5 {
		t.Errorf("%d blocked, %d listed, want 5", n.Counts.Blocked, len(l.Conversations))
	}
}

// Lists that hold nothing are lists all the same.
func TestEmptyLists(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	for path, want := range map[string]string{
		"/v1/conversations": `{"conversations":[],"cursor":"","as_of":{}}`,
		"/v1/notices":       `{"notices":[],"cursor":"","as_of":{}}`,
		"/v1/pages":         `{"pages":[],"cursor":"","as_of":{}}`,
	} {
		a := w.Do(w.Cat, http.MethodGet, path, nil).Want(http.StatusOK)
		if got := string(a.Body); got != want+"\n" {
			t.Errorf("%s: %s", path, got)
		}
	}
	w.Do(w.Cat, http.MethodGet, "/v1/counts", nil).Want(http.StatusOK)
}

// A flip there and back is a loss of access: whoever lost it begins anew, the
// installer goes on.
func TestEpochs(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	epoch := func(who apitest.Account) string {
		var l apitest.PageList
		w.Get(who, "/v1/pages", &l)
		return l.AsOf[apitest.Page].Epoch
	}
	ann, ben, cat := epoch(w.Ann), epoch(w.Ben), epoch(w.Cat)
	w.SetVisibility(w.Ann, apitest.Page, model.Shared)
	if epoch(w.Cat) != cat {
		t.Error("saying shared again changed the rep's epoch")
	}
	w.SetVisibility(w.Ann, apitest.Page, model.Private)
	if epoch(w.Cat) != "" || epoch(w.Ben) != "" {
		t.Error("who does not see the Page has an epoch")
	}
	w.SetVisibility(w.Ann, apitest.Page, model.Private)
	w.SetVisibility(w.Ann, apitest.Page, model.Shared)
	if epoch(w.Cat) == cat || epoch(w.Ben) == ben || epoch(w.Cat) == "" {
		t.Error("who lost access and got it back has the epoch of before")
	}
	if epoch(w.Ann) != ann {
		t.Error("the installer's epoch changed")
	}
	again := epoch(w.Cat)
	w.SetVisibility(w.Ann, apitest.Page, model.Private)
	w.SetVisibility(w.Ann, apitest.Page, model.Shared)
	if e := epoch(w.Cat); e == cat || e == again {
		t.Error("a second loss has an epoch of before")
	}
	// A repair that says private is a flip, too.
	w.Do(w.Ann, http.MethodPost, "/v1/pages", map[string]any{"page": apitest.MetaPage, "token": apitest.UserToken, "visibility": model.Private}).Want(http.StatusOK)
	last := epoch(w.Cat)
	w.SetVisibility(w.Ann, apitest.Page, model.Shared)
	if e := epoch(w.Cat); last != "" || e == again || e == cat {
		t.Error("a flip by a repair is none")
	}
	// Every list says the same.
	var l apitest.ConversationList
	w.Get(w.Cat, "/v1/conversations", &l)
	if l.AsOf[apitest.Page].Epoch != epoch(w.Cat) {
		t.Error("two lists tell two epochs")
	}
}

// Another installation is another stream.
func TestInstallationsHaveEpochsOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	apitest.Connected(apitest.Ann, model.Shared)(w)
	w.Do(w.Ann, http.MethodDelete, "/v1/pages/100", nil).Want(http.StatusOK)
	apitest.Connected(apitest.Ben, model.Shared)(w)
	var l apitest.PageList
	w.Get(w.Cat, "/v1/pages", &l)
	first, second := l.AsOf["100"], l.AsOf["100~2"]
	if first.Epoch == second.Epoch || first.Epoch == "" || second.Epoch == "" {
		t.Errorf("as of %+v", l.AsOf)
	}
	if a, b := w.Messages(w.Cat, "100", apitest.Hanako), w.Messages(w.Cat, "100~2", apitest.Ken); len(a) != 3 || len(b) != 3 || a[0].ID == b[0].ID {
		t.Errorf("%d messages in the first, %d in the second", len(a), len(b))
	}
}
