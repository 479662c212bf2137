package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// Three Pages: ann's private one, ann's shared one, ben's private one.
const (
	annPrivate = model.MetaPageID("100")
	annShared  = model.MetaPageID("200")
	benPrivate = model.MetaPageID("300")
)

// threePages starts a server with a conversation in each of three Pages.
func threePages(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	w.connect(w.ann, annPrivate, model.Private)
	w.connect(w.ann, annShared, model.Shared)
	w.connect(w.ben, benPrivate, model.Private)
	for i, id := range []model.MetaPageID{annPrivate, annShared, benPrivate} {
		w.customerWrites(id, hanako, "m_"+string(id), "hello", time.Now().Add(time.Duration(i-10)*time.Minute))
		w.deliver(id, "messaging", policy(id, "warning", "be nice", time.Now()))
	}
	return w
}

func pagesOf(a asOf) []string {
	out := []string{}
	for id := range a {
		out = append(out, string(id))
	}
	slices.Sort(out)
	return out
}

func TestListsTellOfVisiblePagesAlone(t *testing.T) {
	t.Parallel()
	w := threePages(t)
	for _, c := range []struct {
		who  account
		sees []string
	}{
		{w.ann, []string{"100", "200"}},
		{w.ben, []string{"200", "300"}},
		{w.cat, []string{"200"}},
	} {
		var cs conversationList
		w.get(c.who, "/v1/conversations", &cs)
		var held []string
		for _, conversation := range cs.Conversations {
			held = append(held, string(conversation.PageID))
		}
		slices.Sort(held)
		if !slices.Equal(held, c.sees) || !slices.Equal(pagesOf(cs.AsOf), c.sees) {
			t.Errorf("%s lists %s as of %s, want %s", c.who.Name, held, pagesOf(cs.AsOf), c.sees)
		}
		var n countsAnswer
		w.get(c.who, "/v1/counts", &n)
		if k := len(c.sees); n.Counts != (store.Counts{All: k, Open: k, Unassigned: k, Unread: k, Waiting: k}) || !slices.Equal(pagesOf(n.AsOf), c.sees) {
			t.Errorf("%s counts %+v as of %s", c.who.Name, n.Counts, pagesOf(n.AsOf))
		}
		var ns noticeList
		w.get(c.who, "/v1/notices", &ns)
		if len(ns.Notices) != len(c.sees) || !slices.Equal(pagesOf(ns.AsOf), c.sees) {
			t.Errorf("%s has the notices %+v as of %s", c.who.Name, ns.Notices, pagesOf(ns.AsOf))
		}
		var ps pageList
		w.get(c.who, "/v1/pages", &ps)
		if len(ps.Pages) != 3 || !slices.Equal(pagesOf(ps.AsOf), c.sees) {
			t.Errorf("%s is told of %d Pages as of %s", c.who.Name, len(ps.Pages), pagesOf(ps.AsOf))
		}
		w.onePage(c.who, c.sees)
	}
}

// onePage asks each list for one Page: a hidden one is as if it did not exist.
func (w *world) onePage(who account, sees []string) {
	w.Helper()
	for _, id := range []string{"100", "200", "300", "400", "200~2", "_"} {
		for _, path := range []string{"/v1/conversations", "/v1/counts", "/v1/notices"} {
			a := w.do(who, http.MethodGet, path+"?page="+id, nil)
			if !slices.Contains(sees, id) {
				a.problem(http.StatusNotFound, "not_found")
				continue
			}
			var l struct {
				AsOf          asOf                 `json:"as_of"`
				Conversations []model.Conversation `json:"conversations"`
				Notices       []model.Notice       `json:"notices"`
			}
			a.want(http.StatusOK).into(&l)
			if !slices.Equal(pagesOf(l.AsOf), []string{id}) || l.AsOf[model.PageID(id)].Epoch == "" || l.AsOf[model.PageID(id)].Seq == 0 {
				w.Errorf("%s?page=%s as of %+v", path, id, l.AsOf)
			}
			if len(l.Conversations)+len(l.Notices) > 1 {
				w.Errorf("%s?page=%s: %s", path, id, a.body)
			}
		}
	}
}

