package inbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"parley/model"
	"parley/model/inbox"
)

// position of the world's first Page in its first epoch.
func positionAt(seq int64) model.Position { return model.Position{Epoch: "e0.0", Seq: seq} }

// loaded is a client at rest with one Page of so many conversations.
func loaded(t *testing.T, conversations int) *wire {
	t.Helper()
	w := newWorld(1)
	for i := range conversations {
		w.message(w.pages["1"], i, model.In, "hello")
		w.now = w.now.Add(time.Second)
	}
	c := newWire(w)
	c.connect()
	if !c.settle() || len(c.errs) > 0 {
		t.Fatalf("not loaded: %s %v", c.state(), c.errs)
	}
	return c
}

// TestInboxWithoutPages: complete once the hub has said that there are none, or none to
// see into.
func TestInboxWithoutPages(t *testing.T) {
	t.Parallel()
	in := inbox.NewInbox(me)
	if in.AllComplete() {
		t.Error("complete before anything was said")
	}
	if changes := apply(in, inbox.PagesListed{Pages: nil}); !changes.Pages || !in.AllComplete() {
		t.Errorf("no Pages: complete %v, changes %+v", in.AllComplete(), changes)
	}
	if apply(in, inbox.PagesListed{Pages: nil}).Any() {
		t.Error("something changed")
	}
	apply(in, inbox.PagesListed{Pages: []model.Page{{ID: "1", PageID: "1", Visibility: model.Private}}})
	if !in.AllComplete() {
		t.Error("a Page that is hidden is waited for")
	}
	if apply(in, welcomed(in, model.User{ID: "another"})); in.AllComplete() {
		t.Error("complete before anything was said to another user")
	}
}

