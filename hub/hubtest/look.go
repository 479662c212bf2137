package hubtest

import (
	"slices"
	"time"

	"parley/hub/store"
	"parley/model"
)

// What the hub knows, as Ann is told of it, or as its store has it.

// ConversationWith is the Page's conversation with a customer.
func ConversationWith(customer model.PSID) model.ConversationID {
	return model.NewConversationID(Page, customer)
}

// Read reads the store.
func (w *World) Read(f func(store.Reader) error) {
	w.Helper()
	w.Must(w.Store.Read(w.Ctx, f))
}

// Head returns the seq of the Page's newest change.
func (w *World) Head() (seq int64) {
	w.Helper()
	w.Read(func(r store.Reader) (err error) {
		seq, err = r.Head(Page)
		return err
	})
	return seq
}

// Changes returns the Page's log after a seq.
func (w *World) Changes(after int64) (rows []store.LogRow) {
	w.Helper()
	w.Read(func(r store.Reader) (err error) {
		rows, err = r.Events(Page, after, 10_000)
		return err
	})
	return rows
}

// Conversation returns the conversation with a customer, which must be there.
func (w *World) Conversation(customer model.PSID) model.Conversation {
	w.Helper()
	c, err := w.Hub.Conversation(w.Ctx, w.Ann, ConversationWith(customer))
	w.Must(err)
	return c
}

// Verdict is what a reply to a customer by Ann would get now; "" where it is allowed.
func (w *World) Verdict(customer model.PSID) model.Code {
	w.Helper()
	return w.Conversation(customer).Reply.Code
}

// Messages returns the messages of a conversation in the order in which they show.
func (w *World) Messages(customer model.PSID) []model.Message {
	w.Helper()
	ms, _, _, err := w.Hub.Messages(w.Ctx, w.Ann, ConversationWith(customer), "", 1000)
	w.Must(err)
	return ms
}

// Texts returns the texts of a conversation in the order in which they show.
func (w *World) Texts(customer model.PSID) []string {
	w.Helper()
	var out []string
	for _, m := range w.Messages(customer) {
		out = append(out, string(m.Text))
	}
	return out
}

// Message returns a message as it is stored.
func (w *World) Message(id model.MessageID) (m store.Message) {
	w.Helper()
	w.Read(func(r store.Reader) (err error) {
		m, err = r.Message(id)
		return err
	})
	return m
}

// ByMID returns the message that has an id of Meta's.
func (w *World) ByMID(mid model.MID) (m store.Message) {
	w.Helper()
	w.Read(func(r store.Reader) (err error) {
		m, err = r.MessageByMID(Page, mid)
		return err
	})
	return m
}

// ReplyRow returns a reply as it is stored beside its message.
func (w *World) ReplyRow(id model.MessageID) (v store.Reply) {
	w.Helper()
	w.Read(func(r store.Reader) (err error) {
		v, err = r.Reply(id)
		return err
	})
	return v
}

// State returns the state of a reply.
func (w *World) State(id model.MessageID) model.State {
	w.Helper()
	return w.Message(id).State
}

// Page returns the Page as it is stored.
func (w *World) Page() (p store.Page) {
	w.Helper()
	w.Read(func(r store.Reader) (err error) {
		p, err = r.Page(Page)
		return err
	})
	return p
}

// Notices returns what is told of the Page, newest first.
func (w *World) Notices() []model.Notice {
	w.Helper()
	ns, _, _, err := w.Hub.Notices(w.Ctx, w.Ann, Page, "", 100)
	w.Must(err)
	return ns
}

// Counter returns one of the hub's counters.
func (w *World) Counter(name string) int64 {
	w.Helper()
	all, err := w.Hub.Stats(w.Ctx)
	w.Must(err)
	return all[name]
}

// Audit returns what a user is told of the audit log, oldest first.
func (w *World) Audit(u model.User) []model.AuditEntry {
	w.Helper()
	var all []model.AuditEntry
	for cursor, first := "", true; first || cursor != ""; first = false {
		list, next, err := w.Hub.Audit(w.Ctx, u, cursor, 3)
		w.Must(err)
		all = append(all, list...)
		cursor = next
	}
	slices.Reverse(all)
	return all
}

// What is changed behind the hub's back.

// ChangePage changes the Page.
func (w *World) ChangePage(change func(*store.Page)) {
	w.Helper()
	w.Must(w.Store.Write(w.Ctx, Page, func(tx store.PageTx) error {
		p, err := tx.Page(Page)
		if err != nil {
			return err
		}
		change(&p)
		return tx.PutPage(&p)
	}))
}

// PutStatus triages a conversation.
func (w *World) PutStatus(customer model.PSID, s model.Status, until *time.Time) {
	w.Helper()
	w.Must(w.Store.Write(w.Ctx, Page, func(tx store.PageTx) error {
		c, err := tx.Conversation(ConversationWith(customer))
		if err != nil {
			return err
		}
		c.Status, c.SnoozedUntil = s, until
		return tx.PutConversation(&c)
	}))
}
