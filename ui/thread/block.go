package thread

import (
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/ui/look"
)

// block is the lines of a message.
type block struct {
	key   blockKey
	lines []line
	// prelude is how many lines precede the message itself: a blank one, the day, the rule
	// "New".
	prelude int
	// body is the first line after author and time. There is always one.
	body int
	// drawn caches the lines that were on the screen, chosen those that were while the message was
	// selected.
	drawn, chosen []string
}

// draw returns a line as drawn.
func (b *block) draw(p *Pane, n int) string {
	if b.drawn == nil {
		b.drawn = make([]string, len(b.lines))
	}
	if b.drawn[n] == "" {
		b.drawn[n] = p.draw(&b.lines[n])
	}
	return b.drawn[n]
}

// dayRule is how long the rules beside a day's name are.
const dayRule = 8

// lay lays out the lines of a message.
func (p *Pane) lay(i int, key blockKey) *block {
	m := p.at(i)
	s := setting{p: p, l: &p.look, m: m, key: key, i: i, mark: markOf(m)}
	s.prelude()
	b := &block{key: key, prelude: len(s.lines)}
	if m.Direction == model.System {
		b.body = len(s.lines)
		s.system()
	} else {
		if key.flags&heads != 0 {
			s.header()
		}
		b.body = len(s.lines)
		s.message()
	}
	b.lines = s.lines
	return b
}

func markOf(m *model.Message) mark {
	switch {
	case m.Direction == model.Note:
		return noteMark
	case m.Direction == model.Out && needsHand(m):
		return asksMark
	case m.Direction == model.Out:
		return oursMark
	}
	return noMark
}

// setting is a message being laid out.
type setting struct {
	p     *Pane
	l     *look.Look
	m     *model.Message
	key   blockKey
	i     int
	mark  mark
	lines []line
}

// width returns the width of the text.
func (s *setting) width() int { return max(1, s.p.column()-textIndent) }

// add adds a line of the message.
func (s *setting) add(spans ...span) {
	l := line{mark: s.mark, indent: textIndent}
	copy(l.left[:], spans)
	s.lines = append(s.lines, l)
}

// wrapped adds a text, wrapped.
func (s *setting) wrapped(t string, i ink) {
	for _, w := range s.l.Cells.Wrap(s.l.Cells.Apart(t), s.width()) {
		s.add(span{text: w, ink: i})
	}
}

// append adds a text to the last line, or starts another if there is no room.
func (s *setting) append(t string) {
	last := &s.lines[len(s.lines)-1]
	used := 0
	for _, x := range last.left {
		used += s.l.Cells.Width(x.text)
	}
	if used+1+s.l.Cells.Width(t) > s.width() || last.left[2].text != "" {
		s.wrapped(t, muted)
		return
	}
	n := 1
	if last.left[1].text != "" {
		n = 2
	}
	if !strings.HasPrefix(t, "（") { // its left half is blank
		t = " " + t
	}
	last.left[n] = span{text: t, ink: muted}
}

// prelude adds what precedes a message.
func (s *setting) prelude() {
	f := s.key.flags
	if f&heads != 0 && f&begins == 0 {
		s.lines = append(s.lines, line{})
	}
	day, here := f&newDay != 0, f&newHere != 0
	switch {
	case day && here:
		s.lines = append(s.lines, s.p.rule(s.l.Day(s.p.c.Now, s.m.SentAt)+" "+s.l.Theme.Bullet+" "+s.l.Say(i18n.ThreadNew), mostColumn))
	case day:
		s.lines = append(s.lines, s.p.rule(s.l.Day(s.p.c.Now, s.m.SentAt), dayRule))
	case here:
		s.lines = append(s.lines, s.p.rule(s.l.Say(i18n.ThreadNew), mostColumn))
	}
}

// header adds author and time, and the state of the group.
func (s *setting) header() {
	h := line{mark: s.mark}
	switch s.mark {
	case noMark:
	case asksMark:
		h.indent = textIndent
	default:
		h.indent = 1
	}
	who, i := s.author()
	label := ""
	if s.m.Direction == model.Note {
		label = " " + s.l.Theme.Bullet + " " + s.l.Say(i18n.NoteLabel)
	}
	h.right[0] = span{text: s.l.Clock(s.m.SentAt), ink: muted}
	room := s.p.column() - h.indent - s.l.Cells.Width(h.right[0].text+label) - 2
	if s.m.Direction == model.Out {
		h.right[1] = s.tick(s.key.group, room-s.l.Cells.Width(who))
		room -= s.l.Cells.Width(h.right[1].text)
	}
	h.left = [3]span{{text: s.l.Cut(s.l.Cells.Apart(who), room), ink: i}, {text: label, ink: warn}}
	s.lines = append(s.lines, h)
}

// author returns the author's name, and its style.
func (s *setting) author() (string, ink) {
	a := &s.m.Author
	switch a.Kind {
	case model.ByCustomer:
		return s.customer(), strong
	case model.ByPage:
		return s.l.Say(i18n.AuthorPage), strong
	case model.ByApp:
		return s.l.Say(i18n.AuthorApp), strong
	case model.ByUser:
		if a.ID == string(s.p.c.Me) {
			return s.l.Say(i18n.You), accent
		}
	}
	if name := s.l.Line(a.Name); name != "" {
		return name, strong
	}
	return s.l.Say(i18n.ThreadColleague), strong
}

func (s *setting) customer() string {
	c := s.p.c.Conversation.Customer
	if c.Name == "" && s.m.Author.Kind == model.ByCustomer {
		c.Name = s.m.Author.Name
	}
	return s.l.Name(c)
}
