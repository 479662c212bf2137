package overlay

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"

	"parley/model"
	"parley/model/safe"
	"parley/ui/look"
)

// inputMax is how many characters a line holds, longMax a text of several.
const (
	inputMax = 500
	longMax  = 4000
)

// input is a line being typed, or a text of several. Its only clipboard is what the terminal pastes: that of the
// machine Parley runs on may be somebody else's.
type input struct {
	text string
	// at is the cursor: the bytes before it, always between two characters.
	at int
	// long: it has several lines.
	long bool
}

// set replaces the text; the cursor goes to its end.
func (in *input) set(s string) { in.text, in.at = "", 0; in.insert(s) }

// update handles a key or a pasted text, and reports whether the text changed.
func (in *input) update(msg tea.Msg) bool {
	before := in.text
	switch msg := msg.(type) {
	case tea.PasteMsg:
		in.insert(msg.Content)
	case tea.KeyPressMsg:
		if msg.Text != "" {
			in.insert(msg.Text)
			break
		}
		in.edit(msg.Keystroke())
	}
	return in.text != before
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n")

// insert inserts a text at the cursor, as plain characters, in one line unless it is long. A text
// that is too long is dropped.
func (in *input) insert(s string) {
	end, most := ' ', inputMax
	if in.long {
		end, most = '\n', longMax
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\u2028' || r == '\u2029':
			return end
		case r == '\t':
			return ' '
		case r == utf8.RuneError || unicode.IsControl(r):
			return -1
		}
		return r
	}, lineEnds.Replace(strings.ToValidUTF8(s, "")))
	s = norm.NFC.String(s)
	if utf8.RuneCountInString(in.text)+utf8.RuneCountInString(s) > most {
		return
	}
	in.text = in.text[:in.at] + s + in.text[in.at:]
	// The text may have combined with the character before or after it.
	in.at = boundary(in.text, in.at+len(s))
}

func (in *input) edit(key string) {
	switch key {
	case "left", "ctrl+b":
		in.at = in.before()
	case "right", "ctrl+f":
		in.at = in.after()
	case "home", "ctrl+a":
		in.at = 0
	case "end", "ctrl+e":
		in.at = len(in.text)
	case "backspace", "ctrl+h":
		in.remove(in.before(), in.at)
	case "delete", "ctrl+d":
		in.remove(in.at, in.after())
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		head := strings.TrimRight(in.text[:in.at], " ")
		in.remove(strings.LastIndexAny(head, " \n")+1, in.at)
	case "ctrl+u":
		in.remove(0, in.at)
	case "ctrl+k":
		in.remove(in.at, len(in.text))
	}
}

func (in *input) remove(from, to int) {
	in.text = in.text[:from] + in.text[to:]
	in.at = boundary(in.text, from)
}

func (in *input) before() int {
	at := 0
	for next := 0; next < in.at; next = at + cluster(in.text[at:]) {
		at = next
	}
	return at
}

func (in *input) after() int { return in.at + cluster(in.text[in.at:]) }

// boundary returns the first position between two characters that is not before at.
func boundary(s string, at int) int {
	end := 0
	for end < at {
		end += cluster(s[end:])
	}
	return end
}

// cluster returns the length of the first character.
func cluster(s string) int {
	if s == "" {
		return 0
	}
	k, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(k)
}

// draw returns the text in exactly width cells, and the column of the cursor. If it is longer,
// it draws the part around the cursor.
func (in *input) draw(l look.Look, width int) (string, int) {
	head, rest := drawn(l, in.text[:in.at]), drawn(l, in.text[in.at:])
	room := max(0, width-1)
	for over := l.Cells.Width(head) - room; over > 0; over = l.Cells.Width(head) - room {
		for over > 0 && head != "" {
			n := cluster(head)
			over -= l.Cells.Width(head[:n])
			head = head[n:]
		}
	}
	x := l.Cells.Width(head)
	end, _ := l.Cells.Head(rest, width-x)
	return l.Fit(head+end, width), x
}

func drawn(l look.Look, s string) string {
	s = l.Cells.Shown(safe.Body(model.Untrusted(s)).String())
	return strings.ReplaceAll(s, "\n", " ")
}
