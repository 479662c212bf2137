package bell

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestNotificationBytes: the exact bytes of each signal, with and without tmux around.
func TestNotificationBytes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		signal Signal
		tmux   bool
		title  string
		text   string
		want   string
	}{
		{None, false, "Parley", "x", ""},
		{Bell, false, "Parley", "x", "\x07"},
		{Bell, true, "Parley", "x", "\x07"},
		{OSC9, false, "Parley", "3 new messages", "\x1b]9;Parley: 3 new messages\x07"},
		{OSC9, false, "Parley", "", "\x1b]9;Parley\x07"},
		{OSC9, true, "Parley", "山田", "\x1bPtmux;\x1b\x1b]9;Parley: 山田\x07\x1b\\"},
		{OSC777, false, "Parley", "a;b", "\x1b]777;notify;Parley;a,b\x07"},
		{OSC777, true, "Parley", "x", "\x1bPtmux;\x1b\x1b]777;notify;Parley;x\x07\x1b\\"},
		// Names of hostile customers.
		{OSC9, false, "Parley", "a\x1b]0;owned\x07b", "\x1b]9;Parley: a ]0,owned b\x07"},
		{OSC9, false, "4;1;50", "x", "\x1b]9;4,1,50: x\x07"},
		{OSC777, false, "Parley", "a\x1b\\\x9c\u009cb\r\nc\x00", "\x1b]777;notify;Parley;a \\  b  c\x07"},
		{OSC9, true, "Parley", "\x1b\\\x1b[2J", "\x1bPtmux;\x1b\x1b]9;Parley: \\ [2J\x07\x1b\\"},
		{OSC9, false, "Parley", "a\u202eb\u200bc\ufffd", "\x1b]9;Parley: abc\x07"},
	} {
		if got := notification(c.signal, c.tmux, c.title, c.text); got != c.want {
			t.Errorf("%v %v %q %q: %q, want %q", c.signal, c.tmux, c.title, c.text, got, c.want)
		}
	}
}

// FuzzNotification: whatever is said, there is one sequence, of limited length.
func FuzzNotification(f *testing.F) {
	f.Add("Parley", "山田 花子: \x1b]52;c;AAAA\x07")
	f.Add("\u009b31m", "\xff\xfe\x9c")
	f.Fuzz(func(t *testing.T, title, text string) {
		for _, s := range []Signal{OSC9, OSC777} {
			got := notification(s, false, title, text)
			body := strings.TrimSuffix(strings.TrimPrefix(got, "\x1b]"), "\x07")
			if len(body) != len(got)-3 {
				t.Fatalf("no sequence: %q", got)
			}
			for _, r := range body {
				if r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError {
					t.Fatalf("a control character in %q", got)
				}
			}
			if n := utf8.RuneCountInString(body); n > 2*mostNotified+20 {
				t.Fatalf("%d characters", n)
			}
		}
	})
}

// TestOf: what is known of terminals; the bell where nothing is.
func TestOf(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]Signal{
		"TERM=xterm-256color":                                 Bell,
		"TERM=xterm-kitty":                                    OSC9,
		"TERM=xterm-ghostty":                                  OSC9,
		"TERM=foot":                                           OSC777,
		"TERM=foot-extra":                                     OSC777,
		"TERM=rxvt-unicode-256color":                          OSC777,
		"TERM=xterm-256color TERM_PROGRAM=iTerm.app":          OSC9,
		"TERM=xterm-256color LC_TERMINAL=iTerm2":              OSC9,
		"TERM=tmux-256color TMUX=/tmp/tmux-1/default":         Bell,
		"TERM=screen-256color TMUX=/tmp/x LC_TERMINAL=iTerm2": Bell,
		"TERM=screen":                                         Bell,
		"TERM=linux":                                          Bell,
		"":                                                    Bell,
	} {
		if got := Of(strings.Fields(env)); got != want {
			t.Errorf("%q: %v, want %v", env, got, want)
		}
	}
}

// TestNamed: a terminal is known by what it calls itself, whatever else it answers.
func TestNamed(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]Signal{
		"WezTerm 20240203-110809-5046fc22": OSC9, "iTerm2 3.5.0": OSC9, "kitty(0.36.4)": OSC9, "ghostty 1.0.1": OSC9,
		"foot(1.16.2)": OSC777, "tmux 3.4": None, "XTerm(390)": None, "VTE(7600)": None, "": None,
		"foot" + strings.Repeat("t", 1<<16): None, "\x1b]0;foot": None, "kittyx": None, "\u202efoot": None,
	} {
		if got := Named(version); got != want {
			t.Errorf("%.40q: %v, want %v", version, got, want)
		}
	}
}
