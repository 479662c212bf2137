package hub_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub/pages"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
)

// fakeInbox is the Page's inbox on Facebook: threads most lately updated first, the 20
// newest messages of each, cursors that name a place.
type fakeInbox struct {
	mu      sync.Mutex
	threads map[model.PSID][]model.PastMessage // oldest first
	// calls are when it was asked, and for what.
	calls  []time.Time
	counts int
	errs   []error // for the next calls
	// onCall is called as each call comes, after it was counted.
	onCall func(n int)
}

func newFakeInbox() *fakeInbox { return &fakeInbox{threads: map[model.PSID][]model.PastMessage{}} }

// said adds a message to a thread.
func (f *fakeInbox) said(customer model.PSID, m model.PastMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m.CreatedAt = m.CreatedAt.Truncate(time.Second)
	f.threads[customer] = append(f.threads[customer], m)
}

func (f *fakeInbox) wrote(customer model.PSID, mid model.MID, text string, at time.Time) {
	f.said(customer, model.PastMessage{MID: mid, Text: model.Untrusted(text), CreatedAt: at})
}

func (f *fakeInbox) enter() error {
	f.mu.Lock()
	f.calls = append(f.calls, time.Now())
	n, on := len(f.calls), f.onCall
	var err error
	if len(f.errs) > 0 {
		err, f.errs = f.errs[0], f.errs[1:]
	}
	f.mu.Unlock()
	if on != nil {
		on(n)
	}
	return err
}

func (f *fakeInbox) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.calls)
}

type place struct {
	at       int64
	customer model.PSID
}

func (f *fakeInbox) places(after string) []place {
	var all []place
	for c, ms := range f.threads {
		all = append(all, place{ms[len(ms)-1].CreatedAt.Unix(), c})
	}
	slices.SortFunc(all, func(a, b place) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.customer, b.customer)) })
	if after == "" {
		return all
	}
	var behind place
	_, _ = fmt.Sscanf(after, "%d/%s", &behind.at, &behind.customer)
	return slices.DeleteFunc(all, func(p place) bool {
		return p.at > behind.at || p.at == behind.at && p.customer <= behind.customer
	})
}

func cursorOf(list []place, limit int) ([]place, string) {
	if len(list) <= limit {
		return list, ""
	}
	last := list[limit-1]
	return list[:limit], fmt.Sprintf("%d/%s", last.at, last.customer)
}

func (f *fakeInbox) Threads(ctx context.Context, _ string, _ model.MetaPageID, after string, limit int) (model.PastThreads, error) {
	sleep(500 * time.Millisecond) // the limiter's turn
	if err := cmp.Or(f.enter(), ctx.Err()); err != nil {
		return model.PastThreads{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	list, next := cursorOf(f.places(after), limit)
	out := model.PastThreads{Next: next}
	for _, p := range list {
		ms := f.threads[p.customer]
		t := model.PastThread{ID: "t_" + string(p.customer), Customer: p.customer, Name: "Customer " + model.Untrusted(p.customer), UpdatedAt: time.Unix(p.at, 0)}
		t.Messages = slices.Clone(ms[max(0, len(ms)-20):])
		slices.Reverse(t.Messages)
		out.Threads = append(out.Threads, t)
	}
	return out, nil
}

func (f *fakeInbox) CountThreads(context.Context, string, model.MetaPageID, string) (int, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts++
	return len(f.threads), "", nil
}

// inPastWorld runs a test in a bubble, on a Page with a past that is not yet connected.
func inPastWorld(t *testing.T, f func(t *testing.T, w *world, past *fakeInbox)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		past := newFakeInbox()
		w := newWorld(t)
		w.stop()
		w.inbox = past
		w.start()
		f(t, w, past)
	})
}

// threads adds so many threads of two messages each, the newest an hour ago.
func (f *fakeInbox) fill(n int) {
	for i := range n {
		c := model.PSID(strconv.Itoa(5000 + i))
		at := now().Add(-time.Duration(i+1) * time.Hour)
		f.wrote(c, model.MID("m_q_"+c), "a question", at.Add(-time.Minute))
		f.said(c, model.PastMessage{MID: model.MID("m_a_" + c), FromPage: true, Text: "an answer", CreatedAt: at})
	}
}

