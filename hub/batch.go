package hub

import (
	"errors"
	"time"

	"parley/hub/ids"
	"parley/hub/store"
	"parley/model"
)

// batch applies changes of one Page inside one transaction. It holds each
// conversation it touches, and stores it once at the end.
type batch struct {
	h    *Hub
	tx   store.PageTx
	now  time.Time
	page store.Page

	pageChanged   bool
	conversations map[model.PSID]*openConversation
	order         []model.PSID

	// repliesMoved: a reply may be due; customerNew: a customer has no name yet.
	repliesMoved bool
	customerNew  bool
	// mailsDue: the support inbox is to be told something.
	mailsDue bool
	// untimed counts the events that had no time which can count.
	untimed time.Duration
}

// eventTime is the time that counts for an event: by Meta's clock, or else, of several in
// the order in which they came, that of their receipt.
func (b *batch) eventTime(at time.Time) time.Time {
	at = at.UTC().Truncate(time.Microsecond)
	counts := model.EventTime(at, b.now)
	if !counts.Equal(at) {
		counts = counts.Add(b.untimed * time.Microsecond)
		b.untimed++
	}
	return counts
}

// timed returns an event with the times that count.
func (b *batch) timed(e model.Inbound) model.Inbound {
	e.At = b.eventTime(e.At)
	switch ev := e.Event.(type) {
	case model.DeliveredUpTo:
		if !ev.Watermark.IsZero() {
			ev.Watermark = model.EventTime(ev.Watermark, b.now)
		}
		e.Event = ev
	case model.ReadUpTo:
		ev.Watermark = model.EventTime(ev.Watermark, b.now)
		e.Event = ev
	}
	return e
}

// openConversation is a conversation being changed.
type openConversation struct {
	store.Conversation
	changed bool
	// newest: the newest message may be another.
	newest bool
}

func (h *Hub) newBatch(tx store.PageTx, page model.PageID) (*batch, error) {
	p, err := tx.Page(page)
	if err != nil {
		return nil, err
	}
	return &batch{
		h: h, tx: tx, now: h.utc(), page: p,
		conversations: make(map[model.PSID]*openConversation),
	}, nil
}

// flush stores what changed.
func (b *batch) flush() error {
	for _, psid := range b.order {
		c := b.conversations[psid]
		if !c.changed {
			continue
		}
		if err := b.summarise(c); err != nil {
			return err
		}
		if err := b.tx.PutConversation(&c.Conversation); err != nil {
			return err
		}
	}
	if !b.pageChanged {
		return nil
	}
	return b.tx.PutPage(&b.page)
}

// summarise sets a conversation's last message.
func (b *batch) summarise(c *openConversation) error {
	if !c.newest {
		return nil
	}
	m, err := b.tx.Newest(c.ID, 0)
	if errors.Is(err, store.ErrNotFound) {
		c.LastMessage, c.LastSaid, c.Waits, c.WaitsSince = nil, nil, model.WaitsNobody, nil
		return nil
	}
	if err != nil {
		return err
	}
	s := m.Summary()
	c.LastMessage, c.UpdatedAt = &s, m.Order
	return b.whoWaits(c, m)
}

// whoWaits tells who waits in a conversation, by what was said last and by replies that ask.
func (b *batch) whoWaits(c *openConversation, newest store.Message) error {
	said, err := newest, error(nil)
	if !newest.Said() {
		said, err = b.tx.NewestSaid(c.ID)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	c.LastSaid, c.Waits, c.WaitsSince = nil, model.WaitsNobody, nil
	if err == nil {
		if c.Waits = model.WaitsFor(said.Message); c.Waits != model.WaitsNobody {
			c.WaitsSince = &said.SentAt
		}
		if said.ID != newest.ID && newest.State != model.Failed { // that shows itself
			s := said.Summary()
			c.LastSaid = &s
		}
	}
	open, err := b.tx.UnsettledReplies(c.ID)
	if err != nil {
		return err
	}
	for _, r := range open {
		if r.State != model.Ask {
			continue
		}
		m, err := b.tx.Message(r.MessageID)
		if err != nil {
			return err
		}
		if c.Waits != model.WaitsReply || m.SentAt.Before(*c.WaitsSince) {
			c.Waits, c.WaitsSince = model.WaitsReply, &m.SentAt
		}
	}
	return nil
}

// find returns the conversation with a customer, nil if there is none.
func (b *batch) find(psid model.PSID) (*openConversation, error) {
	if c, ok := b.conversations[psid]; ok {
		return c, nil
	}
	c, err := b.tx.Conversation(model.NewConversationID(b.page.ID, psid))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil //nolint:nilnil // that there is none is an ordinary answer here
	}
	if err != nil {
		return nil, err
	}
	return b.hold(c), nil
}

// open returns the conversation with a customer, a new one if there is none.
func (b *batch) open(psid model.PSID, at time.Time) (*openConversation, error) {
	c, err := b.find(psid)
	if c != nil || err != nil {
		return c, err
	}
	c = b.hold(store.Conversation{Conversation: model.Conversation{
		ID: model.NewConversationID(b.page.ID, psid), PageID: b.page.ID,
		Customer: model.Customer{PSID: psid}, Status: model.Open,
		Labels: []string{}, UpdatedAt: at,
	}})
	c.changed, b.customerNew = true, true
	return c, b.takeWatermarks(c)
}

func (b *batch) hold(c store.Conversation) *openConversation {
	o := &openConversation{Conversation: c}
	b.conversations[c.Customer.PSID] = o
	b.order = append(b.order, c.Customer.PSID)
	return o
}

// add stores a new message and what it changes in its conversation.
func (b *batch) add(c *openConversation, m *store.Message) error {
	m.ID = model.NewMessageID(b.page.ID, ids.New())
	m.ConversationID = c.ID
	if m.Attachments == nil {
		m.Attachments = []model.Attachment{}
	}
	m.Reactions = []model.Reaction{}
	if err := b.quote(m); err != nil {
		return err
	}
	if err := b.tx.PutMessage(m); err != nil {
		return err
	}
	c.changed, c.newest = true, true
	return b.takePending(c, m)
}

// quote finds the message that another quotes by Meta's id.
func (b *batch) quote(m *store.Message) error {
	if m.ReplyToMID == "" || m.ReplyTo != "" {
		return nil
	}
	q, err := b.tx.MessageByMID(b.page.ID, m.ReplyToMID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	m.ReplyTo = q.ID
	return err
}

// put stores a changed message.
func (b *batch) put(c *openConversation, m *store.Message) error {
	if err := b.tx.PutMessage(m); err != nil {
		return err
	}
	c.changed, c.newest = true, true
	return nil
}
