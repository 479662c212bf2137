package overlay

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/cells"
	"parley/ui/look"
)

// ReadKind is the kind of a line of a [Reader].
type ReadKind uint8

// The kinds of lines.
const (
	ReadText  ReadKind = iota
	ReadMuted          // a remark about a text
	ReadDay            // the name of a day, between two rules
	ReadUnder          // below the name of a day
	ReadHead           // the author, with the time at the right
)

// ReadLine is a line to read, or a text that is wrapped into several.
type ReadLine struct {
	Kind ReadKind
	Text string
	// Right is at the right of a head.
	Right string
	// Ours: it has a bar, like our messages in a conversation.
	Ours bool
}

// Reader shows a text to scroll. The caller loads it page by page: the reader answers [Moved]
// after each scroll.
type Reader struct {
	title string
	lines []ReadLine
	// said is above the text, status below it; alarm: something is wrong.
	said, status string
	alarm        bool

	// The text as last laid out, and how many lines of it were visible.
	drawn []string
	width int
	look  uint32
	low   bool
	laid  bool
	seen  int
	top   int
}

// NewReader returns a reader without a text.
func NewReader(title string) *Reader { return &Reader{title: title} }

// Say sets the sentence above the text.
func (p *Reader) Say(sentence string) { p.said, p.laid = sentence, false }

// SetTitle replaces the title.
func (p *Reader) SetTitle(title string) { p.title = title }

// SetLines replaces the text. The position stays.
func (p *Reader) SetLines(lines []ReadLine) { p.lines, p.laid = slices.Clone(lines), false }

// SetStatus sets the state of loading; alarm: something is wrong.
func (p *Reader) SetStatus(sentence string, alarm bool) { p.status, p.alarm = sentence, alarm }

// NearEnd reports whether at most a page is left after the visible part.
func (p *Reader) NearEnd() bool { return p.laid && p.top+2*p.seen >= len(p.drawn) }

// Update implements Overlay.
func (p *Reader) Update(msg tea.Msg) (Action, tea.Cmd) {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, nil
	}
	by := 0
	switch key.String() {
	case "esc", "q", "ctrl+c", "h", "left":
		return Closed{}, nil
	case "j", "down":
		by = 1
	case "k", "up":
		by = -1
	case "ctrl+d":
		by = max(1, p.seen/2)
	case "ctrl+u":
		by = -max(1, p.seen/2)
	case "pgdown", "space":
		by = max(1, p.seen-1)
	case "pgup":
		by = -max(1, p.seen-1)
	case "g", "home":
		by = -len(p.drawn)
	case "G", "end":
		by = len(p.drawn)
	default:
		return nil, nil
	}
	p.scroll(by)
	return Moved{}, nil
}

func (p *Reader) scroll(by int) { p.top = max(0, min(p.top+by, len(p.drawn)-p.seen)) }

// Lines implements Overlay.
func (p *Reader) Lines(l look.Look, w, h int) []string {
	f := newSheet(p.title, w, h)
	iw, ih := f.inside()
	p.lay(l, iw, ih < roomy)
	var content []string
	if ih >= roomy {
		content = p.sentence(l, iw)
	}
	below := p.below(l, iw, ih)
	p.seen = max(0, ih-len(content)-len(below))
	positioned := len(p.drawn) > p.seen && len(below) < 2 && p.seen > 1
	if positioned {
		p.seen--
	}
	p.scroll(0)
	to := min(p.top+p.seen, len(p.drawn))
	content = append(append(content, p.drawn[p.top:to]...), below...)
	if positioned {
		position := l.Say(i18n.OverlayPosition, "From", p.top+1, "Dash", dash(l), "To", to, "All", len(p.drawn))
		content = append(content, l.Theme.Muted.Paint(l.Right(position, iw)))
	}
	return f.lines(l, content)
}

func dash(l look.Look) string {
	if l.Theme.ASCII {
		return "-"
	}
	return "–"
}

// roomy is the height from which the sentence above stays while the text is scrolled; below
// that it scrolls along.
const roomy = 14

