package prompt

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// The keys that do something but type.
const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	ctrlH     = 0x08
	ctrlU     = 0x15
	ctrlW     = 0x17
	escape    = 0x1b
	backspace = 0x7f
)

// Read reads what is typed until it ends, or ctx does.
func (p *Prompt) Read(ctx context.Context, in io.Reader) {
	defer close(p.events)
	r := &reader{p: p, in: bufio.NewReader(in)}
	for p.waits(ctx) {
		if err := r.key(ctx); err != nil {
			if !p.raw && p.Typed() != "" { // the last line has no end
				p.sends(ctx, Entered)
				if !p.waits(ctx) {
					return
				}
			}
			p.tell(ctx, Event{Kind: Ended, Text: p.Typed()})
			return
		}
	}
}

// waits waits until something is asked: what is typed before belongs to the next question.
func (p *Prompt) waits(ctx context.Context) bool {
	for {
		p.mu.Lock()
		asking := p.asking
		p.mu.Unlock()
		if asking && ctx.Err() == nil {
			return true
		}
		select {
		case <-p.asked:
		case <-ctx.Done():
			return false
		}
	}
}

func (p *Prompt) tell(ctx context.Context, e Event) {
	select {
	case p.events <- e:
	case <-ctx.Done():
	}
}

// sends sends off what is typed.
func (p *Prompt) sends(ctx context.Context, kind Kind) {
	p.mu.Lock()
	if !p.asking { // it was taken back meanwhile
		p.mu.Unlock()
		return
	}
	text := p.text
	p.ends()
	p.mu.Unlock()
	p.tell(ctx, Event{Kind: kind, Text: text})
}

// reader reads keys.
type reader struct {
	p  *Prompt
	in *bufio.Reader
	// returned: the last line ended in a carriage return, and a line feed may follow.
	returned bool
}

// errEnd is that the user ends the program.
var errEnd = errors.New("ended by ctrl+d")

// key reads one key, and does what it says.
func (r *reader) key(ctx context.Context) error {
	c, size, err := r.in.ReadRune()
	if err != nil {
		return err
	}
	after := r.returned
	r.returned = c == '\r'
	switch c {
	case '\n':
		if !after {
			r.p.sends(ctx, Entered)
		}
	case '\r':
		r.p.sends(ctx, Entered)
	case ctrlC:
		r.p.sends(ctx, Left)
	case ctrlD:
		if r.p.Typed() == "" {
			return errEnd
		}
	case ctrlH, backspace:
		r.freed(ctx, r.p.back(lastCharacter))
	case ctrlW:
		r.freed(ctx, r.p.back(lastWord))
	case ctrlU:
		r.freed(ctx, r.p.back(func(string) int { return 0 }))
	case escape:
		return r.sequence(ctx)
	case '\t':
		r.p.add(" ")
	default:
		if typedRune(c) && (c != utf8.RuneError || size > 1) {
			r.p.add(string(c))
		}
	}
	return nil
}

func (r *reader) freed(ctx context.Context, freed bool) {
	if freed {
		r.p.tell(ctx, Event{Kind: Freed})
	}
}

// sequence reads what a key sends that types nothing, such as an arrow, and what is pasted.
func (r *reader) sequence(ctx context.Context) error {
	c, err := r.in.ReadByte()
	if err != nil {
		return err
	}
	switch c {
	case 'O':
		_, err = r.in.ReadByte()
		return err
	case '[':
	default: // the escape key, and then another
		return r.in.UnreadByte()
	}
	var args strings.Builder
	for {
		if c, err = r.in.ReadByte(); err != nil {
			return err
		}
		if c >= '@' && c <= '~' {
			break
		}
		if args.Len() < len(pasteBegins) {
			args.WriteByte(c)
		}
	}
	if c == '~' && args.String() == pasteBegins {
		return r.pasted(ctx)
	}
	return nil
}

// What a terminal sends around what is pasted, if it is asked to tell.
const (
	pasteBegins = "200"
	pasteEnds   = "\x1b[201~"
	// TellPastes and HidePastes ask it to, and not to.
	TellPastes = "\x1b[?2004h"
	HidePastes = "\x1b[?2004l"
)

// pasted adds what is pasted: nothing in it is sent off by its line ends.
func (r *reader) pasted(context.Context) error {
	var b strings.Builder
	for {
		c, err := r.in.ReadByte()
		if err != nil {
			return err
		}
		b.WriteByte(c)
		if s, ended := strings.CutSuffix(b.String(), pasteEnds); ended {
			r.p.add(fromPaste(s))
			return nil
		}
		if b.Len() > 2*mostTyped { // the rest is of no use
			s := b.String()
			b.Reset()
			b.WriteString(s[:mostTyped+1] + s[len(s)-len(pasteEnds):])
		}
	}
}

// fromPaste returns of a pasted text what may be typed, and line ends.
func fromPaste(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ").Replace(s)
	s = strings.Map(func(r rune) rune {
		if r == '\n' || typedRune(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
	return strings.Trim(s, "\n")
}