// imported waits until the Page's import is over.
func (w *world) imported() model.Import {
	w.Helper()
	for range 600 {
		w.pass(time.Second)
		if i, err := w.hub.ImportStatus(w.ctx, w.ann, page); err == nil && !i.State.Active() {
			return i
		}
	}
	w.Fatalf("the import does not end")
	return model.Import{}
}

func (w *world) allConversations() []model.Conversation {
	w.Helper()
	l, err := w.hub.Conversations(w.ctx, w.ann, view.ListQuery{Filter: store.FilterAll, Limit: 1000})
	w.must(err)
	all := make([]model.Conversation, 0, len(l.Conversations))
	for _, c := range l.Conversations {
		all = append(all, c.Conversation)
	}
	return all
}

// whole expects every readable message of every thread once, in the order of writing.
func (w *world) whole(past *fakeInbox) {
	w.Helper()
	for c, ms := range past.threads {
		var got, want []model.MID
		for _, m := range w.messages(c) {
			got = append(got, m.MID)
		}
		for _, m := range ms[max(0, len(ms)-20):] {
			want = append(want, m.MID)
		}
		if !slices.Equal(got, want) {
			w.Fatalf("thread of %s: got %v, want %v", c, got, want)
		}
	}
	if n := len(w.allConversations()); n != len(past.threads) {
		w.Fatalf("%d conversations, want %d", n, len(past.threads))
	}
}

func TestImportBringsThePastIn(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		past.fill(60)
		for i := range 30 { // only the 20 newest can be read
			past.wrote(hanako, model.MID(fmt.Sprintf("m_long_%02d", i)), "line", ago(30*time.Hour-time.Duration(i)*time.Second))
		}
		w.connect(w.ann, model.Private)
		i := w.imported()
		if i.State != model.ImportDone || i.Threads != 61 || i.Total != 61 || i.Messages != 140 {
			t.Errorf("at the end: %+v", i)
		}
		w.whole(past)
		for _, c := range w.allConversations() {
			if c.Unread != 0 || c.Customer.Name == "" {
				t.Errorf("%s: %d unread, name %q", c.ID, c.Unread, c.Customer.Name)
			}
		}
		if past.asked() > 5 {
			t.Errorf("%d calls for 61 threads", past.asked())
		}
		head := w.head()
		if _, err := w.hub.BeginImport(w.ctx, w.ann, page); err != nil {
			t.Fatal(err)
		}
		w.imported()
		w.whole(past)
		for _, row := range w.changes(head) {
			if row.Kind == store.KindMessage {
				t.Errorf("a second import stores a message again: %+v", row)
			}
		}
	})
}

func TestImportIsTakenUpAfterARestart(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		past.fill(130)
		w.connect(w.ann, model.Private)
		for past.asked() < 3 {
			w.pass(100 * time.Millisecond)
		}
		w.restart()
		if i := w.imported(); i.State != model.ImportDone || i.Threads != 130 || i.Messages != 260 {
			t.Errorf("at the end: %+v", i)
		}
		w.whole(past)
	})
}

// A thread that a customer writes in meanwhile moves to where the import was already.
func TestImportMissesNoThreadThatMoves(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		past.fill(60)
		last := model.PSID("5059")
		past.onCall = func(n int) {
			if n == 2 {
				past.wrote(last, "m_new", "still there?", now())
			}
		}
		w.connect(w.ann, model.Private)
		w.imported()
		w.whole(past)
		if c := w.conversation(last); c.Unread != 1 {
			t.Errorf("what was written meanwhile: %d unread", c.Unread)
		}
	})
}

func TestAGapIsFilled(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		past.fill(60)
		w.connect(w.ann, model.Private)
		w.imported()
		w.receive(wrote(hanako, "m_before", "before", now()))
		past.wrote(hanako, "m_before", "before", now())
		w.stop()
		calls := past.asked()
		w.pass(3 * time.Hour)
		past.wrote(hanako, "m_missed_1", "one", now())
		past.said(hanako, model.PastMessage{MID: "m_missed_2", FromPage: true, Text: "two", CreatedAt: now()})
		past.wrote(hanako, "m_missed_3", "three", now())
		past.wrote("5040", "m_missed_4", "four", now())
		w.start()
		// A webhook comes before anything was read: it does not hide the gap.
		w.receive(wrote(ken, "m_ken", "hello", now()))
		past.wrote(ken, "m_ken", "hello", now())
		w.pass(10 * time.Second)
		w.whole(past)
		if c := w.conversation(hanako); c.Unread != 3 || c.Status != model.Open || c.WindowUntil == nil || c.WindowUntil.Before(now()) {
			t.Errorf("after the gap: %+v", c)
		}
		if n := past.asked() - calls; n != 1 {
			t.Errorf("%d calls for a gap of three threads", n)
		}
	})
}

