package sqlite

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// TestWhoWaitedBefore: a store of before it was kept who waits tells it as one that kept it.
func TestWhoWaitedBefore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	s := openAt(t, path, Options{Exclusive: true})
	asked, answered, noted, asks := model.ConversationID("1_asked"), model.ConversationID("1_answered"), model.ConversationID("1_noted"), model.ConversationID("1_asks")
	said := start.Add(123456 * time.Microsecond)
	err := errors.Join(putPage(s, "1"), s.Write(t.Context(), "1", func(tx store.PageTx) error {
		var err error
		for _, id := range []model.ConversationID{asked, answered, noted, asks} {
			c := manyth(1, true)
			c.ID, c.Customer.PSID = id, id.Customer()
			m := messageOf(id, string(id.Customer()), "question", said)
			err = errors.Join(err, tx.PutConversation(&c), tx.PutMessage(&m))
		}
		add := func(id model.ConversationID, name string, d model.Direction, state model.State) {
			m := messageOf(id, name, "", said.Add(time.Minute))
			m.Direction, m.State = d, state
			err = errors.Join(err, tx.PutMessage(&m))
			if state == model.Ask {
				err = errors.Join(err, tx.PutReply(store.Reply{MessageID: m.ID, ConversationID: id, UserID: "u", ClientID: "c", State: state}))
			}
		}
		add(answered, "answer", model.Out, model.Read)
		add(noted, "note", model.Note, "")
		add(noted, "failed", model.Out, model.Failed)
		add(asks, "ask", model.Out, model.Ask)
		add(asks, "behind", model.Note, "")
		return err
	}), s.Close())
	if err != nil {
		t.Fatal(err)
	}
	asFirst(t, path)
	s = openAt(t, path, Options{Exclusive: true})
	err = s.Read(t.Context(), func(r store.Reader) error {
		for id, want := range map[model.ConversationID]struct {
			who   model.Waiting
			since time.Time
		}{
			asked: {model.WaitsCustomer, said}, answered: {who: model.WaitsNobody}, noted: {model.WaitsCustomer, said}, asks: {model.WaitsReply, said.Add(time.Minute)},
		} {
			c, err := r.Conversation(id)
			if err != nil {
				return err
			}
			if c.Waits != want.who || (c.WaitsSince == nil) != want.since.IsZero() || c.WaitsSince != nil && !c.WaitsSince.Equal(want.since) {
				t.Errorf("%s: %q since %v, want %v", id, c.Waits, c.WaitsSince, want)
			}
		}
		n, err := r.CountConversations(store.CountQuery{Pages: []store.PageScope{{ID: "1"}}, Now: start})
		if n.Waiting != 3 {
			t.Errorf("%d wait, want 3", n.Waiting)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
