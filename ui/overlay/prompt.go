package overlay

import (
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"parley/ui/look"
)

// Prompt asks for a line of text.
type Prompt struct {
	// Title says what it is for, Hint how to enter it.
	Title, Hint string
	// Live: every change of the text is an action.
	Live bool
	// Suggest, if it is there, says instead of Hint how the text may go on; Complete is what tab
	// makes of it.
	Suggest  func(text string) string
	Complete func(text string) string
	// Completes: tab asks to complete the text.
	Completes bool

	in    input
	err   string
	caret caret
}

// caret is where the cursor was drawn.
type caret struct {
	x, y int
	ok   bool
}

// NewPrompt returns a prompt with an initial text.
func NewPrompt(title, hint, text string) *Prompt {
	p := &Prompt{Title: title, Hint: hint}
	p.in.set(text)
	return p
}

// Text returns the text typed so far.
func (p *Prompt) Text() string { return p.in.text }

// SetText replaces the text; the cursor goes to its end.
func (p *Prompt) SetText(s string) { p.in.set(s) }

// SetError says in a sentence why the input was rejected. The next change of the text clears
// it.
func (p *Prompt) SetError(sentence string) { p.err = sentence }

// SetErrorAt says so, too, and has the cursor stand after so many characters of the text: where
// it is wrong.
func (p *Prompt) SetErrorAt(sentence string, runes int) {
	p.err = sentence
	p.in.at = boundary(p.in.text, len(string([]rune(p.in.text)[:max(0, min(runes, utf8.RuneCountInString(p.in.text)))])))
}

// Update implements Overlay.
func (p *Prompt) Update(msg tea.Msg) (Action, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok && key.Text == "" {
		switch key.Keystroke() {
		case "esc", "ctrl+c":
			return Closed{}, nil
		case "enter":
			return Entered{p.in.text}, nil
		case "tab":
			if p.Completes {
				return Completing{p.in.text}, nil
			}
			if p.Complete != nil {
				p.in.set(p.Complete(p.in.text))
				p.err = ""
				return nil, nil
			}
		}
	}
	if !p.in.update(msg) {
		return nil, nil
	}
	p.err = ""
	if p.Live {
		return Edited{p.in.text}, nil
	}
	return nil, nil
}

// promptRoom is the least that there must be to type in.
const promptRoom = 30

// Fits implements [Narrow].
func (p *Prompt) Fits(l look.Look, w int) bool {
	return p.Suggest == nil && max(promptRoom, l.Cells.Width(p.Title)+6, l.Cells.Width(p.Hint)+2, l.Cells.Width(p.in.text)+3) <= w
}

// Lines implements Overlay.
func (p *Prompt) Lines(l look.Look, w, h int) []string {
	f := newSheet(p.Title, w, h)
	iw, ih := f.inside()
	typed, x := p.in.draw(l, iw)
	content := []string{l.Theme.Text.Paint(typed)}
	if p.err != "" {
		for _, s := range l.Cells.Wrap(p.err, iw) {
			content = append(content, l.Theme.Danger.Paint(l.Fit(s, iw)))
		}
	}
	hint := p.Hint
	if p.Suggest != nil {
		hint = p.Suggest(p.in.text)
	}
	if hint != "" {
		for _, s := range l.Cells.Wrap(hint, iw) {
			content = append(content, l.Theme.Muted.Paint(l.Fit(s, iw)))
		}
	}
	ox := contentLeft
	p.caret = caret{ox + x, contentTop, ih > 0 && iw > 0}
	return f.lines(l, content)
}

// Cursor implements Overlay.
func (p *Prompt) Cursor() (x, y int, ok bool) { return p.caret.x, p.caret.y, p.caret.ok }
