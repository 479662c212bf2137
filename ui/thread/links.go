package thread

import (
	"strings"

	"parley/ui/link"
)

// linked adds a text, wrapped, whose addresses are links: in each line as far as a line has room
// for spans.
func (s *setting) linked(t string, i ink, found []link.Place) {
	at := 0
	for _, w := range s.l.Cells.Wrap(s.l.Cells.Apart(t), s.width()) {
		from := strings.Index(t[at:], w)
		if from < 0 { // something was put in, to keep characters apart
			s.add(span{text: w, ink: i})
			continue
		}
		from += at
		at = from + len(w)
		s.add(spansOf(t, from, at, i, found)...)
	}
}

// spansOf returns the spans of a part of a text. Where there is no room for all of its links, the
// last are not told apart.
func spansOf(t string, from, to int, i ink, found []link.Place) []span {
	var spans []span
	most := len(line{}.left)
	for _, p := range found {
		begin, end := max(p.From, from), min(p.To, to)
		if begin >= end || len(spans)+2 > most {
			continue
		}
		if begin > from {
			spans = append(spans, span{text: t[from:begin], ink: i})
		}
		spans = append(spans, span{text: t[begin:end], ink: linkInk, to: p.URL})
		from = end
	}
	if from < to || len(spans) == 0 {
		spans = append(spans, span{text: t[from:to], ink: i})
	}
	return spans
}
