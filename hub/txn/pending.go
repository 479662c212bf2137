package txn

import (
	"time"

	"parley/hub/store"
	"parley/model"
)

// ForgetRaw removes from the raw events what a message no longer says: everything when it was
// taken back; when it was edited, everything but the newest edit, if that one counts.
func (t *Tx) ForgetRaw(in model.ConversationID, mid model.MID, ev model.Event, key string, counts bool) error {
	switch ev.(type) {
	case model.Unsend:
		key = ""
	case model.Edit:
		if !counts {
			key = ""
		}
	default:
		return nil
	}
	return t.Store.EmptyRaw(in.Customer(), mid, key)
}

// Apply applies one event to a message and reports whether that changed it.
func Apply(m *store.Message, ev model.Event, at time.Time) bool {
	switch ev := ev.(type) {
	case model.Reacted:
		return react(m, ev, at)
	case model.Edit:
		return edit(m, ev)
	case model.Unsend:
		return unsend(m)
	case model.Feedback:
		changed := m.Feedback != ev.Words
		m.Feedback = ev.Words
		return changed
	case model.DeliveredUpTo:
		return Advance(m, model.Delivered)
	}
	return false
}

// react sets, changes or takes back one party's reaction.
func react(m *store.Message, ev model.Reacted, at time.Time) bool {
	if last, ok := m.ReactedAt[ev.By]; ok && !at.After(last) {
		return false
	}
	if m.ReactedAt == nil {
		m.ReactedAt = make(map[model.AuthorKind]time.Time, 1)
	}
	m.ReactedAt[ev.By] = at
	kept := make([]model.Reaction, 0, len(m.Reactions)+1)
	for _, r := range m.Reactions {
		if r.By != ev.By {
			kept = append(kept, r)
		}
	}
	if !ev.Removed {
		kept = append(kept, model.Reaction{By: ev.By, Kind: ev.Kind, Emoji: ev.Emoji})
	}
	m.Reactions = kept
	return true
}

// edit sets a message's text to that of its newest edit.
func edit(m *store.Message, ev model.Edit) bool {
	if ev.Number <= m.EditNumber || m.Deleted {
		return false
	}
	if m.Was == nil {
		was := m.Text
		m.Was = &was
	}
	m.Text, m.Edited, m.EditNumber = ev.Text, true, ev.Number
	return true
}

// unsend clears a message that its writer took back.
func unsend(m *store.Message) bool {
	if m.Deleted {
		return false
	}
	m.Deleted, m.Text, m.Was, m.Event, m.Attachments = true, "", nil, nil, []model.Attachment{}
	return true
}

// Advance moves an outgoing message on to delivered or read, never back, and reports whether it
// did.
func Advance(m *store.Message, to model.State) bool {
	if m.Direction != model.Out {
		return false
	}
	if m.State == model.Sent || m.State == model.Delivered && to == model.Read {
		m.State = to
		return true
	}
	return false
}

// Raise sets a watermark of the conversation and reports whether it is a newer one.
func Raise(c *Conversation, ev model.Event) bool {
	mark, until := &c.DeliveredUpTo, time.Time{}
	switch ev := ev.(type) {
	case model.DeliveredUpTo:
		until = ev.Watermark
	case model.ReadUpTo:
		mark, until = &c.ReadUpTo, ev.Watermark
	}
	if !until.After(*mark) {
		return false
	}
	*mark, c.Changed = until, true
	return true
}

// ApplyWatermarks moves a message that Meta has on to the state that the watermarks imply.
func ApplyWatermarks(c *Conversation, m *store.Message) {
	if !m.SentAt.After(c.DeliveredUpTo) {
		Advance(m, model.Delivered)
	}
	if !m.SentAt.After(c.ReadUpTo) {
		Advance(m, model.Read)
	}
}

// WatermarkKey is the key under which a watermark waits for a conversation that does not exist
// yet.
func WatermarkKey(psid model.PSID) model.MID { return model.MID("psid:" + psid) }

// AddPending keeps an event until what it is about arrives. It is deleted with the customer's
// conversation.
func (t *Tx) AddPending(e model.Inbound, key model.MID, ev model.Event) error {
	return t.Store.AddPending(store.Pending{Page: t.Page.ID, MID: key, Customer: e.Customer, Event: ev, At: e.At})
}

// applyWatermarks applies watermarks that came before the conversation.
func (t *Tx) applyWatermarks(c *Conversation) error {
	key := WatermarkKey(c.Customer.PSID)
	waiting, err := t.Store.Pending(t.Page.ID, key)
	if err != nil || len(waiting) == 0 {
		return err
	}
	for _, p := range waiting {
		Raise(c, p.Event)
	}
	return t.Store.RemovePending(t.Page.ID, key)
}

// ApplyPending applies events that came before the message, and the watermarks.
func (t *Tx) ApplyPending(c *Conversation, m *store.Message) error {
	if m.MID == "" {
		return nil
	}
	waiting, err := t.Store.Pending(t.Page.ID, m.MID)
	if err != nil {
		return err
	}
	before := m.State
	changed := false
	if m.State.Arrived() {
		ApplyWatermarks(c, m)
		changed = m.State != before
	}
	for _, p := range waiting {
		changed = Apply(m, p.Event, p.At) || changed
		if err := t.ForgetRaw(m.ConversationID, m.MID, p.Event, "", false); err != nil {
			return err
		}
	}
	if len(waiting) > 0 {
		if err := t.Store.RemovePending(t.Page.ID, m.MID); err != nil {
			return err
		}
	}
	if !changed {
		return nil
	}
	return t.PutState(c, m)
}

// PutState stores a message and, if it is a reply of ours, its state in the reply.
func (t *Tx) PutState(c *Conversation, m *store.Message) error {
	if m.ClientID != "" && m.Direction == model.Out {
		r, err := t.Store.Reply(m.ID)
		if err != nil {
			return err
		}
		if r.State != m.State {
			r.State = m.State
			if err := t.Store.PutReply(r); err != nil {
				return err
			}
		}
	}
	return t.Put(c, m)
}
