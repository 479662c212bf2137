package overlay

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/look"
)

// Section is a part of a help page: keys and what they do, or questions and answers.
type Section struct {
	Heading    string
	Rows       []Row
	Paragraphs []Paragraph
	// Ordered: what comes first matters; the rows are never in two columns.
	Ordered bool
}

// Row is a key and what it does.
type Row struct{ Key, Text string }

// Paragraph is a question and its answer, or a text without a question.
type Paragraph struct{ Question, Answer string }

// Help is a page to read.
type Help struct {
	title    string
	sections []Section

	// The page as last wrapped, and how many lines of it were visible.
	lines   []string
	width   int
	look    uint32
	wrapped bool
	seen    int
	top     int
}

// NewHelp returns a page of sections.
func NewHelp(title string, sections []Section) *Help {
	return &Help{title: title, sections: slices.Clone(sections)}
}

// Update implements Overlay.
func (p *Help) Update(msg tea.Msg) (Action, tea.Cmd) {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, nil
	}
	switch key.String() {
	case "esc", "q", "?", "ctrl+c":
		return Closed{}, nil
	case "j", "down":
		p.scroll(1)
	case "k", "up":
		p.scroll(-1)
	case "ctrl+d":
		p.scroll(max(1, p.seen/2))
	case "ctrl+u":
		p.scroll(-max(1, p.seen/2))
	case "pgdown", "space":
		p.scroll(max(1, p.seen-1))
	case "pgup":
		p.scroll(-max(1, p.seen-1))
	case "g", "home":
		p.top = 0
	case "G", "end":
		p.scroll(len(p.lines))
	}
	return nil, nil
}

func (p *Help) scroll(by int) { p.top = max(0, min(p.top+by, len(p.lines)-p.seen)) }

// Lines implements Overlay.
func (p *Help) Lines(l look.Look, w, h int) []string {
	f := newSheet(p.title, w, h)
	iw, ih := f.inside()
	p.wrap(l, iw)
	p.seen = ih
	if len(p.lines) > ih && ih > 1 {
		p.seen = ih - 1
	}
	p.scroll(0)
	to := min(p.top+p.seen, len(p.lines))
	content := slices.Clone(p.lines[p.top:to])
	if p.seen < ih && len(p.lines) > p.seen {
		dash := "–"
		if l.Theme.ASCII {
			dash = "-"
		}
		position := l.Say(i18n.OverlayPosition, "From", p.top+1, "Dash", dash, "To", to, "All", len(p.lines))
		content = append(content, l.Theme.Muted.Paint(l.Right(position, iw)))
	}
	return f.lines(l, content)
}

// wrap lays the page out for a width.
func (p *Help) wrap(l look.Look, w int) {
	if p.wrapped && p.width == w && p.look == l.Version {
		return
	}
	p.wrapped, p.width, p.look = true, w, l.Version
	keys := 0
	for _, s := range p.sections {
		for _, r := range s.Rows {
			keys = max(keys, l.Cells.Width(r.Key))
		}
	}
	keys = min(keys, w/3)
	p.lines = p.lines[:0]
	for _, s := range p.sections {
		if s.Heading == "" && len(s.Rows)+len(s.Paragraphs) == 0 {
			continue
		}
		if len(p.lines) > 0 {
			p.lines = append(p.lines, l.Fit("", w))
		}
		p.section(l, s, keys)
	}
}

func (p *Help) section(l look.Look, s Section, keys int) {
	t, w := l.Theme, p.width
	if s.Heading != "" {
		for _, line := range l.Cells.Wrap(s.Heading, w) {
			p.lines = append(p.lines, t.Muted.Paint(l.Fit(line, w)))
		}
	}
	if s.Ordered {
		p.lines = append(p.lines, keyRows(l, s.Rows, keys, w)...)
	} else {
		p.lines = append(p.lines, columns(l, s.Rows, keys, w)...)
	}
	for i, q := range s.Paragraphs {
		if i > 0 {
			p.lines = append(p.lines, l.Fit("", w))
		}
		indent := ""
		if q.Question != "" {
			indent = "  "
			for _, line := range l.Cells.Wrap(q.Question, w) {
				p.lines = append(p.lines, t.Accent.Paint(l.Fit(line, w)))
			}
		}
		for _, line := range l.Cells.Wrap(q.Answer, w-len(indent)) {
			p.lines = append(p.lines, t.Text.Paint(l.Fit(indent+line, w)))
		}
	}
}

// Two columns of keys stand side by side from that width of each, with a gap between them.
const (
	leastColumn = 46
	columnGap   = 3
)

// columns draws keys and what they do, in two columns where there is room for them. They are
// read down, then on at the top of the second.
func columns(l look.Look, rows []Row, keys, w int) []string {
	one := (w - columnGap) / 2
	if one < leastColumn || len(rows) < 2 {
		return keyRows(l, rows, keys, w)
	}
	half := (len(rows) + 1) / 2
	left, right := keyRows(l, rows[:half], keys, one), keyRows(l, rows[half:], keys, w-one-columnGap)
	out := make([]string, max(len(left), len(right)))
	at := func(lines []string, y, w int) string {
		if y < len(lines) {
			return lines[y]
		}
		return l.Fit("", w)
	}
	for y := range out {
		out[y] = at(left, y, one) + l.Fit("", columnGap) + at(right, y, w-one-columnGap)
	}
	return out
}

func keyRows(l look.Look, rows []Row, keys, w int) []string {
	var out []string
	for _, r := range rows {
		key := r.Key
		for _, line := range l.Cells.Wrap(r.Text, w-keys-2) {
			out = append(out, row(l, w, cell{l.Theme.Accent, key, keys}, cell{l.Theme.Text, "", 2}, cell{l.Theme.Text, line, -1}))
			key = ""
		}
	}
	return out
}

// Cursor implements Overlay.
func (p *Help) Cursor() (x, y int, ok bool) { return 0, 0, false }
