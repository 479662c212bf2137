package term

import (
	"regexp"
	"strings"

	"parley/ui/term/graphics"
)

// String sequences: OSC, DCS and others.

// osc handles the number of an OSC string, without which it is none.
func (s *splitter) osc(b byte) {
	first := len(s.held) == 2
	switch {
	case b >= '0' && b <= '9' && len(s.held) < 8:
		s.held = append(s.held, b)
	case !first && (b == ';' || b == bell || b == escape), first && (b == 'l' || b == 'L' || b == 'I'):
		s.state = inString
		s.string(b)
	default:
		s.typed(b)
	}
}

// dcs handles what precedes the text of a DCS string.
func (s *splitter) dcs(b byte) {
	switch {
	case b >= 0x20 && b < 0x40:
		s.keep(b, maxReport)
	case b >= 0x40 && b < del && (len(s.held) > 2 || !letter(b)):
		s.keep(b, maxReport)
		s.state = inString
	default:
		s.typed(b)
	}
}

func (s *splitter) apc(b byte) {
	if b != 'G' { // only graphics are answered this way
		s.typed(b)
		return
	}
	s.held = append(s.held, b)
	s.state = inString
}

func (s *splitter) string(b byte) {
	switch {
	case b == bell && s.held[1] == ']':
		s.finishString("\x07")
	case b == escape:
		s.state = inStringEscape
	case b == cancel || b == substi:
		s.reset()
	case b < ' ' || b == del:
		s.broken(b)
	default:
		s.keep(b, maxString)
	}
}

func (s *splitter) stringEscape(b byte) {
	if b == '\\' {
		s.finishString("\x1b\\")
		return
	}
	// Another sequence begins; this one was not a string.
	s.reset()
	s.feedByte(escape)
	s.feedByte(b)
}

// answered matches the strings that we ask a terminal for. Others are dropped.
var answered = regexp.MustCompile(`^\x1b(?:\](?:4|1[0-2]);.|P(?:[01]\+r|>\||!\|)|` + strings.Trim(graphics.Answer, "\x1b\\") + `$)`)

// finishString emits a complete string that was asked for.
func (s *splitter) finishString(end string) {
	s.single()
	if !s.over && answered.Match(s.held) {
		s.put(string(s.held) + end)
	}
	s.reset()
}
