package apitest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// NewWithPage starts a server with a Page of ann, and a customer who just wrote.
func NewWithPage(t testing.TB, v model.Visibility, options ...Option) *World {
	t.Helper()
	w := New(t, options...)
	w.Connect(w.Ann, MetaPage, v)
	w.CustomerWrites(MetaPage, Hanako, "m_in_1", "hello", time.Now())
	return w
}

// Three Pages: ann's private one, ann's shared one, ben's private one.
const (
	AnnPrivate = model.MetaPageID("100")
	AnnShared  = model.MetaPageID("200")
	BenPrivate = model.MetaPageID("300")
)

// NewWithThreePages starts a server with a conversation in each of three Pages.
func NewWithThreePages(t testing.TB) *World {
	t.Helper()
	w := New(t)
	w.Connect(w.Ann, AnnPrivate, model.Private)
	w.Connect(w.Ann, AnnShared, model.Shared)
	w.Connect(w.Ben, BenPrivate, model.Private)
	for i, id := range []model.MetaPageID{AnnPrivate, AnnShared, BenPrivate} {
		w.CustomerWrites(id, Hanako, "m_"+string(id), "hello", time.Now().Add(time.Duration(i-10)*time.Minute))
		w.Deliver(id, "messaging", Policy(id, "warning", "be nice", time.Now()))
	}
	return w
}

// A Page whose name can't be found by chance in what is sent.
const (
	Flipped     = model.PageID("424242424242")
	FlippedMeta = model.MetaPageID("424242424242")
)

// NewWithFlipped starts a hub with a shared Page of ann and a customer of it.
func NewWithFlipped(t testing.TB, options ...Option) *World {
	t.Helper()
	w := New(t, append([]Option{WithTiming(Quick)}, options...)...)
	w.Connect(w.Ann, FlippedMeta, model.Shared)
	w.CustomerWrites(FlippedMeta, Hanako, "m_first", "hello", time.Now())
	w.RunUntilQuiet()
	return w
}

// KeepWriting has a customer of the Page write in two places at once, with that pause after
// each message, until stop is called.
func (w *World) KeepWriting(id model.MetaPageID, customer model.PSID, pause time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.Context()))
	var writing sync.WaitGroup
	for n := range 2 {
		writing.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				mid := fmt.Sprintf("m_busy_%d_%d", n, i)
				err := w.Hub.Receive(ctx, []model.PageEntry{{Page: id, Events: []model.Inbound{{
					Key: "mid:" + mid, Raw: []byte("{}"), Name: "message", Customer: customer, At: time.Now(),
					Event: model.CustomerMessage{MID: model.MID(mid), Text: model.Untrusted("quince " + mid)},
				}}}})
				if err != nil && ctx.Err() == nil {
					w.Errorf("receive: %v", err)
				}
				if pause > 0 {
					select {
					case <-ctx.Done():
					case <-time.After(pause):
					}
				}
			}
		})
	}
	stop = sync.OnceFunc(func() {
		cancel()
		writing.Wait()
	})
	w.Cleanup(stop)
	return stop
}

// Ann is who installs Pages, for a table of whose Page it is.
func Ann(w *World) Account { return w.Ann }

// Ben is another admin, for a table of whose Page it is.
func Ben(w *World) Account { return w.Ben }

// What only those who see a Page may ever read.
const (
	HiddenText = "my-card-number-is-secret"
	HiddenName = "Hanako-Secret"
	HiddenNote = "our-note-about-her"
)

// Connected connects the Page as somebody and fills it.
func Connected(who func(*World) Account, v model.Visibility) func(*World) {
	return func(w *World) {
		w.Connect(who(w), MetaPage, v)
		w.Fill(who(w), w.newest())
	}
}

// newest is the newest installation of the Page.
func (w *World) newest() model.PageID {
	w.Helper()
	var l PageList
	w.Get(w.Ann, "/v1/pages", &l)
	return l.Pages[len(l.Pages)-1].ID
}

// Within makes a word one that stands in one installation alone.
func Within(id model.PageID, word string) string {
	if CustomerOf(id) == Hanako {
		return word + "-first"
	}
	return word + "-second"
}

// CustomerOf is who writes to an installation.
func CustomerOf(id model.PageID) model.PSID {
	if id == id.Meta().Installation(1) {
		return Hanako
	}
	return Ken
}

// Fill puts a conversation with everything into a Page.
func (w *World) Fill(who Account, id model.PageID) {
	w.Helper()
	customer := CustomerOf(id)
	w.Deliver(MetaPage, "messaging",
		Message(MetaPage, customer, "m_in_"+string(id), Within(id, HiddenText), time.Now()),
		Policy(MetaPage, "warning", Within(id, HiddenText), time.Now()))
	w.ChangeConversation(model.NewConversationID(id, customer), func(c *store.Conversation) {
		c.Customer.Name, c.Labels = model.Untrusted(Within(id, HiddenName)), []string{Within(id, HiddenName)}
	})
	w.Reply(who, id, customer, With(Text(Within(id, HiddenNote)), "note", true))
	w.Reply(who, id, customer, Text(Within(id, HiddenText)))
}
