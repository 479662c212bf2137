package thread

import (
	"parley/i18n"
	"parley/model"
)

// tick returns the state of a reply: a glyph, and the word for it if it fits into room. A
// delivered reply has the glyph of a sent one: two ticks are for read ones, and without the
// word no more is claimed.
func (s *setting) tick(state model.State, room int) span {
	glyph, i := s.glyph(state)
	if glyph == "" {
		return span{}
	}
	glyph = "  " + glyph
	if id := i18n.State(string(state)); s.l.Words.Has(id) {
		if long := glyph + " " + s.l.Say(id); s.l.Cells.Width(long) <= room {
			return span{text: long, ink: i}
		}
	}
	return span{text: glyph, ink: i}
}

func (s *setting) glyph(state model.State) (string, ink) {
	g := &s.l.Theme.Glyphs
	switch state {
	case model.Scheduled:
		return g.Snoozed, muted
	case model.Queued, model.Posting:
		return g.Waiting, muted
	case model.Unknown:
		return g.Waiting, warn
	case model.Sent, model.Delivered:
		return g.Sent, muted
	case model.Read:
		return g.Read, accent
	case model.Failed:
		return g.Failed, danger
	case model.Ask:
		return g.Asks, danger
	case model.Dropped:
		return g.Failed, muted
	default:
		return "", text
	}
}

// ownTick adds this message's state to its last line, if it is not that of its group.
func (s *setting) ownTick() {
	if s.key.flags&ticked == 0 {
		return
	}
	last := &s.lines[len(s.lines)-1]
	room := s.p.column() - last.indent
	for _, x := range last.left {
		room -= s.l.Cells.Width(x.text)
	}
	t := s.tick(s.m.State, room)
	if t.text == "" {
		return
	}
	if s.l.Cells.Width(t.text) <= room {
		last.right[0] = t
		return
	}
	l := line{mark: s.mark, indent: textIndent}
	l.right[0] = s.tick(s.m.State, s.width())
	s.lines = append(s.lines, l)
}
