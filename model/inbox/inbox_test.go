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

func welcomeTo(epoch string, seq int64, resume string) model.Welcome {
	return model.Welcome{User: me, Pages: map[model.PageID]model.WelcomePage{
		"1": {Epoch: epoch, Seq: seq, Resume: resume},
	}}
}

func TestInboxWelcome(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		welcome func(head int64) model.Welcome
		reload  bool // a reload has to begin
		keeps   bool // what was held is still there
		stale   bool
	}{
		"goes on": {func(h int64) model.Welcome { return welcomeTo("e0.0", h+3, model.ResumeOK) }, false, true, false},
		"has to reload": {
			func(h int64) model.Welcome { return welcomeTo("e0.0", h+9000, model.ResumeReload) }, true, true, true,
		},
		"another epoch": {func(h int64) model.Welcome { return welcomeTo("e1.0", h, model.ResumeReload) }, true, false, false},
		"another epoch, and ok": {
			func(h int64) model.Welcome { return welcomeTo("e1.0", h, model.ResumeOK) }, true, false, false,
		},
		"beyond the head": {func(h int64) model.Welcome { return welcomeTo("e0.0", h-1, model.ResumeOK) }, true, false, false},
		"another stream by the same name": {func(h int64) model.Welcome {
			w := welcomeTo("e0.0", h+3, model.ResumeReload)
			for id, wp := range w.Pages {
				wp.Anew = true
				w.Pages[id] = wp
			}
			return w
		}, true, false, false},
		"not named": {func(int64) model.Welcome { return model.Welcome{User: me} }, false, false, false},
		"another user": {
			func(h int64) model.Welcome {
				w := welcomeTo("e0.0", h, model.ResumeOK)
				w.User = model.User{ID: "u2"}
				return w
			}, true, false, false,
		},
	} {
		c := loaded(t, 3)
		at, _ := c.in.Position("1")
		reload, _ := c.in.Welcome(tt.welcome(at.Seq))
		if got := len(reload) > 0; got != tt.reload || !slices.Equal(reload, c.in.ToReload()) {
			t.Errorf("%s: to reload %v", name, reload)
		}
		row, ok := c.in.View(inbox.Query{}).At(0)
		if ok != tt.keeps || row.Stale != tt.stale {
			t.Errorf("%s: kept %v, stale %v", name, ok, row.Stale)
		}
		if _, named := c.in.Resume()["1"]; named != (tt.keeps && !tt.reload) {
			t.Errorf("%s: resumes %v", name, c.in.Resume())
		}
		if want := tt.keeps && !tt.reload; c.in.Complete("1") != want || c.in.AllComplete() != want && name != "not named" {
			t.Errorf("%s: complete %v", name, c.in.Complete("1"))
		}
	}
}

// TestInboxWithoutPages: complete once the hub has said that there are none, or none to
// see into.
func TestInboxWithoutPages(t *testing.T) {
	t.Parallel()
	in := inbox.NewInbox(me)
	if in.AllComplete() {
		t.Error("complete before anything was said")
	}
	if changes := in.SetPages(nil); !changes.Pages || !in.AllComplete() {
		t.Errorf("no Pages: complete %v, changes %+v", in.AllComplete(), changes)
	}
	if in.SetPages(nil).Any() {
		t.Error("something changed")
	}
	in.SetPages([]model.Page{{ID: "1", PageID: "1", Visibility: model.Private}})
	if !in.AllComplete() {
		t.Error("a Page that is hidden is waited for")
	}
	if in.SetUser(model.User{ID: "another"}); in.AllComplete() {
		t.Error("complete before anything was said to another user")
	}
}

func TestInboxReceipts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		from, to int64 // from the position
		page     model.PageID
		want     inbox.Receipt
	}{
		"the next":            {0, 2, "1", inbox.BatchApplied},
		"again":               {-2, 0, "1", inbox.BatchOld},
		"long past":           {-4, -2, "1", inbox.BatchOld},
		"after a gap":         {1, 2, "1", inbox.BatchHole},
		"overlapping":         {-1, 1, "1", inbox.BatchHole},
		"of an unknown Page":  {0, 2, "9", inbox.BatchUnheld},
		"empty, and the next": {0, 0, "1", inbox.BatchOld},
	} {
		c := loaded(t, 3)
		at, _ := c.in.Position("1")
		got, changes, err := c.in.ApplyBatch(model.Batch{Page: tt.page, From: at.Seq + tt.from, To: at.Seq + tt.to})
		after, _ := c.in.Position("1")
		moved := after.Seq - at.Seq
		if got != tt.want || err != nil || changes.Any() || (moved != 0) != (got == inbox.BatchApplied) {
			t.Errorf("%s: %v, moved by %d, %v, %v", name, got, moved, changes, err)
		}
	}
}