// A subscription that was lost is repaired: what was missed meanwhile is read.
func TestARepairFillsTheGap(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		past.fill(60)
		w.connect(w.ann, model.Private)
		w.imported()
		w.receive(wrote(hanako, "m_before", "before", now()))
		past.wrote(hanako, "m_before", "before", now())
		w.pass(2 * time.Hour)
		for i := range 40 { // more than one call tells of
			c := model.PSID(fmt.Sprintf("90%02d", i))
			past.wrote(c, model.MID("m_missed_"+c), "anybody there?", now())
			w.pass(time.Second)
		}
		w.connect(w.ann, "")
		w.pass(20 * time.Second)
		w.whole(past)
		if c := w.conversation("9000"); c.Unread != 1 {
			t.Errorf("what was missed: %d unread", c.Unread)
		}
		if i, err := w.hub.ImportStatus(w.ctx, w.ann, page); err != nil || i.Kind != model.ImportGap || i.State != model.ImportDone {
			t.Errorf("the gap is told as %+v %v", i, err)
		}
	})
}

// A webhook's millisecond takes the place of an import's second, whichever came first.
func TestAWebhookKnowsBetter(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		at := now().Add(-time.Hour).Truncate(time.Second)
		first, second, third := at.Add(600*time.Millisecond), at.Add(700*time.Millisecond), at.Add(800*time.Millisecond)
		w.connect(w.ann, model.Private)
		w.imported()
		w.receive(wrote(hanako, "m_1", "first", first))
		past.wrote(hanako, "m_1", "first", first)
		past.wrote(hanako, "m_2", "second", second)
		past.wrote(hanako, "m_3", "third", third)
		if _, err := w.hub.BeginImport(w.ctx, w.ann, page); err != nil {
			t.Fatal(err)
		}
		w.imported()
		w.whole(past)
		w.must(w.hub.MarkRead(w.ctx, w.ann, conversationWith(hanako), w.messages(hanako)[2].ID))
		w.receive(wrote(hanako, "m_3", "third", third), wrote(hanako, "m_2", "second", second))
		w.whole(past)
		ms := w.messages(hanako)
		if !ms[1].SentAt.Equal(second) || !ms[2].SentAt.Equal(third) {
			t.Errorf("times %v %v", ms[1].SentAt, ms[2].SentAt)
		}
		if c := w.conversation(hanako); c.Unread != 0 {
			t.Errorf("%d unread of what was read", c.Unread)
		}
	})
}

func TestWhatWasDeletedDoesNotComeBackByImport(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		past.fill(2)
		w.connect(w.ann, model.Private)
		w.imported()
		w.must(w.store.Write(w.ctx, page, func(tx store.PageTx) error {
			return tx.DeleteConversation(conversationWith("5000"), now().Add(-time.Hour))
		}))
		past.wrote("5000", "m_later", "a new matter", now())
		if _, err := w.hub.BeginImport(w.ctx, w.ann, page); err != nil {
			t.Fatal(err)
		}
		w.imported()
		if got := w.textsOf("5000"); !slices.Equal(got, []string{"a new matter"}) {
			t.Errorf("after the deletion: %q", got)
		}
	})
}

func TestImportIsCancelledAndTakenUp(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		past.fill(130)
		w.connect(w.ann, model.Shared)
		for past.asked() < 2 {
			w.pass(100 * time.Millisecond)
		}
		_, err := w.hub.CancelImport(w.ctx, w.cat, page)
		w.refused(err, model.NotAdmin)
		if i, err := w.hub.CancelImport(w.ctx, w.ben, page); err != nil || i.State != model.ImportCancelled {
			t.Fatalf("cancelled: %+v %v", i, err)
		}
		w.pass(time.Minute)
		asked := past.asked()
		if w.pass(time.Minute); past.asked() != asked || asked > 3 {
			t.Errorf("%d calls, then %d", asked, past.asked())
		}
		if _, err := w.hub.BeginImport(w.ctx, w.ann, page); err != nil {
			t.Fatal(err)
		}
		if i := w.imported(); i.State != model.ImportDone || i.Threads != 130 {
			t.Errorf("at the end: %+v", i)
		}
		w.whole(past)
	})
}

