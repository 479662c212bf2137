// Package bell has the terminal notify its user: by its bell, or by a notification on the
// desktop. What is said is made harmless here, whatever it is.
package bell

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// Signal is how a terminal is asked to notify its user.
type Signal uint8

// The signals.
const (
	// None does nothing.
	None Signal = iota
	// Bell rings.
	Bell
	// OSC9 is iTerm2's notification: a text.
	OSC9
	// OSC777 is rxvt's notification: a title and a text.
	OSC777
)

// mostNotified is how many characters of a title or text of a notification are passed on.
const mostNotified = 200

// Ring asks the terminal to notify its user. Within tmux, what is not a bell is passed
// through to the terminal around it.
func Ring(s Signal, tmux bool, title, text string) tea.Cmd {
	seq := notification(s, tmux, title, text)
	if seq == "" {
		return nil
	}
	return tea.Raw(seq)
}

// notification returns the sequence that notifies.
func notification(s Signal, tmux bool, title, text string) string {
	const osc, bel = "\x1b]", "\x07"
	title, text = notified(title), notified(text)
	var seq string
	switch s {
	case Bell:
		return bel
	case OSC9:
		// A text that begins with a number and a semicolon is a command of ConEmu's, which others
		// took over, such as progress; the title in front has no semicolon.
		if seq = title; text != "" {
			seq += ": " + text
		}
		seq = osc + "9;" + seq + bel
	case OSC777:
		seq = osc + "777;notify;" + title + ";" + text + bel
	default:
		return ""
	}
	if tmux {
		return "\x1bPtmux;" + strings.ReplaceAll(seq, "\x1b", "\x1b\x1b") + "\x1b\\"
	}
	return seq
}

// notified returns a text without anything that could end or begin a sequence, or divide it.
func notified(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case n == mostNotified:
			return b.String()
		case r == utf8.RuneError, unicode.IsControl(r):
			r = ' '
		case r == ';':
			r = ','
		case !unicode.IsPrint(r) && r != ' ':
			continue
		}
		b.WriteRune(r)
		n++
	}
	return strings.TrimSpace(b.String())
}

// Of returns what a terminal with that environment is known to understand: a bell if
// nothing else is known. Within tmux it is a bell, which tmux passes on: whether anything else
// passes depends on its option allow-passthrough, which is off by default.
func Of(env []string) Signal {
	e := uv.Environ(env)
	kind, program := e.Getenv("TERM"), e.Getenv("TERM_PROGRAM")
	if InTmux(env) || strings.HasPrefix(kind, "screen") || kind == "linux" || kind == "dumb" {
		return Bell
	}
	switch program {
	case "iTerm.app", "WezTerm", "ghostty", "WarpTerminal", "rio":
		return OSC9
	}
	if e.Getenv("LC_TERMINAL") == "iTerm2" { // iTerm2 passes it over SSH
		return OSC9
	}
	for prefix, s := range map[string]Signal{
		"xterm-kitty": OSC9, "xterm-ghostty": OSC9, "wezterm": OSC9,
		"foot": OSC777, "rxvt-unicode": OSC777,
	} {
		if strings.HasPrefix(kind, prefix) {
			return s
		}
	}
	return Bell
}

// mostVersion is how much of a terminal's answer is looked at.
const mostVersion = 64

// Named returns what a terminal understands that the environment says nothing of, as over SSH, by
// what it calls itself (XTVERSION), such as "WezTerm 20240203" or "foot(1.16.2)"; [None] if that
// says nothing either. A multiplexer answers for itself.
func Named(version string) Signal {
	if len(version) > mostVersion {
		version = version[:mostVersion]
	}
	name := strings.ToLower(version)
	if i := strings.IndexFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }); i >= 0 {
		name = name[:i]
	}
	switch name {
	case "iterm2", "wezterm", "ghostty", "kitty", "rio", "warp":
		return OSC9
	case "foot", "rxvt-unicode", "urxvt":
		return OSC777
	}
	return None
}

// InTmux reports whether the terminal is tmux's.
func InTmux(env []string) bool {
	e := uv.Environ(env)
	return e.Getenv("TMUX") != "" || strings.HasPrefix(e.Getenv("TERM"), "tmux")
}