func TestInboxBeforeTheFirstList(t *testing.T) {
	t.Parallel()
	in := inbox.NewInbox(me)
	if in.AllComplete() || len(in.Resume()) > 0 {
		t.Error("an Inbox that knows nothing is not complete")
	}
	in.Welcome(welcomeTo("e0.0", 5, model.ResumeReload))
	in.BeginReload("1")
	if got, _, _ := in.ApplyBatch(model.Batch{Page: "1", From: 5, To: 6}); got != inbox.BatchUnheld {
		t.Errorf("a batch before the first list: %v", got)
	}
	if got := in.Behind(model.Heads{Pages: map[model.PageID]int64{"1": 9}}); len(got) > 0 {
		t.Errorf("behind %v while being reloaded", got)
	}
	if got := in.ToReload(); len(got) > 0 {
		t.Errorf("to reload %v: it has begun", got)
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
		got, _, err := c.in.ApplyBatch(model.Batch{Page: "1", From: at.Seq, To: at.Seq + 1, Events: []model.Change{ev}})
		if got != inbox.BatchUnreadable || !errors.Is(err, inbox.ErrUnreadable) {
			t.Errorf("%s: %v, %v", name, got, err)
			continue
		}
		if want := fmt.Sprintf("apply change %d of page 1: unreadable object", ev.Seq); err.Error() != want {
			t.Errorf("%s: error says %q", name, err)
		}
		if !slices.Equal(c.in.ToReload(), []model.PageID{"1"}) {
			t.Errorf("%s: to reload %v", name, c.in.ToReload())
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
	got, changes, err := c.in.ApplyBatch(model.Batch{Page: "1", From: at.Seq, To: at.Seq + 1, Events: []model.Change{
		{Seq: at.Seq + 1, Kind: "poll", Object: json.RawMessage(`7`)},
	}})
	if got != inbox.BatchApplied || err != nil || changes.Any() {
		t.Errorf("%v %v %v", got, changes, err)
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
	if _, _, err := c.in.ApplyBatch(model.Batch{Page: "1", From: held.Seq, To: held.Seq + 3, Events: []model.Change{removed}}); err != nil {
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
	if _, _, err := c.in.ApplyBatch(model.Batch{Page: "1", From: held.Seq + 3, To: held.Seq + 4, Events: []model.Change{removed}}); err != nil {
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
	c.in.AddNotices([]model.Notice{{ID: "n1", PageID: "1", Seq: id, CreatedAt: noon}})
	conv, _ := c.in.View(inbox.Query{}).At(0)
	c.open(conv.ID)
	reload, changes := c.in.Access(model.Access{Page: "1", Visibility: model.Private})
	if reload || !changes.Any() {
		t.Errorf("reload %v, changes %+v", reload, changes)
	}
	if _, ok := c.in.Thread(conv.ID); ok || c.in.View(inbox.Query{}).Len() > 0 || len(c.in.Notices()) > 0 {
		t.Error("something is still held")
	}
	if got := c.in.Counts(""); got != (inbox.Counts{}) {
		t.Errorf("counts %+v", got)
	}
	p, _ := c.in.Page("1")
	if p != p.Public() || p.Visibility != model.Private {
		t.Errorf("page %+v", p)
	}
	// Answers that were under way change nothing.
	c.in.SetPages([]model.Page{openPage()})
	c.in.Put(conv.Conversation)
	c.in.AddNotices([]model.Notice{{ID: "n1", PageID: "1", Seq: id, CreatedAt: noon}})
	for len(c.answers) > 0 {
		c.answer()
	}
	if o, read := c.in.Open(conv.ID); read || o != (inbox.Opening{}) {
		t.Error("opened a hidden conversation")
	}
	if _, ok := c.in.BeginReload("1"); ok || len(slices.Collect(c.in.Held("1"))) > 0 || len(c.in.Notices()) > 0 {
		t.Error("an answer under way brought something back")
	}
	if p, _ := c.in.Page("1"); p != p.Public() {
		t.Errorf("page %+v", p)
	}
	if got := c.in.Behind(model.Heads{Pages: map[model.PageID]int64{"1": 3}}); !slices.Equal(got, []model.PageID{"1"}) {
		t.Errorf("the hub shows what is hidden here: behind %v", got)
	}
	if reload, _ := c.in.Access(model.Access{Page: "1", Sees: true, Visibility: model.Shared}); !reload {
		t.Error("access, and nothing to reload")
	}
	if !slices.Equal(c.in.ToReload(), []model.PageID{"1"}) {
		t.Errorf("to reload %v", c.in.ToReload())
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
	if _, _, err := c.in.ApplyBatch(batch); err != nil || c.in.View(inbox.Query{}).Len() > 0 {
		t.Errorf("%d held, %v", c.in.View(inbox.Query{}).Len(), err)
	}
}

func TestInboxReload(t *testing.T) {
	t.Parallel()
	c := loaded(t, 3)
	p := c.w.pages["1"]
	all, _ := p.list(nil, 10)
	if r, _ := c.in.BeginReload("1"); r.Page != "1" {
		t.Fatal("no reload")
	}
	old, _ := c.in.BeginReload("1")
	r, _ := c.in.BeginReload("1")
	if _, err := c.in.AddList(old, all, p.position()); !errors.Is(err, inbox.ErrReloadOver) {
		t.Errorf("a list of the reload before: %v", err)
	}
	if _, err := c.in.EndReload(r); !errors.Is(err, inbox.ErrReloadOver) {
		t.Errorf("ended without a list: %v", err)
	}
	if _, err := c.in.AddList(r, []model.Conversation{{ID: "2_7"}}, p.position()); !errors.Is(err, inbox.ErrUnreadable) {
		t.Errorf("a list with another Page's: %v", err)
	}
	first := p.position()
	if _, err := c.in.AddList(r, all[:1], first); err != nil {
		t.Fatal(err)
	}
	for i, stale := range []bool{false, true, true} {
		if row, _ := c.in.View(inbox.Query{}).At(i); row.Stale != stale {
			t.Errorf("row %d: stale %v", i, row.Stale)
		}
	}
	// Meanwhile the second is removed, and the last list was read after that.
	p.removeConversation(all[1].ID)
	if _, err := c.in.AddList(r, all[2:], p.position()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.in.EndReload(r); err != nil || c.in.Complete("1") {
		t.Errorf("complete %v before the position has reached the lists, %v", c.in.Complete("1"), err)
	}
	if _, _, err := c.in.ApplyBatch(p.batch(first.Seq, p.head)); err != nil || c.in.Complete("1") {
		t.Errorf("complete %v without the page object, %v", c.in.Complete("1"), err)
	}
	c.in.SetPages(c.w.pageList())
	if !c.in.Complete("1") || c.in.View(inbox.Query{}).Len() != 2 {
		t.Errorf("complete %v, %d held", c.in.Complete("1"), c.in.View(inbox.Query{}).Len())
	}
}

func TestInboxReloadAgain(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]model.Position{
		"another epoch":        {Epoch: "e1.0", Seq: 9},
		"older than the first": positionAt(1),
	} {
		c := loaded(t, 2)
		r, _ := c.in.BeginReload("1")
		if _, err := c.in.AddList(r, nil, c.w.pages["1"].position()); err != nil {
			t.Fatal(err)
		}
		if _, err := c.in.AddList(r, nil, second); !errors.Is(err, inbox.ErrReloadAgain) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := c.in.AddList(r, nil, c.w.pages["1"].position()); !errors.Is(err, inbox.ErrReloadOver) {
			t.Errorf("%s, and another list: %v", name, err)
		}
		if !slices.Equal(c.in.ToReload(), []model.PageID{"1"}) || c.in.View(inbox.Query{}).Len() != 2 {
			t.Errorf("%s: to reload %v", name, c.in.ToReload())
		}
	}
}

func TestInboxBehind(t *testing.T) {
	t.Parallel()
	c := loaded(t, 1)
	at, _ := c.in.Position("1")
	for head, want := range map[int64]int{at.Seq - 1: 0, at.Seq: 0, at.Seq + 1: 1} {
		if got := c.in.Behind(model.Heads{Pages: map[model.PageID]int64{"1": head}}); len(got) != want {
			t.Errorf("head %d at %d: %v", head, at.Seq, got)
		}
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
		in.Welcome(model.Welcome{Pages: map[model.PageID]model.WelcomePage{c.PageID: {}}})
		r, _ := in.BeginReload(c.PageID)
		if _, err := in.AddList(r, []model.Conversation{copied(c)}, model.Position{}); err != nil {
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
	c.in.SetPages([]model.Page{other, mine})
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
	c.in.SetPages(nil) // what is held stays: the stream is the authority
	if got := ids(); !slices.Equal(got, []model.PageID{"1"}) || c.in.View(inbox.Query{}).Len() != 2 {
		t.Errorf("pages %v", got)
	}
	mine.Sees = false
	c.in.SetPages([]model.Page{mine})
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
	c.in.AddNotices(list)
	got := c.in.Notices()
	if len(got) != 100 || got[0].ID != "n149" || got[99].ID != "n050" {
		t.Errorf("%d notices, from %s to %s", len(got), got[0].ID, got[len(got)-1].ID)
	}
	newer, older := list[149], list[149]
	newer.Seq, newer.Event = 900, "changed"
	older.Seq, older.Event = 1, "late"
	if !c.in.AddNotices([]model.Notice{newer, older}).Notices || c.in.Notices()[0].Event != "changed" {
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
			r, _, err := in.ApplyBatch(model.Batch{Page: "1", From: i, To: i + 1, Events: []model.Change{
				{Seq: i + 1, Kind: model.ChangeKind(kind), Object: object},
			}})
			if (r == inbox.BatchUnreadable) != errors.Is(err, inbox.ErrUnreadable) {
				t.Fatalf("%v, %v", r, err)
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
	if !c.in.SetUser(renamed).Any() || c.in.User() != renamed || c.in.View(inbox.Query{}).Len() != 2 {
		t.Error("a new name drops nothing")
	}
	if c.in.SetUser(model.User{}).Any() || c.in.User() != renamed {
		t.Error("nobody is no user")
	}
	other := model.User{ID: "u2"}
	if !c.in.SetUser(other).Any() || c.in.View(inbox.Query{}).Len() > 0 || len(c.in.Pages()) > 0 || !c.in.Next().IsZero() {
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
	if _, _, err := c.in.ApplyBatch(b); err != nil {
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
	w := model.Welcome{Pages: map[model.PageID]model.WelcomePage{}}
	for _, id := range pages {
		w.Pages[id] = model.WelcomePage{}
	}
	in.Welcome(w)
	var want []model.ConversationID
	for _, page := range pages {
		r, _ := in.BeginReload(page)
		for _, psid := range []model.PSID{"7", "70", "8"} {
			id := model.NewConversationID(page, psid)
			want = append(want, id)
			if _, err := in.AddList(r, []model.Conversation{{ID: id, UpdatedAt: noon}}, model.Position{}); err != nil {
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
	r, _ := c.in.BeginReload("1")
	first := p.position()
	if _, err := c.in.AddList(r, all[:1], first); err != nil {
		t.Fatal(err)
	}
	c.in.SetPages(c.w.pageList())
	c.w.message(p, 1, model.In, "up to the top")
	if _, err := c.in.AddList(r, all[2:], p.position()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.in.EndReload(r); err != nil || c.in.Complete("1") || c.in.View(inbox.Query{}).Len() != 3 {
		t.Errorf("complete %v, %d held, %v", c.in.Complete("1"), c.in.View(inbox.Query{}).Len(), err)
	}
	if _, _, err := c.in.ApplyBatch(p.batch(first.Seq, p.head)); err != nil || !c.in.Complete("1") {
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
	in.SetPages([]model.Page{before})
	in.Welcome(welcomeTo("e1.0", 5, model.ResumeReload))
	r, _ := in.BeginReload("1")
	if _, err := in.AddList(r, nil, model.Position{Epoch: "e1.0", Seq: 5}); err != nil {
		t.Fatal(err)
	}
	in.SetPages([]model.Page{after})
	if p, _ := in.Page("1"); !p.MessagesOff {
		t.Error("the page object of another store stayed")
	}
	in.SetPages([]model.Page{{ID: "1", Sees: true, Visibility: model.Shared, Seq: 2}})
	if p, _ := in.Page("1"); !p.MessagesOff {
		t.Error("an older page object was taken")
	}
}
