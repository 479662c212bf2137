package txn

import (
	"errors"
	"time"

	"parley/hub/ids"
	"parley/hub/store"
	"parley/model"
)

// Tx applies changes to one Page inside one transaction. It holds each conversation it touches
// and stores it once, at the end.
type Tx struct {
	Store store.PageTx
	Now   time.Time
	Page  store.Page

	PageChanged   bool
	conversations map[model.PSID]*Conversation
	order         []model.PSID

	// RepliesMoved: a reply may be due; CustomerNew: a customer has no name yet.
	RepliesMoved bool
	CustomerNew  bool
	// MailsDue: the support inbox must be sent something.
	MailsDue bool
	// MediaMoved: something is to be fetched from Meta, or files are to be removed.
	MediaMoved bool
	// untimed counts the events whose own time can't count.
	untimed time.Duration
}

// EventTime returns the time that counts for an event: Meta's, if it is plausible, otherwise
// the time of receipt, with events kept in the order in which they came.
func (t *Tx) EventTime(at time.Time) time.Time {
	at = at.UTC().Truncate(time.Microsecond)
	counts := model.EventTime(at, t.Now)
	if !counts.Equal(at) {
		counts = counts.Add(t.untimed * time.Microsecond)
		t.untimed++
	}
	return counts
}

// Conversation is a conversation being changed.
type Conversation struct {
	store.Conversation
	Changed bool
	// Newest: the newest message may have changed.
	Newest bool
}

// Begin begins a transaction on a Page; [Tx.Flush] ends it.
func Begin(tx store.PageTx, page model.PageID, now time.Time) (*Tx, error) {
	p, err := tx.Page(page)
	if err != nil {
		return nil, err
	}
	return &Tx{
		Store: tx, Now: now, Page: p,
		conversations: make(map[model.PSID]*Conversation),
	}, nil
}

// Flush stores what changed.
func (t *Tx) Flush() error {
	for _, psid := range t.order {
		c := t.conversations[psid]
		if !c.Changed {
			continue
		}
		if err := t.summarise(c); err != nil {
			return err
		}
		if err := t.Store.PutConversation(&c.Conversation); err != nil {
			return err
		}
	}
	if !t.PageChanged {
		return nil
	}
	return t.Store.PutPage(&t.Page)
}

// summarise sets a conversation's last message.
func (t *Tx) summarise(c *Conversation) error {
	if !c.Newest {
		return nil
	}
	m, err := t.Store.Newest(c.ID, 0)
	if errors.Is(err, store.ErrNotFound) {
		c.LastMessage, c.LastSaid, c.Waits, c.WaitsSince, c.Scheduled = nil, nil, model.WaitsNobody, nil, nil
		return nil
	}
	if err != nil {
		return err
	}
	s := m.Summary()
	c.LastMessage, c.UpdatedAt = &s, m.Order
	if err := t.whatIsScheduled(c); err != nil {
		return err
	}
	return t.whoWaits(c, m)
}

// whatIsScheduled sets when a conversation's next scheduled reply is to be sent.
func (t *Tx) whatIsScheduled(c *Conversation) error {
	scheduled, err := t.Store.ScheduledReplies(c.ID)
	c.Scheduled = nil
	for _, r := range scheduled {
		if c.Scheduled == nil || r.SendAt.Before(*c.Scheduled) {
			c.Scheduled = &r.SendAt
		}
	}
	return err
}

