package sandbox

import "time"

// How soon after a send its webhooks come, and how often the echo is first.
const (
	echoSoon      = 60 * time.Millisecond
	deliverySoon  = 250 * time.Millisecond
	readSoon      = 1500 * time.Millisecond
	earlyOneIn    = 6
	echoLateAfter = 3 * time.Second
)

// scheduleEcho plans what follows an accepted send: the echo, then delivery and
// read, then perhaps an answer. When the echo goes first it returns a channel
// that is closed once the callback has it. mu held.
func (s *Sandbox) scheduleEcho(m *message) <-chan struct{} {
	early := s.echo(m)
	delivered := echoSoon + s.within(deliverySoon)
	s.after(delivered, func() { s.sendDelivery(m) })
	if m.owner.life == nil || m.owner.life.reads {
		s.after(delivered+150*time.Millisecond+s.within(readSoon), func() { s.sendRead(m) })
	}
	s.answerLater(m.owner)
	return early
}

// echo sends or plans the echo, as the faults have it. mu held.
func (s *Sandbox) echo(m *message) <-chan struct{} {
	metadata, late, early := m.metadata, time.Duration(0), s.wire.IntN(earlyOneIn) == 0
	for _, f := range s.faults.TakeEcho(m.owner.psid) {
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
	ev := s.echoEvent(m, metadata)
	if early {
		ev.done = make(chan struct{})
		s.emit(ev)
		return ev.done
	}
	if late == 0 {
		late = s.within(echoSoon)
	}
	s.after(late, func() { s.emit(ev) })
	return nil
}

// echoEvent is the webhook that tells of the Page's own message.
func (s *Sandbox) echoEvent(m *message, metadata string) *event {
	e := inner{
		Sender: &party{s.info.PageID}, Recipient: &party{m.owner.psid}, Timestamp: m.at,
		Message: &wireMessage{
			MID: m.mid, Text: m.text, IsEcho: true, AppID: m.appNumber(),
			Metadata: metadata, Attachments: m.attachments,
		},
	}
	if m.replyTo != "" {
		e.Message.ReplyTo = &quoted{MID: m.replyTo, IsSelfReply: s.ownReply(m)}
	}
	return s.newEvent(m.owner.psid, "message_echoes", e)
}

// sendDelivery tells that the message reached the customer; every third time
// without mids, as Meta does not promise them. mu held.
func (s *Sandbox) sendDelivery(m *message) {
	d := &delivery{Watermark: m.at}
	if s.wire.IntN(3) > 0 {
		d.MIDs = []string{m.mid}
	}
	s.emit(s.newEvent(m.owner.psid, "message_deliveries", inner{
		Sender: &party{m.owner.psid}, Recipient: &party{s.info.PageID}, Timestamp: s.nowMS(), Delivery: d,
	}))
}

// sendRead tells that the customer has read everything up to the message. mu held.
func (s *Sandbox) sendRead(m *message) {
	s.emit(s.newEvent(m.owner.psid, "message_reads", inner{
		Sender: &party{m.owner.psid}, Recipient: &party{s.info.PageID}, Timestamp: s.nowMS(),
		Read: &watermark{m.at},
	}))
}

// within is a random time up to d, never zero. mu held.
func (s *Sandbox) within(d time.Duration) time.Duration {
	return time.Millisecond + time.Duration(s.wire.Int64N(int64(d)))
}