// sentence returns the sentence above the text, with a blank line below.
func (p *Reader) sentence(l look.Look, w int) []string {
	if p.said == "" {
		return nil
	}
	var out []string
	for _, s := range l.Cells.Wrap(p.said, w) {
		out = append(out, l.Theme.Muted.Paint(l.Fit(s, w)))
	}
	return append(out, l.Fit("", w))
}

func (p *Reader) below(l look.Look, w, h int) []string {
	style := l.Theme.Muted
	if p.alarm {
		style = l.Theme.Warn
	}
	var out []string
	if p.status == "" {
		return nil
	}
	for _, s := range l.Cells.Wrap(p.status, w) {
		if len(out) < max(1, h/2) {
			out = append(out, style.Paint(l.Fit(s, w)))
		}
	}
	return out
}

// lay lays the text out for a width; low: including the sentence above.
func (p *Reader) lay(l look.Look, w int, low bool) {
	if p.laid && p.width == w && p.low == low && p.look == l.Version {
		return
	}
	p.laid, p.width, p.low, p.look = true, w, low, l.Version
	p.drawn = p.drawn[:0]
	if low {
		p.drawn = append(p.drawn, p.sentence(l, w)...)
	}
	for _, line := range p.lines {
		p.drawn = append(p.drawn, line.draw(l, w)...)
	}
}

// readIndent is the indentation of a text.
const readIndent = 2

// mostRule is how long the rules beside a day's name are.
const mostRule = 8

func (r ReadLine) draw(l look.Look, w int) []string {
	switch r.Kind {
	case ReadDay:
		text := l.Cut(l.Cells.Apart(r.Text), max(0, w-4))
		n := max(0, min(mostRule, (w-l.Cells.Width(text)-2)/2))
		rule := l.Theme.Faint.Paint(l.Rule(n))
		used := 2*n + 2 + l.Cells.Width(text)
		left := max(0, (w-used)/2)
		return []string{cells.Spaces(left) + rule + l.Theme.Muted.Paint(" "+text+" ") + rule + cells.Spaces(max(0, w-left-used))}
	case ReadUnder:
		var out []string
		for _, s := range l.Cells.Wrap(l.Cells.Apart(r.Text), w) {
			out = append(out, l.Theme.Muted.Paint(l.Fit(cells.Spaces((w-l.Cells.Width(s))/2)+s, w)))
		}
		return out
	case ReadHead:
		return []string{r.head(l, w)}
	case ReadText, ReadMuted:
	}
	if r.Text == "" {
		return []string{l.Fit("", w)}
	}
	style := l.Theme.Text
	if r.Kind == ReadMuted {
		style = l.Theme.Muted
	}
	var out []string
	for _, s := range l.Cells.Wrap(l.Cells.Apart(r.Text), max(1, w-readIndent)) {
		out = append(out, row(l, w, r.bar(l), cell{l.Theme.Text, "", readIndent - 1}, cell{style, s, -1}))
	}
	return out
}

// head draws the author and the time.
func (r ReadLine) head(l look.Look, w int) string {
	style := l.Theme.Strong
	right := l.Cut(r.Right, w/2)
	n := l.Cells.Width(right)
	if r.Ours {
		return row(l, w, r.bar(l), cell{l.Theme.Accent, r.Text, max(0, w-1-n-1)}, cell{l.Theme.Text, "", 1}, cell{l.Theme.Muted, right, n})
	}
	return row(l, w, cell{style, l.Cells.Apart(r.Text), max(0, w-n-1)}, cell{l.Theme.Text, "", 1}, cell{l.Theme.Muted, right, n})
}

// bar is the first cell of a line.
func (r ReadLine) bar(l look.Look) cell {
	if r.Ours {
		return cell{l.Theme.Accent, l.Theme.Bar, 1}
	}
	return cell{l.Theme.Text, "", 1}
}

// Cursor implements Overlay.
func (p *Reader) Cursor() (x, y int, ok bool) { return 0, 0, false }
