package lines

import (
	"context"
	"errors"
	"slices"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// sending is a reply or a note that the hub does not have yet.
type sending struct {
	model.Reply
	// until is when it leaves; zero: at once. going: it is being handed in. why: it was not, and waits
	// for its user's word.
	until time.Time
	going bool
	why   string
}

// written is what the user writes: drafts, and what the hub does not have yet, in the order in
// which it was sent off.
type written struct {
	drafts map[model.DraftOf]model.Draft
	queue  []*sending
	number int64
	// own are the replies that were sent off here.
	own map[model.ClientID]bool
}

func newWritten(o Options) written {
	w := written{drafts: map[model.DraftOf]model.Draft{}, own: map[model.ClientID]bool{}}
	for of, d := range o.Typed {
		w.drafts[of] = d
	}
	for _, r := range o.Unsent {
		why := i18n.UnsentBefore
		if r.Held {
			why = i18n.HeldBefore
		}
		r.Done = false // sent again, it is looked at
		w.number = max(w.number, r.Number)
		w.queue = append(w.queue, &sending{Reply: r, why: o.Words.Say(why)})
	}
	return w
}

func (w *written) hasDraft(id model.ConversationID) bool {
	_, reply := w.drafts[model.DraftOf{Conversation: id}]
	_, note := w.drafts[model.DraftOf{Conversation: id, Note: true}]
	return reply || note
}

// text is the text of a draft, to go on with.
func (w *written) text(of model.DraftOf) string { return safe.Typed(w.drafts[of].Text) }

// unheard are the replies that the hub does not have.
func (w *written) unheard() []model.Reply {
	var out []model.Reply
	for _, s := range w.queue {
		out = append(out, s.Reply)
	}
	return out
}

// first is the first reply of a conversation that the hub does not have; nil: none.
func (w *written) first(id model.ConversationID) *sending {
	for _, s := range w.queue {
		if s.Conversation == id {
			return s
		}
	}
	return nil
}

func (w *written) remove(x *sending) {
	for i, s := range w.queue {
		if s == x {
			w.queue = append(w.queue[:i:i], w.queue[i+1:]...)
			return
		}
	}
}

// held is how many replies are held back.
func (w *written) held() (n int) {
	for _, s := range w.queue {
		if !s.until.IsZero() && !s.going && s.why == "" {
			n++
		}
	}
	return n
}

// going reports whether something is being handed in.
func (w *written) going() bool {
	return slices.ContainsFunc(w.queue, func(s *sending) bool { return s.going })
}

// release lets go of what is held back.
func (w *written) release() {
	for _, s := range w.queue {
		s.until = time.Time{}
	}
}

// numbered returns a number for a key press: the hub's time, unique and growing.
func (m writing) numberOf() int64 {
	m.written.number = max(m.written.number+1, m.now().UnixMicro())
	return m.written.number
}

// keepDraft keeps what is being written, on disk. What was attached and quoted on the screen stays.
func (m writing) keepDraft(of model.DraftOf, text string) {
	d := m.written.drafts[of]
	d.Text = model.Untrusted(text)
	m.putDraft(of, d)
}

func (m writing) putDraft(of model.DraftOf, d model.Draft) {
	if was := m.written.drafts[of]; was.Text == d.Text && len(was.Files) == len(d.Files) && was.ReplyTo == d.ReplyTo {
		return
	}
	d.UpdatedAt = m.o.Now()
	m.written.drafts[of] = d
	if d.Empty() {
		delete(m.written.drafts, of)
	}
	if err := m.o.Drafts.Save(of, d); err != nil {
		m.say(m.hub.Explain(err))
	}
}

// sends sends a reply or a note off.
func (m writing) sends(of model.DraftOf, text string, how manner) {
	id := of.Conversation
	r := model.Reply{
		Conversation: id, Note: of.Note, ClientID: m.hub.NewClientID(), Text: model.Untrusted(text), SeenSeq: m.seen[id.Page()].Seq,
		Number: m.numberOf(), At: m.now(), Done: how.done, SendAt: how.at,
	}
	if !r.Note {
		r.ReplyTo, r.Files = m.written.drafts[of].ReplyTo, m.written.drafts[of].Files
	}
	s := &sending{Reply: r}
	if hold := m.holdOf(r); hold > 0 {
		s.Held, s.until = true, m.now().Add(hold)
	}
	if s.Held || m.written.first(id) != nil || !m.live() {
		if err := m.hub.Keep(s.Reply); err != nil {
			m.sayOf(id, m.hub.Explain(err))
			m.keepDraft(of, text)
			return
		}
	}
	m.written.own[r.ClientID] = true
	m.written.queue = append(m.written.queue, s)
	m.putDraft(of, model.Draft{})
	m.saySending(s)
	m.pump()
}

// holdMargin is how long before the end of the reply window a held reply leaves at the latest.
const holdMargin = 2 * time.Second

// holdOf is for how long to hold a reply back. Neither notes nor what would miss the reply window
// by it are held.
func (m writing) holdOf(r model.Reply) time.Duration {
	if r.Note || r.SendAt != nil {
		return 0
	}
	hold := m.o.Hold
	if row, ok := m.conversation(r.Conversation); ok && row.Reply.Until != nil {
		hold = min(hold, row.Reply.Until.Sub(m.now())-holdMargin)
	}
	return max(0, hold)
}

// saySending confirms what was sent off: to whom, how long they can still be answered, and what
// it waits for.
func (m writing) saySending(s *sending) {
	id, name := s.Conversation, m.nameOf(s.Conversation)
	switch {
	case s.Note:
		return // it is read out once the hub has it
	case s.Held:
		m.sayOf(id, m.Say(i18n.LinesHeld, "Name", name, "N", int((s.until.Sub(m.now())+time.Second-1)/time.Second), "Undo", m.words("undo")[0], "Send", m.words("send_held")[0]))
		m.undo.push(undoing{of: id, back: func() { m.takeBack(s) }, why: func() string {
			if s.going || m.written.first(id) == nil {
				return m.Say(i18n.LinesGone, "Name", name)
			}
			return ""
		}})
	case !m.live():
		m.sayOf(id, m.Say(i18n.LinesSendsLater, "Name", name))
	case m.written.first(id) != s:
		m.sayOf(id, m.Say(i18n.WaitsForEarlier))
	case s.SendAt != nil:
		m.sayOf(id, m.Say(i18n.LaterSaid, "Time", m.Moment(m.now(), *s.SendAt)))
	default:
		m.sayOf(id, m.Say(i18n.SaidSending, "Name", name))
	}
}

// heldLate is how long after its time a held reply may still leave by itself.
const heldLate = 30 * time.Second

// pump hands in what is due: of each conversation one at a time, the oldest first.
func (m writing) pump() {
	if !m.live() {
		return
	}
	now := m.now()
	blocked := map[model.ConversationID]bool{}
	for _, s := range m.written.queue {
		if blocked[s.Conversation] {
			continue
		}
		blocked[s.Conversation] = true
		if s.going || s.why != "" || now.Before(s.until) {
			continue
		}
		if !s.until.IsZero() && now.Sub(s.until) > heldLate {
			s.why = m.Say(i18n.HeldTooLong)
			m.sayOf(s.Conversation, s.why, m.reads.decide())
			continue
		}
		s.going = true
		m.begin(func(context.Context) func() {
			// It has no deadline but the end of the program: it may wait for the hub.
			x, err := m.hub.Reply(context.Background(), s.Reply)
			return func() { m.handedIn(s, x, err) }
		})
	}
}

// handedIn is that the hub has a reply, or does not.
func (m writing) handedIn(s *sending, x model.Message, err error) {
	id := s.Conversation
	s.going = false
	if err == nil {
		m.written.remove(s)
		m.inbox.PutMessage(x)
		if s.Note {
			m.sayOf(id, m.Say(i18n.LinesNoted, "Name", m.nameOf(id)))
		} else {
			m.news.sent[x.ID] = id
			m.tells.becomes(x.ID, x.State, x.Error)
		}
		m.pump()
		return
	}
	if unanswered(err) && !m.live() {
		return // it waits for the hub
	}
	why := m.hub.Explain(err)
	if m.lost(id) {
		m.say(why)
	}
	var refusal *model.Refusal
	if !errors.As(err, &refusal) {
		s.why, s.Reply.Done = why, false
		m.sayOf(id, m.list(m.Say(i18n.LinesNotSent, "Name", m.nameOf(id)), why), m.reads.decide())
		return
	}
	// The hub does not have it: the text is a draft again.
	m.written.remove(s)
	if refusal.Code == model.NoReplyTarget {
		s.ReplyTo = ""
	}
	m.round.Return(id)
	m.giveBack(s.Reply)
	m.sayOf(id, m.list(m.Say(i18n.LinesNotSent, "Name", m.nameOf(id)), why), m.Say(i18n.LinesTextKept, "Word", m.words("reply")[0]))
}

func unanswered(err error) bool {
	var u interface{ Unanswered() bool }
	return errors.As(err, &u) && u.Unanswered()
}

// giveBack makes a draft of a reply again, before what was written since.
func (m writing) giveBack(r model.Reply) {
	of := model.DraftOf{Conversation: r.Conversation, Note: r.Note}
	d := m.written.drafts[of]
	if d.Text != "" {
		d.Text = "\n" + d.Text
	}
	d.Text = r.Text + d.Text
	d.Files = append(r.Files, d.Files...)
	if d.ReplyTo == "" {
		d.ReplyTo = r.ReplyTo
	}
	m.putDraft(of, d)
}

// takeBack makes a draft of a held reply again. The draft is on disk before the reply no longer is.
func (m writing) takeBack(s *sending) {
	m.written.remove(s)
	m.giveBack(s.Reply)
	if err := m.hub.Taken(s.ClientID); err != nil {
		m.say(m.hub.Explain(err))
	}
	m.sayOf(s.Conversation, m.Say(i18n.LinesTakenBack, "Name", m.nameOf(s.Conversation), "Word", m.words("reply")[0]))
}

// takeAllBack makes drafts of all replies that are held back.
func (m writing) takeAllBack() {
	for _, s := range append([]*sending{}, m.written.queue...) {
		if !s.until.IsZero() && !s.going && s.why == "" {
			m.takeBack(s)
		}
	}
}

// sendHeld sends the held replies of a conversation now.
func (m writing) sendHeld(id model.ConversationID) {
	found := false
	for _, s := range m.written.queue {
		if s.Conversation == id && !s.until.IsZero() && !s.going && s.why == "" {
			s.until, found = time.Time{}, true
		}
	}
	if !found {
		m.say(m.Say(i18n.WhyNothingHeld))
		return
	}
	m.sayOf(id, m.Say(i18n.SaidSending, "Name", m.nameOf(id)))
	m.pump()
}

// asking is the newest reply of a conversation that needs a decision, of those that the hub has.
func (m writing) asking(id model.ConversationID) (model.Message, bool) {
	t, _ := m.inbox.Thread(id)
	for i := len(t.Messages) - 1; i >= 0; i-- {
		if x := t.Messages[i]; x.State == model.Ask || x.State == model.Failed {
			return x, true
		}
	}
	return model.Message{}, false
}

// resend sends a reply again: with the same id if the hub does not have it, so that it can't be sent
// twice; as a new attempt if Facebook did not answer.
func (m writing) resend(id model.ConversationID) {
	if s := m.written.first(id); s != nil && s.why != "" {
		s.why, s.until, s.SeenSeq = "", time.Time{}, m.seen[id.Page()].Seq
		m.saySending(s)
		m.pump()
		return
	}
	x, ok := m.asking(id)
	if !ok {
		m.say(m.Say(i18n.WhyNothingAsks))
		return
	}
	seen := m.seen[id.Page()].Seq
	m.decided(id, func(ctx context.Context) (model.Message, error) { return m.hub.Retry(ctx, id, x.ID, x.Attempt, &seen) }, func(now model.Message) {
		m.news.sent[now.ID] = id
		m.sayOf(id, m.Say(i18n.SaidSending, "Name", m.nameOf(id)))
	})
}

// drop gives a reply up. One that the hub does not have becomes a draft.
func (m writing) drop(id model.ConversationID) {
	if s := m.written.first(id); s != nil && s.why != "" {
		m.call(func(ctx context.Context) func() {
			x, taken, err := m.hub.TakeBack(ctx, s.Reply)
			return func() {
				switch {
				case err != nil:
					m.sayOf(id, m.hub.Explain(err))
					return
				case taken:
					m.inbox.PutMessage(x)
					m.sayOf(id, m.Say(i18n.SaidTakenAfterAll))
				default:
					m.giveBack(s.Reply)
					m.sayOf(id, m.Say(i18n.LinesTakenBack, "Name", m.nameOf(id), "Word", m.words("reply")[0]))
				}
				m.written.remove(s)
				m.pump()
			}
		})
		return
	}
	x, ok := m.asking(id)
	if !ok {
		m.say(m.Say(i18n.WhyNothingAsks))
		return
	}
	m.decided(id, func(ctx context.Context) (model.Message, error) { return m.hub.Drop(ctx, id, x.ID, x.Attempt) }, func(model.Message) {
		m.sayOf(id, m.Say(i18n.LinesDropped, "Name", m.nameOf(id)))
	})
}

func (m writing) decided(id model.ConversationID, ask func(context.Context) (model.Message, error), then func(model.Message)) {
	m.call(func(ctx context.Context) func() {
		x, err := ask(ctx)
		return func() {
			if err != nil {
				m.sayOf(id, m.hub.Explain(err))
				return
			}
			m.inbox.PutMessage(x)
			then(x)
		}
	})
}
