package pages_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
)

// imported waits until the Page's import is over.
func imported(w *hubtest.World) model.Import {
	w.Helper()
	for range 600 {
		w.Pass(time.Second)
		if i, err := w.Hub.ImportStatus(w.Ctx, w.Ann, page); err == nil && !i.State.Active() {
			return i
		}
	}
	w.Fatalf("the import does not end")
	return model.Import{}
}

func allConversations(w *hubtest.World) []model.Conversation {
	w.Helper()
	l, err := w.Hub.Conversations(w.Ctx, w.Ann, view.ListQuery{Filter: store.FilterAll, Limit: 1000})
	w.Must(err)
	all := make([]model.Conversation, 0, len(l.Conversations))
	for _, c := range l.Conversations {
		all = append(all, c.Conversation)
	}
	return all
}

// whole expects every readable message of every thread once, in the order of writing.
func whole(w *hubtest.World, past *hubtest.PastInbox) {
	w.Helper()
	for c, ms := range past.All() {
		var got, want []model.MID
		for _, m := range w.Messages(c) {
			got = append(got, m.MID)
		}
		for _, m := range ms[max(0, len(ms)-20):] {
			want = append(want, m.MID)
		}
		if !slices.Equal(got, want) {
			w.Fatalf("thread of %s: got %v, want %v", c, got, want)
		}
	}
	if n := len(allConversations(w)); n != len(past.All()) {
		w.Fatalf("%d conversations, want %d", n, len(past.All()))
	}
}

func TestImportBringsThePastIn(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		past.Fill(60)
		for i := range 30 { // only the 20 newest can be read
			past.Writes(hanako, model.MID(fmt.Sprintf("m_long_%02d", i)), "line", hubtest.Ago(30*time.Hour-time.Duration(i)*time.Second))
		}
		w.Connect(w.Ann, model.Private)
		i := imported(w)
		if i.State != model.ImportDone || i.Threads != 61 || i.Total != 61 || i.Messages != 140 {
			t.Errorf("at the end: %+v", i)
		}
		whole(w, past)
		for _, c := range allConversations(w) {
			if c.Unread != 0 || c.Customer.Name == "" {
				t.Errorf("%s: %d unread, name %q", c.ID, c.Unread, c.Customer.Name)
			}
		}
		if past.Asked() > 5 {
			t.Errorf("%d calls for 61 threads", past.Asked())
		}
		head := w.Head()
		if _, err := w.Hub.BeginImport(w.Ctx, w.Ann, page); err != nil {
			t.Fatal(err)
		}
		imported(w)
		whole(w, past)
		for _, row := range w.Changes(head) {
			if row.Kind == store.KindMessage {
				t.Errorf("a second import stores a message again: %+v", row)
			}
		}
	})
}

func TestImportIsTakenUpAfterARestart(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		past.Fill(130)
		w.Connect(w.Ann, model.Private)
		for past.Asked() < 3 {
			w.Pass(100 * time.Millisecond)
		}
		w.Restart()
		if i := imported(w); i.State != model.ImportDone || i.Threads != 130 || i.Messages != 260 {
			t.Errorf("at the end: %+v", i)
		}
		whole(w, past)
	})
}

// A thread that a customer writes in meanwhile moves to where the import was already.
func TestImportMissesNoThreadThatMoves(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		past.Fill(60)
		last := model.PSID("5059")
		past.Heard = func(n int) {
			if n == 2 {
				past.Writes(last, "m_new", "still there?", hubtest.Now())
			}
		}
		w.Connect(w.Ann, model.Private)
		imported(w)
		whole(w, past)
		if c := w.Conversation(last); c.Unread != 1 {
			t.Errorf("what was written meanwhile: %d unread", c.Unread)
		}
	})
}

func TestAGapIsFilled(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		past.Fill(60)
		w.Connect(w.Ann, model.Private)
		imported(w)
		w.Receive(hubtest.Wrote(hanako, "m_before", "before", hubtest.Now()))
		past.Writes(hanako, "m_before", "before", hubtest.Now())
		w.Stop()
		calls := past.Asked()
		w.Pass(3 * time.Hour)
		past.Writes(hanako, "m_missed_1", "one", hubtest.Now())
		past.Says(hanako, model.PastMessage{MID: "m_missed_2", FromPage: true, Text: "two", CreatedAt: hubtest.Now()})
		past.Writes(hanako, "m_missed_3", "three", hubtest.Now())
		past.Writes("5040", "m_missed_4", "four", hubtest.Now())
		w.Start()
		// A webhook comes before anything was read: it does not hide the gap.
		w.Receive(hubtest.Wrote(ken, "m_ken", "hello", hubtest.Now()))
		past.Writes(ken, "m_ken", "hello", hubtest.Now())
		w.Pass(10 * time.Second)
		whole(w, past)
		if c := w.Conversation(hanako); c.Unread != 3 || c.Status != model.Open || c.WindowUntil == nil || c.WindowUntil.Before(hubtest.Now()) {
			t.Errorf("after the gap: %+v", c)
		}
		if n := past.Asked() - calls; n != 1 {
			t.Errorf("%d calls for a gap of three threads", n)
		}
	})
}

