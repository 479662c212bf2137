package term

import (
	"strings"

	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"parley/ui/link"
)

// pen numbers a style. 0 is the terminal's default.
type pen uint16

// mostPens is how many styles are kept. A theme has a few dozens, a picture some hundreds.
const mostPens = 16384

// sgrReset selects the terminal's default style.
const sgrReset = "\x1b[m"

// pens are the styles used so far.
type pens struct {
	profile colorprofile.Profile
	parser  *ansi.Parser
	styles  []uv.Style
	// opens are the sequences that select each from the default, in this profile.
	opens []string
	ids   map[uv.Style]pen
	// links are the sequences that open each link used so far; 0 is none.
	links   []string
	linkIDs map[string]uint16
	// next maps a pen and a sequence to the resulting pen.
	next map[stroke]pen
}

// stroke is a sequence that changes a pen.
type stroke struct {
	from     pen
	sequence string
}

func newPens(p colorprofile.Profile) *pens {
	s := &pens{profile: p, parser: ansi.NewParser(), ids: map[uv.Style]pen{}, next: map[stroke]pen{}, links: []string{link.Close}, linkIDs: map[string]uint16{link.Close: 0}}
	s.id(uv.Style{})
	return s
}

// full reports whether there are too many, so that a new set should be started.
func (p *pens) full() bool {
	return len(p.styles) >= mostPens || len(p.next) >= mostPens || len(p.links) >= mostPens
}

// id returns the pen of a style.
func (p *pens) id(s uv.Style) pen {
	if id, ok := p.ids[s]; ok {
		return id
	}
	if len(p.styles) > 0xFFFF {
		return 0
	}
	id := pen(len(p.styles)) //nolint:gosec // within 16 bits
	p.ids[s] = id
	p.styles = append(p.styles, s)
	drawn := uv.ConvertStyle(s, p.profile)
	open := ""
	if !drawn.IsZero() {
		open = drawn.String()
	}
	p.opens = append(p.opens, open)
	return id
}

// change returns the pen that a colour sequence turns another into. Blinking and hidden text
// is dropped: we never draw it.
func (p *pens) change(from pen, sequence string) pen {
	if sequence == sgrReset {
		return 0
	}
	key := stroke{from, sequence}
	if to, ok := p.next[key]; ok {
		return to
	}
	style := p.styles[from]
	ansi.DecodeSequence(sequence, ansi.NormalState, p.parser)
	uv.ReadStyle(p.parser.Params(), &style)
	style.Attrs &^= uv.AttrBlink | uv.AttrRapidBlink | uv.AttrConceal
	to := p.id(style)
	key.sequence = strings.Clone(sequence) // must not keep the frame alive
	p.next[key] = to
	return to
}

// turn appends the sequence that switches from one pen to another.
func (p *pens) turn(buf []byte, from, to pen) []byte {
	before, after := p.opens[from], p.opens[to]
	switch {
	case before == after:
		return buf
	case after == "":
		return append(buf, sgrReset...)
	case before == "":
		return append(buf, after...)
	}
	buf = append(buf, "\x1b[0;"...)
	return append(buf, strings.TrimPrefix(after, "\x1b[")...)
}

// link returns the number of the link that a sequence opens; 0 if it closes one.
func (p *pens) link(sequence string) uint16 {
	if id, ok := p.linkIDs[sequence]; ok {
		return id
	}
	if len(p.links) > 0xFFFF {
		return 0
	}
	id := uint16(len(p.links))         //nolint:gosec // within 16 bits
	sequence = strings.Clone(sequence) // must not keep the frame alive
	p.linkIDs[sequence] = id
	p.links = append(p.links, sequence)
	return id
}
