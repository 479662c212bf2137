// Package prompt is a terminal as it suits whoever has it read aloud: whole lines, one below the
// other, and a line that is typed at the end. The cursor never moves up, nothing is written over, and
// nothing is printed into what is being typed.
package prompt

import (
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"parley/model"
	"parley/model/safe"
)

// Kind is what happened at the prompt.
type Kind uint8

// The kinds of events.
const (
	// Entered: a line was typed and sent off.
	Entered Kind = iota
	// Left: the user wants out of what was asked, by ctrl+c.
	Left
	// Ended: nothing more will be typed.
	Ended
	// Freed: what was typed was deleted again, so that lines can be printed.
	Freed
)

// Event is something that happened at the prompt. Text is what was typed.
type Event struct {
	Kind Kind
	Text string
}

// mostTyped is how much may be typed or pasted, in bytes.
const mostTyped = 16 << 10

// Prompt reads lines from a terminal, and prints lines on it. Its methods may be called from
// several goroutines.
type Prompt struct {
	out io.Writer
	// raw: the terminal shows nothing of what is typed by itself, and has lines end as it is told.
	raw bool
	// width returns the terminal's width; 0: not known.
	width func() int

	events chan Event
	// asked wakes the reader.
	asked chan struct{}

	mu sync.Mutex
	// asking: the prompt stands there, and text is what is typed.
	asking       bool
	prompt, text string
}

// New returns a prompt on a terminal in raw mode, whose width that function returns.
func New(out io.Writer, width func() int) *Prompt { return created(out, true, width) }

// NewPlain returns a prompt on something else: a pipe, a file.
func NewPlain(out io.Writer) *Prompt { return created(out, false, func() int { return 0 }) }

func created(out io.Writer, raw bool, width func() int) *Prompt {
	return &Prompt{out: out, raw: raw, width: width, events: make(chan Event), asked: make(chan struct{}, 1)}
}

// Events returns what happens at the prompt.
func (p *Prompt) Events() <-chan Event { return p.events }

// Print prints lines, and reports whether it did: not while something is being typed.
func (p *Prompt) Print(lines []string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asking && p.text != "" {
		return false
	}
	var b strings.Builder
	if p.asking {
		p.newline(&b)
	}
	for _, l := range lines {
		for part := range strings.SplitSeq(safe.BodyAll(model.Untrusted(l)).String(), "\n") {
			b.WriteString(part)
			p.newline(&b)
		}
	}
	if p.asking {
		b.WriteString(p.prompt)
	}
	p.write(b.String())
	return true
}

// Ask asks for a line, of which that text is typed already.
func (p *Prompt) Ask(prompt, text string) {
	p.mu.Lock()
	p.asking, p.prompt, p.text = true, prompt, text
	p.write(p.standing())
	p.mu.Unlock()
	select {
	case p.asked <- struct{}{}:
	default:
	}
}

// Typed returns what is typed at the prompt.
func (p *Prompt) Typed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text
}

// Drop takes the prompt back, and what is typed there.
func (p *Prompt) Drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asking {
		p.ends()
	}
}

// ends ends the line that is being typed.
func (p *Prompt) ends() {
	p.asking, p.prompt, p.text = false, "", ""
	var b strings.Builder
	p.newline(&b)
	p.write(b.String())
}

// standing is the prompt, and what is typed, as they are shown.
func (p *Prompt) standing() string { return p.prompt + p.shown(p.text) }

// shown is what of a typed text is shown.
func (p *Prompt) shown(text string) string {
	s := safe.BodyAll(model.Untrusted(text)).String()
	if p.raw {
		return strings.ReplaceAll(s, "\n", "\r\n")
	}
	return s
}

func (p *Prompt) newline(b *strings.Builder) {
	if p.raw {
		b.WriteByte('\r')
	}
	b.WriteByte('\n')
}

// write writes to the terminal. That it is gone, the reader notices.
func (p *Prompt) write(s string) { _, _ = io.WriteString(p.out, s) }

// typedRune reports whether a character may be typed: what can be seen, and what joins it.
func typedRune(r rune) bool {
	const zeroWidthJoiner, zeroWidthNonJoiner = '\u200D', '\u200C'
	return unicode.IsPrint(r) || r == '\u3000' || r == zeroWidthJoiner || r == zeroWidthNonJoiner
}

// add adds to what is typed, and shows it.
func (p *Prompt) add(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.text)+len(s) > mostTyped {
		return
	}
	p.text += s
	if r, size := utf8.DecodeRuneInString(s); p.raw && size == len(s) && unicode.IsMark(r) {
		p.write(s) // it joins what stands there
	} else if p.raw {
		p.write(p.shown(s))
	}
}

// erase shortens what is typed to those bytes. Where the rest stands on the same line it is
// wiped out; else the line is shown once more below.
func (p *Prompt) erase(to int) {
	before, gone := p.standing(), p.text[to:]
	p.text = p.text[:to]
	cells := uniseg.StringWidth(p.shown(gone))
	if w := p.width(); strings.Contains(before, "\n") || w > 0 && uniseg.StringWidth(before) >= w {
		p.write("\r\n" + p.standing())
		return
	}
	p.write(strings.Repeat("\b \b", cells))
}

// back deletes what is typed from where cut says.
func (p *Prompt) back(cut func(string) int) (freed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.text == "" {
		return false
	}
	p.erase(cut(p.text))
	return p.text == ""
}

// lastCharacter is where the last character of a text begins, as its reader sees it.
func lastCharacter(s string) int {
	at, g := 0, uniseg.NewGraphemes(s)
	for g.Next() {
		at, _ = g.Positions()
	}
	return at
}

// lastWord is where the last word of a text begins.
func lastWord(s string) int { return strings.LastIndexByte(strings.TrimRight(s, " "), ' ') + 1 }