// A subscription that was lost is repaired: what was missed meanwhile is read.
func TestARepairFillsTheGap(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		past.Fill(60)
		w.Connect(w.Ann, model.Private)
		imported(w)
		w.Receive(hubtest.Wrote(hanako, "m_before", "before", hubtest.Now()))
		past.Writes(hanako, "m_before", "before", hubtest.Now())
		w.Pass(2 * time.Hour)
		for i := range 40 { // more than one call tells of
			c := model.PSID(fmt.Sprintf("90%02d", i))
			past.Writes(c, model.MID("m_missed_"+c), "anybody there?", hubtest.Now())
			w.Pass(time.Second)
		}
		w.Connect(w.Ann, "")
		w.Pass(20 * time.Second)
		whole(w, past)
		if c := w.Conversation("9000"); c.Unread != 1 {
			t.Errorf("what was missed: %d unread", c.Unread)
		}
		if i, err := w.Hub.ImportStatus(w.Ctx, w.Ann, page); err != nil || i.Kind != model.ImportGap || i.State != model.ImportDone {
			t.Errorf("the gap is told as %+v %v", i, err)
		}
	})
}

// A webhook's millisecond takes the place of an import's second, whichever came first.
func TestAWebhookKnowsBetter(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		at := hubtest.Now().Add(-time.Hour).Truncate(time.Second)
		first, second, third := at.Add(600*time.Millisecond), at.Add(700*time.Millisecond), at.Add(800*time.Millisecond)
		w.Connect(w.Ann, model.Private)
		imported(w)
		w.Receive(hubtest.Wrote(hanako, "m_1", "first", first))
		past.Writes(hanako, "m_1", "first", first)
		past.Writes(hanako, "m_2", "second", second)
		past.Writes(hanako, "m_3", "third", third)
		if _, err := w.Hub.BeginImport(w.Ctx, w.Ann, page); err != nil {
			t.Fatal(err)
		}
		imported(w)
		whole(w, past)
		w.Must(w.Hub.MarkRead(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), w.Messages(hanako)[2].ID))
		w.Receive(hubtest.Wrote(hanako, "m_3", "third", third), hubtest.Wrote(hanako, "m_2", "second", second))
		whole(w, past)
		ms := w.Messages(hanako)
		if !ms[1].SentAt.Equal(second) || !ms[2].SentAt.Equal(third) {
			t.Errorf("times %v %v", ms[1].SentAt, ms[2].SentAt)
		}
		if c := w.Conversation(hanako); c.Unread != 0 {
			t.Errorf("%d unread of what was read", c.Unread)
		}
	})
}

func TestWhatWasDeletedDoesNotComeBackByImport(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		past.Fill(2)
		w.Connect(w.Ann, model.Private)
		imported(w)
		w.Must(w.Store.Write(w.Ctx, page, func(tx store.PageTx) error {
			return tx.DeleteConversation(hubtest.ConversationWith("5000"), hubtest.Now().Add(-time.Hour))
		}))
		past.Writes("5000", "m_later", "a new matter", hubtest.Now())
		if _, err := w.Hub.BeginImport(w.Ctx, w.Ann, page); err != nil {
			t.Fatal(err)
		}
		imported(w)
		if got := w.Texts("5000"); !slices.Equal(got, []string{"a new matter"}) {
			t.Errorf("after the deletion: %q", got)
		}
	})
}

func TestImportIsCancelledAndTakenUp(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		past.Fill(130)
		w.Connect(w.Ann, model.Shared)
		for past.Asked() < 2 {
			w.Pass(100 * time.Millisecond)
		}
		_, err := w.Hub.CancelImport(w.Ctx, w.Cat, page)
		w.WantRefused(err, model.NotAdmin)
		if i, err := w.Hub.CancelImport(w.Ctx, w.Ben, page); err != nil || i.State != model.ImportCancelled {
			t.Fatalf("cancelled: %+v %v", i, err)
		}
		w.Pass(time.Minute)
		asked := past.Asked()
		if w.Pass(time.Minute); past.Asked() != asked || asked > 3 {
			t.Errorf("%d calls, then %d", asked, past.Asked())
		}
		if _, err := w.Hub.BeginImport(w.Ctx, w.Ann, page); err != nil {
			t.Fatal(err)
		}
		if i := imported(w); i.State != model.ImportDone || i.Threads != 130 {
			t.Errorf("at the end: %+v", i)
		}
		whole(w, past)
	})
}

