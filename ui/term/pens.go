package term

import (
	"strings"

	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// pen numbers a way that text looks. 0 is the terminal's own.
type pen uint16

// mostPens is how many ways to look are kept. A theme has a few dozens.
const mostPens = 4096

// sgrReset has the terminal write as it does by itself.
const sgrReset = "\x1b[m"

// pens are the ways to look that frames used so far.
type pens struct {
	profile colorprofile.Profile
	parser  *ansi.Parser
	styles  []uv.Style
	// opens are the sequences that set them from the terminal's own, for the profile.
	opens []string
	ids   map[uv.Style]pen
	// next is what a sequence makes of a pen.
	next map[stroke]pen
}

// stroke is a sequence that changes a pen.
type stroke struct {
	from     pen
	sequence string
}

func newPens(p colorprofile.Profile) *pens {
	s := &pens{profile: p, parser: ansi.NewParser(), ids: map[uv.Style]pen{}, next: map[stroke]pen{}}
	s.id(uv.Style{})
	return s
}

// full tells whether there are so many that it is time to begin anew.
func (p *pens) full() bool { return len(p.styles) >= mostPens || len(p.next) >= mostPens }

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

// change returns the pen that a sequence for colours makes of another. Text that blinks or
// hides is none of ours.
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
	key.sequence = strings.Clone(sequence) // it must not keep the frame
	p.next[key] = to
	return to
}

// turn appends what has the terminal write with another pen.
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
