// Package request parses what an SSH client asks for: a command, and variables of its
// environment; and names the reasons for a refusal.
package request

import (
	"slices"
	"strings"
)

// Verbs are the commands that a client may run, with their flags.
type Verbs map[string]Verb

// Verb is a command that a client may run.
type Verb struct {
	// Values are the flags that take a value, Switches those that take none, without their
	// dashes.
	Values, Switches []string
}

// Bounds of a command line.
const (
	maxCommand   = 64 << 10
	maxArguments = 64
)

// Parse splits a command line into arguments. There is no shell: quotes and backslashes only
// keep words together. The result has each flag and its value in one argument, and "--" before
// the rest, so that it can't be parsed in any other way.
func (v Verbs) Parse(line string) ([]string, error) {
	words, err := split(line)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, NoticeCommandVerb
	}
	verb, ok := v[words[0]]
	if !ok {
		return nil, NoticeCommandVerb
	}
	flags, rest, err := verb.sort(words[1:])
	if err != nil {
		return nil, err
	}
	out := append([]string{words[0]}, flags...)
	return append(append(out, "--"), rest...), nil
}

// sort separates a verb's flags from its other arguments.
func (v Verb) sort(words []string) (flags, rest []string, err error) {
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		if word == "--" {
			return flags, append(rest, words...), nil
		}
		if word == "-" || !strings.HasPrefix(word, "-") {
			rest = append(rest, word)
			continue
		}
		name, value, joined := strings.Cut(strings.TrimPrefix(word, "--"), "=")
		switch {
		case !strings.HasPrefix(word, "--"):
			return nil, nil, NoticeCommandFlag
		case slices.Contains(v.Switches, name) && !joined:
			flags = append(flags, "--"+name)
		case slices.Contains(v.Values, name):
			if !joined {
				if len(words) == 0 {
					return nil, nil, NoticeCommandValue
				}
				value, words = words[0], words[1:]
			}
			flags = append(flags, "--"+name+"="+value)
		default:
			return nil, nil, NoticeCommandFlag
		}
	}
	return flags, rest, nil
}

// split splits a line into words as a shell does, without anything else that a shell does.
func split(line string) ([]string, error) {
	if len(line) > maxCommand {
		return nil, NoticeCommandLong
	}
	if strings.ContainsRune(line, 0) {
		return nil, NoticeCommandVerb
	}
	var s splitter
	for _, r := range line {
		s.add(r)
	}
	s.end()
	if s.quote != 0 || s.escaped {
		return nil, NoticeCommandQuote
	}
	if len(s.words) > maxArguments {
		return nil, NoticeCommandLong
	}
	return s.words, nil
}

// splitter is the state of splitting a line.
type splitter struct {
	words []string
	word  strings.Builder
	// open: a word has begun, which may be empty.
	open, escaped bool
	quote         rune
}

func (s *splitter) add(r rune) {
	switch {
	case s.escaped:
		if s.quote == '"' && r != '"' && r != '\\' {
			s.word.WriteByte('\\')
		}
		s.word.WriteRune(r)
		s.escaped = false
	case r == '\\' && s.quote != '\'':
		s.escaped, s.open = true, true
	case s.quote != 0 && r == s.quote:
		s.quote = 0
	case s.quote != 0:
		s.word.WriteRune(r)
	case r == '\'' || r == '"':
		s.quote, s.open = r, true
	case r == ' ' || r == '\t' || r == '\n' || r == '\r':
		s.end()
	default:
		s.word.WriteRune(r)
		s.open = true
	}
}

// end ends a word, if one has begun.
func (s *splitter) end() {
	if s.open {
		s.words = append(s.words, s.word.String())
		s.word.Reset()
		s.open = false
	}
}