func TestInboxUnreadable(t *testing.T) {
	t.Parallel()
	for name, ev := range map[string]model.Change{
		"no JSON":           {Kind: model.ChangeConversation, Object: json.RawMessage(`{`)},
		"nothing":           {Kind: model.ChangeConversation},
		"null":              {Kind: model.ChangeConversation, Object: json.RawMessage(`null`)},
		"another type":      {Kind: model.ChangeConversation, Object: json.RawMessage(`{"id":"1_secret","unread":"secret"}`)},
		"of another Page":   {Kind: model.ChangeConversation, Object: json.RawMessage(`{"id":"2_secret","seq":99}`)},
		"no time":           {Kind: model.ChangeConversation, Object: json.RawMessage(`{"id":"1_7","updated_at":"secret"}`)},
		"a page without id": {Kind: model.ChangePage, Object: json.RawMessage(`{}`)},
		"a notice":          {Kind: model.ChangeNotice, Object: json.RawMessage(`{"id":"n","page_id":"2"}`)},
		"a removal":         {Kind: model.ChangeRemoved, Object: json.RawMessage(`{"id":"secret"}`)},
		"one of elsewhere":  {Kind: model.ChangeRemoved, Object: json.RawMessage(`{"id":"2_7"}`)},
		"a message":         {Kind: model.ChangeMessage, Object: json.RawMessage(`[]`)},
	} {
		c := loaded(t, 2)
		c.in.Open("1_" + model.ConversationID(mark("1")) + "c0")
		at, _ := c.in.Position("1")
		ev.Seq = at.Seq + 1
		_, err := c.in.Apply(changed(model.Batch{Page: "1", From: at.Seq, To: at.Seq + 1, Events: []model.Change{ev}}))
		if !errors.Is(err, inbox.ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := fmt.Sprintf("apply change %d of page 1: unreadable object", ev.Seq); err.Error() != want {
			t.Errorf("%s: error says %q", name, err)
		}
		if _, placed := c.in.Position("1"); placed || c.in.Complete("1") {
			t.Errorf("%s: what was missed counts as held", name)
		}
		if row, ok := c.in.View(inbox.Query{}).At(0); !ok || !row.Stale {
			t.Errorf("%s: what was held has to stay, stale", name)
		}
	}
}

func TestInboxIgnoresUnknownKinds(t *testing.T) {
	t.Parallel()
	c := loaded(t, 1)
	at, _ := c.in.Position("1")
	changes, err := c.in.Apply(changed(model.Batch{Page: "1", From: at.Seq, To: at.Seq + 1, Events: []model.Change{
		{Seq: at.Seq + 1, Kind: "poll", Object: json.RawMessage(`7`)},
	}}))
	if err != nil || changes.Any() {
		t.Errorf("%v %v", changes, err)
	}
}

// TestInboxNewerWins: an object is not replaced by one that is not newer, and what
// was removed comes back only by what is newer than its removal.
func TestInboxNewerWins(t *testing.T) {
	t.Parallel()
	c := loaded(t, 1)
	held, _ := c.in.View(inbox.Query{}).At(0)
	change := func(seq int64, pinned bool) model.Conversation {
		n := held.Conversation
		n.Seq, n.Pinned = seq, pinned
		return n
	}
	pinned := func() (bool, bool) {
		row, ok := c.in.Conversation(held.ID)
		return row.Pinned, ok
	}
	c.in.Put(change(held.Seq, true))
	if is, _ := pinned(); is {
		t.Error("as new as what is held, and applied")
	}
	if ch := c.in.Put(change(held.Seq+2, true)); !ch.Lists || !slices.Equal(ch.Conversations, []model.ConversationID{held.ID}) {
		t.Errorf("changes %+v", ch)
	}
	if is, _ := pinned(); !is {
		t.Error("newer, and not applied")
	}
	removed := model.Change{Seq: held.Seq + 3, Kind: model.ChangeRemoved, Object: encode(model.Removed{ID: string(held.ID)})}
	if _, err := c.in.Apply(changed(model.Batch{Page: "1", From: held.Seq, To: held.Seq + 3, Events: []model.Change{removed}})); err != nil {
		t.Fatal(err)
	}
	for seq, back := range map[int64]bool{held.Seq + 2: false, held.Seq + 3: false, held.Seq + 4: true} {
		in := c.in
		if back {
			continue
		}
		in.Put(change(seq, false))
		if _, ok := pinned(); ok {
			t.Errorf("came back by %d, removed at %d", seq, held.Seq+3)
		}
	}
	c.in.Put(change(held.Seq+4, false))
	if _, ok := pinned(); !ok {
		t.Error("newer than its removal, and not there")
	}
	// The removal, told again, does not take what has come since.
	removed.Seq = held.Seq + 3
	if _, err := c.in.Apply(changed(model.Batch{Page: "1", From: held.Seq + 3, To: held.Seq + 4, Events: []model.Change{removed}})); err != nil {
		t.Fatal(err)
	}
	if _, ok := pinned(); !ok {
		t.Error("an old removal took a new conversation")
	}
}

func TestInboxAccess(t *testing.T) {
	t.Parallel()
	c := loaded(t, 3)
	id := c.w.pages["1"].next(model.ChangeNotice, "n1")
	apply(c.in, noticed(model.Notice{ID: "n1", PageID: "1", Seq: id, CreatedAt: noon}))
	conv, _ := c.in.View(inbox.Query{}).At(0)
	c.open(conv.ID)
	if changes := apply(c.in, inbox.Dropped{Page: "1"}); !changes.Any() {
		t.Errorf("changes %+v", changes)
	}
	if _, ok := c.in.Thread(conv.ID); ok || c.in.View(inbox.Query{}).Len() > 0 || len(c.in.Notices()) > 0 {
		t.Error("something is still held")
	}
	if got := c.in.Counts(""); got != (inbox.Counts{}) {
		t.Errorf("counts %+v", got)
	}
	p, _ := c.in.Page("1")
	if p != p.Public() {
		t.Errorf("page %+v", p)
	}
	// Answers that were under way change nothing.
	apply(c.in, inbox.PagesListed{Pages: []model.Page{openPage()}})
	c.in.Put(conv.Conversation)
	apply(c.in, noticed(model.Notice{ID: "n1", PageID: "1", Seq: id, CreatedAt: noon}))
	for len(c.answers) > 0 {
		c.answer()
	}
	if o, read := c.in.Open(conv.ID); read || o != (inbox.Opening{}) {
		t.Error("opened a hidden conversation")
	}
	if len(slices.Collect(c.in.Held("1"))) > 0 || len(c.in.Notices()) > 0 {
		t.Error("an answer under way brought something back")
	}
	if p, _ := c.in.Page("1"); p != p.Public() {
		t.Errorf("page %+v", p)
	}
	if changes := apply(c.in, reloading("1")); !changes.Pages || c.in.Complete("1") {
		t.Errorf("seen again: %+v", changes)
	}
}

// TestInboxPageTurnsPrivate: also a page object may end the user's sight.
func TestInboxPageTurnsPrivate(t *testing.T) {
	t.Parallel()
	c := loaded(t, 2)
	at, _ := c.in.Position("1")
	p := openPage()
	p.Visibility, p.Seq = model.Private, at.Seq+1
	batch := model.Batch{Page: "1", From: at.Seq, To: at.Seq + 1, Events: []model.Change{
		{Seq: at.Seq + 1, Kind: model.ChangePage, Object: encode(p)},
	}}
	if _, err := c.in.Apply(changed(batch)); err != nil || c.in.View(inbox.Query{}).Len() > 0 {
		t.Errorf("%d held, %v", c.in.View(inbox.Query{}).Len(), err)
	}
}

func TestInboxReload(t *testing.T) {
	t.Parallel()
	c := loaded(t, 3)
	p := c.w.pages["1"]
	all, _ := p.list(nil, 10)
	apply(c.in, reloading("1"))
	if apply(c.in, complete("1")); c.in.Complete("1") {
		t.Error("complete without a list")
	}
	if _, err := c.in.Apply(listed("1", []model.Conversation{{ID: "2_7"}}, p.position())); !errors.Is(err, inbox.ErrUnreadable) {
		t.Errorf("a list with another Page's: %v", err)
	}
	first := p.position()
	if _, err := c.in.Apply(listed("1", all[:1], first)); err != nil {
		t.Fatal(err)
	}
	for i, stale := range []bool{false, true, true} {
		if row, _ := c.in.View(inbox.Query{}).At(i); row.Stale != stale {
			t.Errorf("row %d: stale %v", i, row.Stale)
		}
	}
	// Meanwhile the second is removed, and the last list was read after that.
	p.removeConversation(all[1].ID)
	if _, err := c.in.Apply(listed("1", all[2:], p.position())); err != nil {
		t.Fatal(err)
	}
	if _, err := c.in.Apply(complete("1")); err != nil || c.in.Complete("1") {
		t.Errorf("complete %v before the position has reached the lists, %v", c.in.Complete("1"), err)
	}
	if _, err := c.in.Apply(changed(p.batch(first.Seq, p.head))); err != nil || c.in.Complete("1") {
		t.Errorf("complete %v without the page object, %v", c.in.Complete("1"), err)
	}
	apply(c.in, inbox.PagesListed{Pages: c.w.pageList()})
	if !c.in.Complete("1") || c.in.View(inbox.Query{}).Len() != 2 {
		t.Errorf("complete %v, %d held", c.in.Complete("1"), c.in.View(inbox.Query{}).Len())
	}
}

// TestInboxKeepsAll: packing loses nothing of a conversation but its Reply, which is
// judged when it is read.
func TestInboxKeepsAll(t *testing.T) {
	t.Parallel()
	full := realistic(15)
	full.Status, full.SnoozedUntil = model.Snoozed, at(time.Hour)
	full.OtherApp, full.OtherAppUntil, full.Unreachable, full.Pinned = true, at(time.Minute), true, true
	full.Entry = &model.Entry{Source: "ad", Ref: "spring", AdID: "7", Title: "Sale"}
	full.LastMessage.Event = &model.Notable{Kind: model.EventPostback, Payload: "BUY"}
	full.LastMessage.Attachments = []string{"image", "file"}
	full.LastMessage.State = model.Read
	odd := realistic(1)
	odd.LastMessage.Text, odd.LastMessage.ID = "🙂 ok \u0000\u202e", "elsewhere"
	odd.LastMessage.Author = model.Author{Kind: model.ByUser, Name: "Ken", ID: "u2"}
	odd.WindowUntil, odd.UncertainUntil, odd.Unread = nil, at(time.Hour), 1<<20
	empty := realistic(2)
	empty.LastMessage, empty.UpdatedAt, empty.Customer.Name = nil, time.Time{}, ""
	for name, c := range map[string]model.Conversation{
		"full": full, "realistic": realistic(0), "odd": odd, "without a message": empty,
	} {
		in := inbox.NewInbox(me)
		in.Advance(noon)
		apply(in, reloading(c.PageID))
		if _, err := in.Apply(listed(c.PageID, []model.Conversation{copied(c)}, model.Position{})); err != nil {
			t.Fatal(err)
		}
		got, _ := in.Conversation(c.ID)
		got.Reply = c.Reply
		if diff := gocmp.Diff(copied(c), got.Conversation, open()); diff != "" {
			t.Errorf("%s (-given +held):\n%s", name, diff)
		}
	}
}

func TestInboxSetPages(t *testing.T) {
	t.Parallel()
	c := loaded(t, 2)
	other := openPage()
	other.ID, other.PageID, other.Sees = "2", "2", false
	mine := c.w.pageList()[0]
	apply(c.in, inbox.PagesListed{Pages: []model.Page{other, mine}})
	ids := func() []model.PageID {
		var list []model.PageID
		for _, p := range c.in.Pages() {
			list = append(list, p.ID)
		}
		return list
	}
	if got := ids(); !slices.Equal(got, []model.PageID{"2", "1"}) {
		t.Errorf("pages %v", got)
	}
	if p, _ := c.in.Page("2"); p != other.Public() {
		t.Errorf("hidden page: %+v", p)
	}
	apply(c.in, inbox.PagesListed{Pages: nil}) // what is held stays: the stream is the authority
	if got := ids(); !slices.Equal(got, []model.PageID{"1"}) || c.in.View(inbox.Query{}).Len() != 2 {
		t.Errorf("pages %v", got)
	}
	mine.Sees = false
	apply(c.in, inbox.PagesListed{Pages: []model.Page{mine}})
	if c.in.View(inbox.Query{}).Len() != 0 || c.in.Complete("1") {
		t.Error("the hub says that the user does not see it")
	}
}

func TestInboxNotices(t *testing.T) {
	t.Parallel()
	c := loaded(t, 0)
	var list []model.Notice
	for i := range 150 {
		list = append(list, model.Notice{
			ID: fmt.Sprintf("n%03d", i), PageID: "1", Seq: int64(i + 1), CreatedAt: noon.Add(time.Duration(i) * time.Hour),
		})
	}
	apply(c.in, noticed(list...))
	got := c.in.Notices()
	if len(got) != 100 || got[0].ID != "n149" || got[99].ID != "n050" {
		t.Errorf("%d notices, from %s to %s", len(got), got[0].ID, got[len(got)-1].ID)
	}
	newer, older := list[149], list[149]
	newer.Seq, newer.Event = 900, "changed"
	older.Seq, older.Event = 1, "late"
	if !apply(c.in, noticed(newer, older)).Notices || c.in.Notices()[0].Event != "changed" {
		t.Errorf("got %+v", c.in.Notices()[0])
	}
}

func TestInboxChangesNameMany(t *testing.T) {
	t.Parallel()
	c := loaded(t, 100)
	changes := c.in.Advance(c.w.now.Add(48 * time.Hour)) // every window closes
	if !changes.Many || !changes.Lists || len(changes.Conversations) > 64 {
		t.Errorf("%d named, many %v", len(changes.Conversations), changes.Many)
	}
	if changes := c.in.Advance(c.w.now.Add(49 * time.Hour)); changes.Any() {
		t.Errorf("nothing is left to change: %+v", changes)
	}
}

// FuzzInboxApply: whatever a frame holds, it is taken over or refused as unreadable.
func FuzzInboxApply(f *testing.F) {
	f.Add("conversation", []byte(encode(realistic(5))))
	f.Add("conversation", []byte(`{"id":"1_7","seq":9,"updated_at":"0001-01-01T00:00:00Z","last_message":{},"unread":-1}`))
	f.Add("message", []byte(`{"id":"1_m","conversation_id":"1_7","seq":9}`))
	f.Add("page", []byte(encode(openPage())))
	f.Add("notice", []byte(`{"id":"n","page_id":"1"}`))
	f.Add("removed", []byte(`{"id":"1_7"}`))
	f.Fuzz(func(t *testing.T, kind string, object []byte) {
		w := newWorld(1)
		in := w.fresh()
		in.Open("1_7")
		for i := range int64(2) {
			if _, err := in.Apply(changed(model.Batch{Page: "1", From: i, To: i + 1, Events: []model.Change{
				{Seq: i + 1, Kind: model.ChangeKind(kind), Object: object},
			}})); err != nil && !errors.Is(err, inbox.ErrUnreadable) {
				t.Fatal(err)
			}
			for _, q := range boards {
				for j := range in.View(q).Len() {
					in.View(q).At(j)
				}
			}
		}
	})
}

func TestInboxSetUser(t *testing.T) {
	t.Parallel()
	c := loaded(t, 2)
	renamed := me
	renamed.Name = "Mio T."
	if !apply(c.in, welcomed(c.in, renamed)).Any() || c.in.User() != renamed || c.in.View(inbox.Query{}).Len() != 2 {
		t.Error("a new name drops nothing")
	}
	if apply(c.in, welcomed(c.in, model.User{})).Any() || c.in.User() != renamed {
		t.Error("nobody is no user")
	}
	other := model.User{ID: "u2"}
	if !apply(c.in, welcomed(c.in, other)).Any() || c.in.View(inbox.Query{}).Len() > 0 || len(c.in.Pages()) > 0 || !c.in.Next().IsZero() {
		t.Error("another user sees what the one before held")
	}
	if holds(reflect.ValueOf(c.in), mark("1")) {
		t.Error("another user's Inbox holds what the one before saw")
	}
}

// TestInboxForgetsOldRemovals: a client that runs for months does not keep every
// removal; those that an answer under way could contradict, it does.
func TestInboxForgetsOldRemovals(t *testing.T) {
	t.Parallel()
	c := loaded(t, 1)
	at, _ := c.in.Position("1")
	b := model.Batch{Page: "1", From: at.Seq, To: at.Seq + 3*model.ReloadBeyond}
	id := func(seq int64) model.ConversationID { return model.ConversationID(fmt.Sprintf("1_%d", seq)) }
	for seq := b.From + 1; seq <= b.To; seq++ {
		b.Events = append(b.Events, model.Change{
			Seq: seq, Kind: model.ChangeRemoved, Object: encode(model.Removed{ID: string(id(seq))}),
		})
	}
	if _, err := c.in.Apply(changed(b)); err != nil {
		t.Fatal(err)
	}
	for seq, back := range map[int64]bool{b.From + 1: true, b.To - model.ReloadBeyond + 1: false, b.To: false} {
		c.in.Put(model.Conversation{ID: id(seq), Seq: seq - 1})
		if _, ok := c.in.Conversation(id(seq)); ok != back {
			t.Errorf("removed at %d of %d: back %v", seq, b.To, ok)
		}
	}
}

// TestInboxTiesAcrossPages: equal times go by id as a whole, as in the hub's lists.
func TestInboxTiesAcrossPages(t *testing.T) {
	t.Parallel()
	pages := []model.PageID{"1", "12", "1~2", "2", "13"}
	in := inbox.NewInbox(me)
	in.Advance(noon)
	var want []model.ConversationID
	for _, page := range pages {
		apply(in, reloading(page))
		for _, psid := range []model.PSID{"7", "70", "8"} {
			id := model.NewConversationID(page, psid)
			want = append(want, id)
			if _, err := in.Apply(listed(page, []model.Conversation{{ID: id, UpdatedAt: noon}}, model.Position{})); err != nil {
				t.Fatal(err)
			}
		}
	}
	slices.Sort(want)
	slices.Reverse(want)
	var got []model.ConversationID
	for _, r := range rows(in.View(inbox.Query{})) {
		got = append(got, r.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// TestInboxReloadMoved: what moved between two lists is in neither; it stays until
// the changes up to the newest list are applied.
func TestInboxReloadMoved(t *testing.T) {
	t.Parallel()
	c := loaded(t, 3)
	p := c.w.pages["1"]
	all, _ := p.list(nil, 10)
	apply(c.in, reloading("1"))
	first := p.position()
	if _, err := c.in.Apply(listed("1", all[:1], first)); err != nil {
		t.Fatal(err)
	}
	apply(c.in, inbox.PagesListed{Pages: c.w.pageList()})
	c.w.message(p, 1, model.In, "up to the top")
	if _, err := c.in.Apply(listed("1", all[2:], p.position())); err != nil {
		t.Fatal(err)
	}
	if _, err := c.in.Apply(complete("1")); err != nil || c.in.Complete("1") || c.in.View(inbox.Query{}).Len() != 3 {
		t.Errorf("complete %v, %d held, %v", c.in.Complete("1"), c.in.View(inbox.Query{}).Len(), err)
	}
	if _, err := c.in.Apply(changed(p.batch(first.Seq, p.head))); err != nil || !c.in.Complete("1") {
		t.Errorf("complete %v, %v", c.in.Complete("1"), err)
	}
	for i, row := range rows(c.in.View(inbox.Query{})) {
		if row.Stale || i == 0 && row.ID != all[1].ID {
			t.Errorf("row %d is %s, stale %v", i, row.ID, row.Stale)
		}
	}
}

// TestInboxPageOfAnotherEpoch: a page object read before the first list may count by
// another store's seq; the next replaces it.
func TestInboxPageOfAnotherEpoch(t *testing.T) {
	t.Parallel()
	in := inbox.NewInbox(me)
	before, after := openPage(), openPage()
	before.Seq, after.Seq, after.MessagesOff = 900, 3, true
	apply(in, inbox.PagesListed{Pages: []model.Page{before}})
	apply(in, reloading("1"))
	if _, err := in.Apply(listed("1", nil, model.Position{Epoch: "e1.0", Seq: 5})); err != nil {
		t.Fatal(err)
	}
	apply(in, inbox.PagesListed{Pages: []model.Page{after}})
	if p, _ := in.Page("1"); !p.MessagesOff {
		t.Error("the page object of another store stayed")
	}
	apply(in, inbox.PagesListed{Pages: []model.Page{{ID: "1", Sees: true, Visibility: model.Shared, Seq: 2}}})
	if p, _ := in.Page("1"); !p.MessagesOff {
		t.Error("an older page object was taken")
	}
}