func TestImportBearsTrouble(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		past.fill(60)
		past.errs = []error{
			&model.CallError{Kind: model.CallLimited, RetryAfter: 5 * time.Minute, Code: model.RateLimited, Cause: errGraphDown},
			errGraphDown, errGraphDown,
		}
		w.connect(w.ann, model.Private)
		w.pass(10 * time.Second)
		if i, err := w.hub.ImportStatus(w.ctx, w.ann, page); err != nil || i.State != model.ImportWaiting || i.Code != model.RateLimited || i.RetryAt == nil {
			t.Errorf("told to wait: %+v %v", i, err)
		}
		if w.pass(4 * time.Minute); past.asked() != 1 {
			t.Errorf("asked %d times within Facebook's wait", past.asked())
		}
		w.imported()
		w.whole(past)

		past.errs = []error{&model.CallError{Kind: model.CallRefused, Code: model.PageDisconnected, Cause: errGraphDown}}
		if _, err := w.hub.BeginImport(w.ctx, w.ann, page); err != nil {
			t.Fatal(err)
		}
		if i := w.imported(); i.State != model.ImportFailed || i.Code != model.PageDisconnected {
			t.Errorf("with a token that is refused: %+v", i)
		}
		w.connect(w.ann, model.Private) // a repair
		if i := w.imported(); i.State != model.ImportDone {
			t.Errorf("after the repair: %+v", i)
		}
	})
}

// A reply whose outcome is not known is found by the import, and does not show twice.
func TestImportFindsAReplyOfUnknownOutcome(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		w.connect(w.ann, model.Private)
		w.imported()
		w.receive(wrote(hanako, "m_1", "hello", now()))
		past.wrote(hanako, "m_1", "hello", now())
		w.graph.plays(staysSilent())
		id := w.reply(hanako, "our answer")
		w.pass(time.Second)
		past.said(hanako, model.PastMessage{MID: "m_2", FromPage: true, Text: "our answer", CreatedAt: now()})
		if _, err := w.hub.BeginImport(w.ctx, w.ann, page); err != nil {
			t.Fatal(err)
		}
		w.imported()
		w.whole(past)
		if got := w.messages(hanako)[1]; got.ID != id || got.State != model.Sent {
			t.Errorf("the reply: %+v", got)
		}
	})
}

// What somebody else did with the Page here stands in its inbox on Facebook: another
// installation does not show it by itself, nor by filling a gap.
func TestAnotherInstallationDoesNotReadThePast(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		past.wrote(hanako, "m_old", "to ann alone", ago(time.Hour))
		w.connect(w.ann, model.Private)
		w.imported()
		_, err := w.hub.Uninstall(w.ctx, w.ann, page)
		w.must(err)
		w.pass(time.Minute)
		_, _, err = w.hub.ConnectPage(w.ctx, w.ben, pages.Connection{Page: metaPage, Token: "token"})
		w.must(err)
		w.pass(time.Minute)
		w.receive(wrote(hanako, "m_new", "to ben", now()))
		past.wrote(hanako, "m_new", "to ben", now())
		w.pass(time.Hour)
		past.wrote(hanako, "m_missed", "while the hub was down", now())
		w.restart()
		w.pass(time.Minute)
		ms, _, _, err := w.hub.Messages(w.ctx, w.ben, model.NewConversationID(page+"~2", hanako), "", 100)
		w.must(err)
		var got []model.MID
		for _, m := range ms {
			got = append(got, m.MID)
		}
		if !slices.Equal(got, []model.MID{"m_new", "m_missed"}) {
			t.Errorf("ben is shown %v", got)
		}
	})
}

func TestImportIsHiddenWithItsPage(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		past.fill(3)
		w.connect(w.ann, model.Private)
		w.imported()
		_, err := w.hub.ImportStatus(w.ctx, w.ben, page)
		w.hidden(err)
		_, err = w.hub.BeginImport(w.ctx, w.ben, page)
		w.hidden(err)
		_, err = w.hub.CancelImport(w.ctx, w.ben, page)
		w.hidden(err)
	})
}

var _ pages.Inbox = (*fakeInbox)(nil)
