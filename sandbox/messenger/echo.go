package messenger

import (
	"time"

	"parley/sandbox/meta"
	"parley/sandbox/webhooks"
	"parley/sandbox/world"
)

// How soon after a send its webhooks come, and how often the echo comes first.
const (
	echoSoon      = 60 * time.Millisecond
	deliverySoon  = 250 * time.Millisecond
	readSoon      = 1500 * time.Millisecond
	earlyOneIn    = 6
	echoLateAfter = 3 * time.Second
)

// Sent schedules what follows an accepted send: the echo, then delivery and read. If the echo
// comes first, it returns a channel that is closed once the callback has it. It must be called
// within the Do that records the message.
func (s *Messenger) Sent(st *world.State, m *world.Message) <-chan struct{} {
	early := s.echo(st, m)
	delivered := echoSoon + s.within(deliverySoon)
	s.agenda.After(delivered, func() { s.sendDelivery(m) })
	if !m.Owner.HidesReads {
		s.agenda.After(delivered+150*time.Millisecond+s.within(readSoon), func() { s.sendRead(m) })
	}
	return early
}

// echo sends or schedules the echo, as the faults say.
func (s *Messenger) echo(st *world.State, m *world.Message) <-chan struct{} {
	metadata, late, early := m.Metadata, time.Duration(0), s.oneIn(earlyOneIn)
	for _, f := range s.faults.MatchEcho(m.Owner.PSID) {
		switch f.Kind {
		case "echo_missing":
			return nil
		case "echo_without_metadata":
			metadata = ""
		case "echo_early":
			early, late = true, 0
		case "echo_late":
			early, late = false, f.DelayOr(echoLateAfter)
		}
	}
	e := s.echoEvent(st, m, metadata)
	if early {
		return s.hooks.EmitFirst(e)
	}
	if late == 0 {
		late = s.within(echoSoon)
	}
	s.agenda.After(late, func() { s.hooks.Emit(e) })
	return nil
}

// echoEvent returns the webhook of the Page's own message.
func (s *Messenger) echoEvent(st *world.State, m *world.Message, metadata string) *webhooks.Event {
	e := meta.Messaging{
		Sender: s.page(), Recipient: customer(m.Owner.PSID), Timestamp: m.At,
		Message: &meta.Message{
			MID: m.MID, Text: m.Text, IsEcho: true, AppID: m.AppNumber(),
			Metadata: metadata, Attachments: m.Attachments,
		},
	}
	if m.ReplyTo != "" {
		e.Message.ReplyTo = &meta.ReplyTo{MID: m.ReplyTo, IsSelfReply: st.OwnReply(m)}
	}
	return s.hooks.NewEvent(m.Owner.PSID, "message_echoes", e)
}

// sendDelivery reports that the message reached the customer; every third time without mids, as
// Meta does not promise them.
func (s *Messenger) sendDelivery(m *world.Message) {
	d := &meta.Delivery{Watermark: m.At}
	if !s.oneIn(3) {
		d.MIDs = []string{m.MID}
	}
	s.hooks.Emit(s.hooks.NewEvent(m.Owner.PSID, "message_deliveries", meta.Messaging{
		Sender: customer(m.Owner.PSID), Recipient: s.page(), Timestamp: s.nowMS(), Delivery: d,
	}))
}

// sendRead reports that the customer has read everything up to the message.
func (s *Messenger) sendRead(m *world.Message) {
	s.hooks.Emit(s.hooks.NewEvent(m.Owner.PSID, "message_reads", meta.Messaging{
		Sender: customer(m.Owner.PSID), Recipient: s.page(), Timestamp: s.nowMS(),
		Read: &meta.Read{Watermark: m.At},
	}))
}