func TestImportBearsTrouble(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		past.Fill(60)
		past.Errs = []error{
			&model.CallError{Kind: model.CallLimited, RetryAfter: 5 * time.Minute, Code: model.RateLimited, Cause: hubtest.ErrGraphDown},
			hubtest.ErrGraphDown, hubtest.ErrGraphDown,
		}
		w.Connect(w.Ann, model.Private)
		w.Pass(10 * time.Second)
		if i, err := w.Hub.ImportStatus(w.Ctx, w.Ann, page); err != nil || i.State != model.ImportWaiting || i.Code != model.RateLimited || i.RetryAt == nil {
			t.Errorf("told to wait: %+v %v", i, err)
		}
		if w.Pass(4 * time.Minute); past.Asked() != 1 {
			t.Errorf("asked %d times within Facebook's wait", past.Asked())
		}
		imported(w)
		whole(w, past)

		past.Errs = []error{&model.CallError{Kind: model.CallRefused, Code: model.PageDisconnected, Cause: hubtest.ErrGraphDown}}
		if _, err := w.Hub.BeginImport(w.Ctx, w.Ann, page); err != nil {
			t.Fatal(err)
		}
		if i := imported(w); i.State != model.ImportFailed || i.Code != model.PageDisconnected {
			t.Errorf("with a token that is refused: %+v", i)
		}
		w.Connect(w.Ann, model.Private) // a repair
		if i := imported(w); i.State != model.ImportDone {
			t.Errorf("after the repair: %+v", i)
		}
	})
}

// A reply whose outcome is not known is found by the import, and does not show twice.
func TestImportFindsAReplyOfUnknownOutcome(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		w.Connect(w.Ann, model.Private)
		imported(w)
		w.Receive(hubtest.Wrote(hanako, "m_1", "hello", hubtest.Now()))
		past.Writes(hanako, "m_1", "hello", hubtest.Now())
		w.Graph.Plays(hubtest.StaysSilent())
		id := w.Reply(hanako, "our answer")
		w.Pass(time.Second)
		past.Says(hanako, model.PastMessage{MID: "m_2", FromPage: true, Text: "our answer", CreatedAt: hubtest.Now()})
		if _, err := w.Hub.BeginImport(w.Ctx, w.Ann, page); err != nil {
			t.Fatal(err)
		}
		imported(w)
		whole(w, past)
		if got := w.Messages(hanako)[1]; got.ID != id || got.State != model.Sent {
			t.Errorf("the reply: %+v", got)
		}
	})
}

// What somebody else did with the Page here stands in its inbox on Facebook: another
// installation does not show it by itself, nor by filling a gap.
func TestAnotherInstallationDoesNotReadThePast(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		past.Writes(hanako, "m_old", "to ann alone", hubtest.Ago(time.Hour))
		w.Connect(w.Ann, model.Private)
		imported(w)
		_, err := w.Hub.Uninstall(w.Ctx, w.Ann, page)
		w.Must(err)
		w.Pass(time.Minute)
		_, _, err = w.Hub.ConnectPage(w.Ctx, w.Ben, pages.Connection{Page: metaPage, Token: "token"})
		w.Must(err)
		w.Pass(time.Minute)
		w.Receive(hubtest.Wrote(hanako, "m_new", "to ben", hubtest.Now()))
		past.Writes(hanako, "m_new", "to ben", hubtest.Now())
		w.Pass(time.Hour)
		past.Writes(hanako, "m_missed", "while the hub was down", hubtest.Now())
		w.Restart()
		w.Pass(time.Minute)
		ms, _, _, err := w.Hub.Messages(w.Ctx, w.Ben, model.NewConversationID(page+"~2", hanako), "", 100)
		w.Must(err)
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
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		past.Fill(3)
		w.Connect(w.Ann, model.Private)
		imported(w)
		_, err := w.Hub.ImportStatus(w.Ctx, w.Ben, page)
		w.WantHidden(err)
		_, err = w.Hub.BeginImport(w.Ctx, w.Ben, page)
		w.WantHidden(err)
		_, err = w.Hub.CancelImport(w.Ctx, w.Ben, page)
		w.WantHidden(err)
	})
}