// as_of is where the stream stands: no object of the list is newer.
func TestAsOfIsTheHead(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	seq := func() int64 {
		var l conversationList
		w.get(w.cat, "/v1/conversations", &l)
		return l.AsOf[page].Seq
	}
	before := seq()
	m := w.reply(w.ann, page, hanako, text("hi"))
	after := seq()
	if after <= before {
		t.Errorf("seq %d after a reply, %d before", after, before)
	}
	var ms messageList
	w.get(w.cat, conversation(page, hanako)+"/messages", &ms)
	if ms.AsOf[page].Seq != after || m.Seq == 0 || m.Seq > after {
		t.Errorf("message %d of the messages as of %+v, the conversations as of %d", m.Seq, ms.AsOf, after)
	}
}

func TestWalkingAList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, annPrivate, model.Private)
	w.connect(w.ann, annShared, model.Shared)
	const each = 7
	for i := range each {
		for _, id := range []model.MetaPageID{annPrivate, annShared} {
			psid := model.PSID(fmt.Sprintf("70%02d", i))
			// Two of each time, so that a page of the list ends among equals.
			w.customerWrites(id, psid, fmt.Sprintf("m_%s_%d", id, i), "hello", time.Now().Truncate(time.Hour).Add(time.Duration(-i/2)*time.Minute))
		}
	}
	for _, c := range []struct {
		who  account
		all  int
		size int
	}{
		{w.ann, 2 * each, 1},
		{w.ann, 2 * each, 3},
		{w.ann, 2 * each, 2 * each},
		{w.ann, 2 * each, 1000},
		{w.cat, each, 2},
		{w.cat, each, each},
	} {
		var got []model.Conversation
		cursor := ""
		for pages := 0; ; pages++ {
			if pages > c.all {
				t.Fatal("the list has no end")
			}
			var l conversationList
			w.get(c.who, fmt.Sprintf("/v1/conversations?limit=%d&cursor=%s", c.size, url.QueryEscape(cursor)), &l)
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
	w := withPage(t, model.Shared)
	var want []string
	var events []map[string]any
	for i := range 9 {
		s := fmt.Sprintf("line %d", i)
		want = append(want, s)
		events = append(events, message(meta, ken, fmt.Sprintf("m_k_%d", i), s, time.Now().Add(time.Duration(i-100)*time.Second)))
	}
	slices.Reverse(events) // what comes late stands in its place
	w.deliver(meta, "messaging", events...)
	for _, size := range []int{1, 2, 4, 9, 1000} {
		var got []string
		before := ""
		for {
			var l messageList
			w.get(w.cat, fmt.Sprintf("%s/messages?limit=%d&before=%s", conversation(page, ken), size, url.QueryEscape(before)), &l)
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
	w := withPage(t, model.Shared)
	for i := range 5 {
		w.deliver(meta, "messaging", policy(meta, "warning", fmt.Sprint(i), time.Now().Add(time.Duration(i-10)*time.Minute)))
	}
	var got []string
	for cursor := ""; ; {
		var l noticeList
		w.get(w.cat, "/v1/notices?limit=2&cursor="+url.QueryEscape(cursor), &l)
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
	w := withPage(t, model.Shared)
	w.customerWrites(meta, ken, "m_ken", "hello", time.Now())
	var l conversationList
	w.get(w.ann, "/v1/conversations?limit=1", &l)
	if l.Cursor == "" {
		t.Fatal("no cursor")
	}
	lists := []string{"/v1/conversations", "/v1/notices", conversation(page, hanako) + "/messages"}
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
			w.do(w.ann, http.MethodGet, path+"?"+q, nil).problem(http.StatusUnprocessableEntity, "invalid")
		}
		for _, q := range []string{"limit=1", "limit=1000", ""} {
			w.do(w.ann, http.MethodGet, path+"?"+q, nil).want(http.StatusOK)
		}
	}
	for _, filter := range []string{"x", "ALL", "all,open", "'"} {
		w.do(w.ann, http.MethodGet, "/v1/conversations?filter="+url.QueryEscape(filter), nil).
			problem(http.StatusUnprocessableEntity, "invalid")
	}
	// A cursor goes with its list.
	w.do(w.ann, http.MethodGet, "/v1/conversations?filter=done&cursor="+l.Cursor, nil).problem(http.StatusUnprocessableEntity, "invalid")
	w.do(w.ann, http.MethodGet, "/v1/notices?cursor="+l.Cursor, nil).problem(http.StatusUnprocessableEntity, "invalid")
	w.do(w.ann, http.MethodGet, conversation(page, hanako)+"/messages?before="+l.Cursor, nil).problem(http.StatusUnprocessableEntity, "invalid")
	w.customerWrites(meta, ken, "m_ken_2", "again", time.Now())
	var ms messageList
	w.get(w.ann, conversation(page, ken)+"/messages?limit=1", &ms)
	w.do(w.ann, http.MethodGet, conversation(page, hanako)+"/messages?before="+ms.Cursor, nil).problem(http.StatusUnprocessableEntity, "invalid")
}

// A cursor handed to somebody who sees less shows them no more.
func TestCursorOpensNothing(t *testing.T) {
	t.Parallel()
	w := threePages(t)
	var l conversationList
	w.get(w.ann, "/v1/conversations?limit=1", &l)
	var of conversationList
	w.get(w.cat, "/v1/conversations?cursor="+l.Cursor, &of)
	for _, c := range of.Conversations {
		if c.PageID != "200" {
			t.Errorf("the rep is shown %s", c.ID)
		}
	}
	var ms messageList
	w.customerWrites(benPrivate, hanako, "m_more", "more", time.Now())
	w.get(w.ben, conversation("300", hanako)+"/messages?limit=1", &ms)
	w.do(w.cat, http.MethodGet, conversation("300", hanako)+"/messages?before="+ms.Cursor, nil).problem(http.StatusNotFound, "not_found")
	w.do(w.cat, http.MethodGet, conversation("300", hanako)+"/messages?before=broken", nil).problem(http.StatusNotFound, "not_found")
}

func TestFiltersAndCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Shared)
	later, past := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	ref := w.ann.Ref()
	customers := map[model.PSID]func(*store.Conversation){
		"open":    func(*store.Conversation) {},
		"mine":    func(c *store.Conversation) { c.Assignee = &ref },
		"snoozed": func(c *store.Conversation) { c.Status, c.SnoozedUntil = model.Snoozed, &later },
		"awake":   func(c *store.Conversation) { c.Status, c.SnoozedUntil = model.Snoozed, &past },
		"done":    func(c *store.Conversation) { c.Status, c.Unread = model.Done, 0 },
		"blocked": func(c *store.Conversation) { c.Unreachable = true },
	}
	for psid, change := range customers {
		w.customerWrites(meta, psid, "m_"+string(psid), "hello", time.Now())
		w.changeConversation(model.NewConversationID(page, psid), change)
	}
	want := map[string][]string{
		"":           {"awake", "blocked", "done", "mine", "open", "snoozed"},
		"all":        {"awake", "blocked", "done", "mine", "open", "snoozed"},
		"open":       {"awake", "blocked", "mine", "open"},
		"mine":       {"mine"},
		"unassigned": {"awake", "blocked", "open"},
		"snoozed":    {"snoozed"},
		"done":       {"done"},
		"blocked":    {"blocked"},
		"waiting":    {"awake", "blocked", "mine", "open"},
	}
	for filter, psids := range want {
		var l conversationList
		w.get(w.ann, "/v1/conversations?filter="+filter, &l)
		if filter == "" {
			w.get(w.ann, "/v1/conversations", &l)
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
	var n countsAnswer
	w.get(w.ann, "/v1/counts", &n)
	if n.Counts != (store.Counts{All: 6, Open: 4, Mine: 1, Unassigned: 3, Snoozed: 1, Done: 1, Blocked: 1, Unread: 5, Waiting: 4}) {
		t.Errorf("ann counts %+v", n.Counts)
	}
	w.get(w.cat, "/v1/counts", &n)
	if n.Counts.Mine != 0 {
		t.Errorf("mine of the rep: %+v", n.Counts)
	}
	// A Page that refuses every reply blocks all that is not done.
	w.changePage(func(p *store.Page) { p.MessagesOff = true })
	w.get(w.ann, "/v1/counts?page=100", &n)
	var l conversationList
	w.get(w.ann, "/v1/conversations?filter=blocked", &l)
	if n.Counts.Blocked != 5 || len(l.Conversations) != 5 {
		t.Errorf("%d blocked, %d listed, want 5", n.Counts.Blocked, len(l.Conversations))
	}
}

// Lists that hold nothing are lists all the same.
func TestEmptyLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, want := range map[string]string{
		"/v1/conversations": `{"conversations":[],"cursor":"","as_of":{}}`,
		"/v1/notices":       `{"notices":[],"cursor":"","as_of":{}}`,
		"/v1/pages":         `{"pages":[],"cursor":"","as_of":{}}`,
	} {
		a := w.do(w.cat, http.MethodGet, path, nil).want(http.StatusOK)
		if got := string(a.body); got != want+"\n" {
			t.Errorf("%s: %s", path, got)
		}
	}
	w.do(w.cat, http.MethodGet, "/v1/counts", nil).want(http.StatusOK)
}

// A flip there and back is a loss of access: whoever lost it begins anew, the
// installer goes on.
func TestEpochs(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	epoch := func(who account) string {
		var l pageList
		w.get(who, "/v1/pages", &l)
		return l.AsOf[page].Epoch
	}
	ann, ben, cat := epoch(w.ann), epoch(w.ben), epoch(w.cat)
	w.setVisibility(w.ann, page, model.Shared)
	if epoch(w.cat) != cat {
		t.Error("saying shared again changed the rep's epoch")
	}
	w.setVisibility(w.ann, page, model.Private)
	if epoch(w.cat) != "" || epoch(w.ben) != "" {
		t.Error("who does not see the Page has an epoch")
	}
	w.setVisibility(w.ann, page, model.Private)
	w.setVisibility(w.ann, page, model.Shared)
	if epoch(w.cat) == cat || epoch(w.ben) == ben || epoch(w.cat) == "" {
		t.Error("who lost access and got it back has the epoch of before")
	}
	if epoch(w.ann) != ann {
		t.Error("the installer's epoch changed")
	}
	again := epoch(w.cat)
	w.setVisibility(w.ann, page, model.Private)
	w.setVisibility(w.ann, page, model.Shared)
	if e := epoch(w.cat); e == cat || e == again {
		t.Error("a second loss has an epoch of before")
	}
	// A repair that says private is a flip, too.
	w.do(w.ann, http.MethodPost, "/v1/pages", map[string]any{"page": meta, "token": userToken, "visibility": model.Private}).want(http.StatusOK)
	last := epoch(w.cat)
	w.setVisibility(w.ann, page, model.Shared)
	if e := epoch(w.cat); last != "" || e == again || e == cat {
		t.Error("a flip by a repair is none")
	}
	// Every list says the same.
	var l conversationList
	w.get(w.cat, "/v1/conversations", &l)
	if l.AsOf[page].Epoch != epoch(w.cat) {
		t.Error("two lists tell two epochs")
	}
}

// Another installation is another stream.
func TestInstallationsHaveEpochsOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	connected(ann, model.Shared)(w)
	w.do(w.ann, http.MethodDelete, "/v1/pages/100", nil).want(http.StatusOK)
	connected(ben, model.Shared)(w)
	var l pageList
	w.get(w.cat, "/v1/pages", &l)
	first, second := l.AsOf["100"], l.AsOf["100~2"]
	if first.Epoch == second.Epoch || first.Epoch == "" || second.Epoch == "" {
		t.Errorf("as of %+v", l.AsOf)
	}
	if a, b := w.messages(w.cat, "100", hanako), w.messages(w.cat, "100~2", ken); len(a) != 3 || len(b) != 3 || a[0].ID == b[0].ID {
		t.Errorf("%d messages in the first, %d in the second", len(a), len(b))
	}
}
