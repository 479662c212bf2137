package thread

import (
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/model/mention"
	"parley/model/safe"
	"parley/ui/link"
)

// message adds everything below author and time.
func (s *setting) message() {
	before := len(s.lines)
	s.quote()
	s.text()
	s.attachments()
	if s.m.Deleted {
		s.wrapped(s.l.Say(i18n.Unsent), muted)
	}
	if s.m.Event != nil {
		for _, said := range s.l.Words.Happened(*s.m.Event, s.outside) {
			s.wrapped(s.l.Theme.Bullet+" "+said, muted)
		}
	}
	if s.m.Standby && s.m.Direction == model.In {
		s.wrapped(s.l.Theme.Bullet+" "+s.l.Say(i18n.MessageStandby), muted)
	}
	if len(s.lines) == before {
		s.wrapped(s.l.Say(i18n.Event(string(model.EventUnknown))), muted)
	}
	s.trailers()
	s.ownTick()
}

// quote adds the beginning of the message that this one quotes.
func (s *setting) quote() {
	if s.m.ReplyTo == "" && s.m.ReplyToMID == "" {
		return
	}
	bar := s.l.Theme.Quote + " "
	t := s.gist(s.p.quoted(s.i))
	s.add(span{text: bar + s.l.Cut(t, s.width()-s.l.Cells.Width(bar)), ink: muted})
}

// Gist returns a summary of a message, safe to draw; "" before there is content.
func (p *Pane) Gist(m *model.Message) string {
	if !p.filled {
		return ""
	}
	return (&setting{p: p, l: &p.look}).gist(m)
}

// gist returns a summary of a message.
func (s *setting) gist(q *model.Message) string {
	if q == nil {
		return s.l.Say(i18n.ThreadEarlier)
	}
	t := s.l.Cells.Shown(safe.LineN(q.Text, mostText).String())
	switch {
	case t != "":
		return t
	case len(q.Attachments) > 0:
		return "[" + s.l.Words.AttachmentWord(q.Attachments[0]) + "]"
	case q.Deleted:
		return s.l.Say(i18n.Unsent)
	case q.Event != nil:
		return s.l.Event(*q.Event)
	}
	return s.l.Say(i18n.ThreadEarlier)
}

// text adds the text, and remarks about it.
func (s *setting) text() {
	t := safe.Body(s.m.Text)
	i := text
	if s.m.State == model.Dropped {
		i = muted
	}
	before := len(s.lines)
	if !t.Empty() {
		s.body(t, i)
	}
	var asides []string
	if s.m.Edited {
		asides = append(asides, s.aside(i18n.Edited))
	}
	if t.Hidden() {
		asides = append(asides, s.aside(i18n.HiddenCharacters))
	}
	for _, a := range asides {
		if len(s.lines) == before {
			s.wrapped(a, muted)
			continue
		}
		s.append(a)
	}
	if t.Cut() {
		s.wrapped(s.l.Say(i18n.ThreadCut), muted)
	}
	if s.key.flags&expanded != 0 && s.m.Was != nil {
		s.wrapped(s.l.Say(i18n.ThreadBefore), muted)
		s.body(safe.Body(*s.m.Was), muted)
	}
}

func (s *setting) body(t safe.Text, i ink) {
	if len(s.m.Mentions) > 0 {
		s.mentioning(s.l.Cells.Shown(strings.Trim(t.String(), "\n")), i)
		return
	}
	shown := s.l.Cells.Shown(strings.Trim(t.String(), "\n"))
	if found := link.Find(shown); found != nil {
		s.linked(shown, i, found)
		return
	}
	s.wrapped(shown, i)
}

// mentioning adds a text, wrapped, with those whom it mentions in accent: in each line as far as
// a line has room for spans.
func (s *setting) mentioning(t string, i ink) {
	for _, w := range s.l.Cells.Wrap(s.l.Cells.Apart(t), s.width()) {
		runes := []rune(w)
		var spans []span
		at := 0
		for _, f := range mention.Find(model.Untrusted(w), s.m.Mentions) {
			if f.From < at || len(spans) >= len(line{}.left)-1 {
				continue
			}
			if f.From > at {
				spans = append(spans, span{text: string(runes[at:f.From]), ink: i})
			}
			spans = append(spans, span{text: string(runes[f.From:f.To]), ink: accent})
			at = f.To
		}
		if len(spans) == len(line{}.left) { // there is no room for the rest
			last := &spans[len(spans)-1]
			last.text, last.ink = last.text+string(runes[at:]), i
		} else if at < len(runes) || len(spans) == 0 {
			spans = append(spans, span{text: string(runes[at:]), ink: i})
		}
		s.add(spans...)
	}
}

// aside returns a remark in brackets.
func (s *setting) aside(id i18n.ID) string {
	return s.l.Say(i18n.ThreadAside, "What", s.l.Say(id))
}

// by adds who linked or unlinked a record.
func (s *setting) by(n model.Notable, said string) string {
	a := s.m.Author
	switch {
	case n.Kind != model.EventRecord || a.Kind != model.ByUser:
		return said
	case a.ID == string(s.p.c.Me):
		return s.l.Say(i18n.RecordByYou, "What", said, "Mark", s.l.Theme.Linked)
	}
	return s.l.Say(i18n.RecordBy, "What", said, "Mark", s.l.Theme.Linked, "Name", s.l.Line(a.Name))
}

// system adds something that happened, and when, centred.
func (s *setting) system() {
	said := s.l.Line(s.m.Text)
	if s.m.Event != nil || said == "" {
		n := model.Notable{Kind: model.EventUnknown}
		if s.m.Event != nil {
			n = *s.m.Event
		}
		said = s.by(n, strings.Join(s.l.Words.Happened(n, s.outside), " "+s.l.Theme.Bullet+" "))
	}
	width, at := max(1, s.p.column()-2*textIndent), s.l.Clock(s.m.SentAt)
	lines := s.l.Cells.Wrap(s.l.Cells.Apart(said), width)
	if last, timed := len(lines)-1, " "+s.l.Theme.Bullet+" "+at; s.l.Cells.Width(lines[last]+timed) <= width {
		lines[last] += timed
	} else {
		lines = append(lines, at)
	}
	for _, w := range lines {
		s.lines = append(s.lines, s.p.centred(w, muted))
	}
}

// outside returns others' text in an event, safe to draw.
func (s *setting) outside(u model.Untrusted) string {
	return s.l.Cells.Shown(safe.LineN(u, longest).String())
}