// whoWaits sets who waits in a conversation, judged by what was said last and by replies that
// ask.
func (t *Tx) whoWaits(c *Conversation, newest store.Message) error {
	said, err := newest, error(nil)
	if !newest.Said() {
		said, err = t.Store.NewestSaid(c.ID)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	c.LastSaid, c.Waits, c.WaitsSince = nil, model.WaitsNobody, nil
	if err == nil {
		if c.Waits = model.WaitsFor(said.Message); c.Waits != model.WaitsNobody {
			c.WaitsSince = &said.SentAt
		}
		if said.ID != newest.ID && newest.State != model.Failed { // a failed reply shows itself
			s := said.Summary()
			c.LastSaid = &s
		}
	}
	open, err := t.Store.UnsettledReplies(c.ID)
	if err != nil {
		return err
	}
	for _, r := range open {
		if r.State != model.Ask {
			continue
		}
		m, err := t.Store.Message(r.MessageID)
		if err != nil {
			return err
		}
		if c.Waits != model.WaitsReply || m.SentAt.Before(*c.WaitsSince) {
			c.Waits, c.WaitsSince = model.WaitsReply, &m.SentAt
		}
	}
	return nil
}

// Find returns the conversation with a customer, nil if there is none.
func (t *Tx) Find(psid model.PSID) (*Conversation, error) {
	if c, ok := t.conversations[psid]; ok {
		return c, nil
	}
	c, err := t.Store.Conversation(model.NewConversationID(t.Page.ID, psid))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil //nolint:nilnil // that there is none is an ordinary answer here
	}
	if err != nil {
		return nil, err
	}
	return t.hold(c), nil
}

// Open returns the conversation with a customer, a new one if there is none.
func (t *Tx) Open(psid model.PSID, at time.Time) (*Conversation, error) {
	c, err := t.Find(psid)
	if c != nil || err != nil {
		return c, err
	}
	c = t.hold(store.Conversation{Conversation: model.Conversation{
		ID: model.NewConversationID(t.Page.ID, psid), PageID: t.Page.ID,
		Customer: model.Customer{PSID: psid}, Status: model.Open,
		Labels: []string{}, UpdatedAt: at,
	}})
	c.Changed, t.CustomerNew = true, true
	return c, t.applyWatermarks(c)
}

func (t *Tx) hold(c store.Conversation) *Conversation {
	o := &Conversation{Conversation: c}
	t.conversations[c.Customer.PSID] = o
	t.order = append(t.order, c.Customer.PSID)
	return o
}

// NewID gives a message that is about to be stored its id.
func (t *Tx) NewID(m *store.Message) { m.ID = model.NewMessageID(t.Page.ID, ids.New()) }

// Add stores a new message and updates its conversation. It gets an id unless it has one.
func (t *Tx) Add(c *Conversation, m *store.Message) error {
	if m.ID == "" {
		t.NewID(m)
	}
	m.ConversationID = c.ID
	if m.Attachments == nil {
		m.Attachments = []model.Attachment{}
	}
	m.Reactions = []model.Reaction{}
	if err := t.quote(m); err != nil {
		return err
	}
	if err := t.Store.PutMessage(m); err != nil {
		return err
	}
	c.Changed, c.Newest = true, true
	return t.ApplyPending(c, m)
}

// quote resolves the message that another quotes by Meta's id.
func (t *Tx) quote(m *store.Message) error {
	if m.ReplyToMID == "" || m.ReplyTo != "" {
		return nil
	}
	q, err := t.Store.MessageByMID(t.Page.ID, m.ReplyToMID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	m.ReplyTo = q.ID
	return err
}

// Put stores a changed message.
func (t *Tx) Put(c *Conversation, m *store.Message) error {
	if err := t.Store.PutMessage(m); err != nil {
		return err
	}
	c.Changed, c.Newest = true, true
	return nil
}

// PlaceAfter returns the order time for something that Meta has not timed: after every message
// up to a seq of the Page, 0 for the newest.
func (t *Tx) PlaceAfter(id model.ConversationID, seq int64) (time.Time, error) {
	return PlaceAfter(t.Store, id, seq, t.Now)
}

// PlaceAfter is [Tx.PlaceAfter] outside a Tx.
func PlaceAfter(tx store.PageTx, id model.ConversationID, seq int64, now time.Time) (time.Time, error) {
	last, err := tx.Newest(id, seq)
	if errors.Is(err, store.ErrNotFound) || err == nil && last.Order.Before(now) {
		return now, nil
	}
	return last.Order, err
}

// After reports whether mark a is behind mark b.
func After(a, b store.Mark) bool {
	if !a.Order.Equal(b.Order) {
		return a.Order.After(b.Order)
	}
	return a.FirstSeq > b.FirstSeq
}
