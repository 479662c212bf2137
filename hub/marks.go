package hub

import (
	"errors"
	"time"

	"parley/hub/store"
	"parley/model"
)

// about applies news about one message: a reaction, an edit, feedback. What comes
// before its message is kept for it.
func (b *batch) about(e model.Inbound, target model.MID, ev model.Event) error {
	m, err := b.tx.MessageByMID(b.page.ID, target)
	if errors.Is(err, store.ErrNotFound) {
		return b.keep(e, target, ev)
	}
	if err != nil {
		return err
	}
	c, err := b.find(m.ConversationID.Customer())
	if c == nil || err != nil {
		return err
	}
	changed := mark(&m, ev, e.At)
	if err := b.forget(m.ConversationID, target, ev, e.Key, changed); err != nil || !changed {
		return err
	}
	return b.settleState(c, &m)
}

// forget has what came raw say no longer what a message says no longer: what was taken
// back, and what edits replaced, all but the one that came last, if it counts.
func (b *batch) forget(in model.ConversationID, mid model.MID, ev model.Event, key string, counts bool) error {
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
	return b.tx.EmptyRaw(in.Customer(), mid, key)
}

// mark applies one event to a message, and tells whether that changed it.
func mark(m *store.Message, ev model.Event, at time.Time) bool {
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
		return advance(m, model.Delivered)
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

// unsend forgets what a message said: who wrote it took it back.
func unsend(m *store.Message) bool {
	if m.Deleted {
		return false
	}
	m.Deleted, m.Text, m.Was, m.Event, m.Attachments = true, "", nil, nil, []model.Attachment{}
	return true
}

// advance moves a message of the Page on to delivered or read; never back.
func advance(m *store.Message, to model.State) bool {
	if m.Direction != model.Out {
		return false
	}
	if m.State == model.Sent || m.State == model.Delivered && to == model.Read {
		m.State = to
		return true
	}
	return false
}

// delivered applies a delivery: to the messages it names, and to all sent before
// its watermark.
func (b *batch) delivered(e model.Inbound, ev model.DeliveredUpTo) error {
	for _, mid := range ev.MIDs {
		if err := b.about(e, mid, model.DeliveredUpTo{MIDs: []model.MID{mid}}); err != nil {
			return err
		}
	}
	return b.upTo(e, ev.Watermark, model.DeliveredUpTo{Watermark: ev.Watermark}, model.Delivered, model.Sent)
}

// read applies the customer's read watermark.
func (b *batch) read(e model.Inbound, ev model.ReadUpTo) error {
	return b.upTo(e, ev.Watermark, ev, model.Read, model.Sent, model.Delivered)
}

// upTo moves what was sent until a watermark on. What arrives later with an earlier
// time finds the watermark in the conversation.
func (b *batch) upTo(e model.Inbound, until time.Time, ev model.Event, to model.State, from ...model.State) error {
	if until.IsZero() {
		return nil
	}
	c, err := b.find(e.Customer)
	if err != nil {
		return err
	}
	if c == nil {
		return b.keep(e, watermarkKey(e.Customer), ev)
	}
	if !raise(c, ev) {
		return nil
	}
	sent, err := b.tx.Outgoing(c.ID, until, from...)
	if err != nil {
		return err
	}
	for i := range sent {
		if advance(&sent[i], to) {
			if err := b.settleState(c, &sent[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// raise sets the conversation's watermark, and tells whether it is a newer one.
func raise(c *openConversation, ev model.Event) bool {
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
	*mark, c.changed = until, true
	return true
}

// overtaken moves a message that Meta has on to what the watermarks say of it.
func overtaken(c *openConversation, m *store.Message) {
	if !m.SentAt.After(c.DeliveredUpTo) {
		advance(m, model.Delivered)
	}
	if !m.SentAt.After(c.ReadUpTo) {
		advance(m, model.Read)
	}
}

// watermarkKey is where a watermark waits for a conversation that is not here yet.
func watermarkKey(psid model.PSID) model.MID { return model.MID("psid:" + psid) }

// keep has news wait for what it is about; it goes with the customer's conversation.
func (b *batch) keep(e model.Inbound, key model.MID, ev model.Event) error {
	return b.tx.AddPending(store.Pending{Page: b.page.ID, MID: key, Customer: e.Customer, Event: ev, At: e.At})
}

// takeWatermarks applies what came before the conversation did.
func (b *batch) takeWatermarks(c *openConversation) error {
	key := watermarkKey(c.Customer.PSID)
	waiting, err := b.tx.Pending(b.page.ID, key)
	if err != nil || len(waiting) == 0 {
		return err
	}
	for _, p := range waiting {
		raise(c, p.Event)
	}
	return b.tx.TakePending(b.page.ID, key)
}

// takePending applies what came before the message did, and the watermarks.
func (b *batch) takePending(c *openConversation, m *store.Message) error {
	if m.MID == "" {
		return nil
	}
	waiting, err := b.tx.Pending(b.page.ID, m.MID)
	if err != nil {
		return err
	}
	before := m.State
	changed := false
	if m.State.Arrived() {
		overtaken(c, m)
		changed = m.State != before
	}
	for _, p := range waiting {
		changed = mark(m, p.Event, p.At) || changed
		if err := b.forget(m.ConversationID, m.MID, p.Event, "", false); err != nil {
			return err
		}
	}
	if len(waiting) > 0 {
		if err := b.tx.TakePending(b.page.ID, m.MID); err != nil {
			return err
		}
	}
	if !changed {
		return nil
	}
	return b.settleState(c, m)
}

// settleState stores a message, and its state in its reply if it is one of ours.
func (b *batch) settleState(c *openConversation, m *store.Message) error {
	if m.ClientID != "" && m.Direction == model.Out {
		r, err := b.tx.Reply(m.ID)
		if err != nil {
			return err
		}
		if r.State != m.State {
			r.State = m.State
			if err := b.tx.PutReply(r); err != nil {
				return err
			}
		}
	}
	return b.put(c, m)
}
