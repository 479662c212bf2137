package term

import (
	"slices"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"

	"parley/ui/term/graphics"
)

// keysOf is what a program that draws makes of input: its keys and pastes in order, and
// nothing else. What is typed in a row is one text.
func keysOf(t interface{ Fatalf(string, ...any) }, in []byte) []string {
	var keys []string
	var d uv.EventDecoder
	var paste *string
	text := false
	for len(in) > 0 {
		n, e := d.Decode(in)
		switch e := e.(type) {
		case uv.PasteStartEvent:
			paste, text = new(string), false
		case uv.PasteEndEvent:
			keys = append(keys, "paste:"+*paste)
			paste = nil
		case uv.KeyPressEvent:
			switch {
			case paste != nil:
				*paste += string(in[:n])
			case e.Text == "":
				keys, text = append(keys, e.String()), false
			case text:
				keys[len(keys)-1] += e.Text
			default:
				keys, text = append(keys, e.Text), true
			}
		case uv.MultiEvent, uv.UnknownEvent:
			t.Fatalf("%q means nothing certain (%T)", in[:n], e)
		}
		in = in[n:]
	}
	return keys
}

func unitsOf(units []unit) []byte {
	var out []byte
	for _, u := range units {
		if u.kind == isPaste {
			out = append(out, pasteBegins...)
			out = append(out, u.bytes...)
			out = append(out, pasteEnds...)
			continue
		}
		out = append(out, u.bytes...)
	}
	return out
}

// TestSequences: what comes is the same keys wherever it is cut; an answer is none.
func TestSequences(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("1;", maxSeparators)
	for in, want := range map[string][]string{
		"hello, 山田 ❤️":                    {"hello, 山田 ❤️"},
		"a\r\tb\x7f\x03":                  {"a", "enter", "tab", "b", "backspace", "ctrl+c"},
		"\x1b[A\x1bOP\x1b[1;5C\x1b[3~":    {"up", "f1", "ctrl+right", "delete"},
		"\x1b[97;5u\x1b[27u\x1b[13;2u":    {"ctrl+a", "esc", "shift+enter"},
		"\x1b[27;2;13~\x1b[I\x1b[O":       {"shift+enter"},
		"\x1b[[A\x1b[[E":                  {"f1", "f5"},
		"\x1bx\x1bX\x1b\r\x1b\x7f\x1b ":   {"alt+x", "alt+shift+x", "alt+enter", "alt+backspace", "alt+space"},
		"\x1bé\x1b山x":                     {"alt+é", "alt+山", "x"},
		"\x1b\x1b[A\x1b\x1bOB":            {"alt+up", "alt+down"},
		"\x1b\x1bx\x1b\x1b]11;rgb:0/0\aq": {"esc", "alt+x", "esc", "q"},
		"\x1bO1;5A\x1bO5B\x1bO;A":         {"ctrl+up", "ctrl+down"},
		"\x1b\x1b[?62cj\x1b\x1b[0nk":      {"esc", "j", "esc", "k"},
		// What terminals answer.
		"a\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\b\x1b]11;rgb:1e/1e/2e\ac":   {"abc"},
		"a\x1b]4;1;rgb:ff/ff/ff\ab\x1b]52;c;aGVsbG8=\ac":              {"abc"},
		"a\x1b]lerne r\x1b\\b\x1b]1337;e=r\ac":                        {"abc"},
		"a\x1b[?2026;2$yb\x1b[?2027;0$y\x1b[4;1$yc":                   {"abc"},
		"a\x1b[?62;22;52c\x1b[>1;10;0c\x1b[?1uc":                      {"ac"},
		"a\x1bP1+r524742=38\x1b\\b\x1bP0+r\x1b\\\x1bP>|e(390)\x1b\\c": {"abc"},
		"a\x1bP!|7E565445\x1b\\\x1bP1$r0 q\x1b\\b":                    {"ab"},
		"a\x1b_Gi=1;OK\x1b\\b":                                        {"ab"},
		"a\x1b[12;40R\x1b[1;2R\x1b[?1;2Rb":                            {"ab"},
		"a\x1b[8;24;80t\x1b[4;1;1t\x1b[?997;1nb":                      {"ab"},
		"a\x1b[<0;10;20M\x1b[<0;10;20m\x1b[Me!!b":                     {"ab"},
		"a\x9b?62;1cb\x9d11;rgb:0/0/0\ac\x901+r54=31\x1b\\d":          {"abcd"},
		"a\x1b[65;30;97;1;0;1_b":                                      {"ab"},
		"a\x1bP" + strings.Repeat("|", 5000) + "\x1b\\b":              {"ab"},
		// What breaks off, or goes beyond all bounds.
		"a\x1b[12\rb":                                   {"a", "enter", "b"},
		"a\x1b]11;rgb:1e\x1b[Ab":                        {"a", "up", "b"},
		"a\x1b]11;rgb\x18b\x1bP1+r\x1ac":                {"abc"},
		"a\x1b]11;rgb:00\rb":                            {"a", "enter", "b"},
		"a\x1b[" + long + ";mb\x1b[" + long + "mc":      {"abc"},
		"a\x1b[" + strings.Repeat("1", 300) + "mb":      {"ab"},
		"a\x1b]11;" + strings.Repeat("x", 5000) + "\ab": {"ab"},
		"a\xffb\xe5\xb1c\u009b1md":                      {"abc1md"},
		// What is typed after a key with alt is no answer.
		"\x1b]hello":   {"alt+]", "hello"},
		"\x1b]1hello":  {"alt+]", "1hello"},
		"\x1bPhello":   {"alt+shift+p", "hello"},
		"\x1b_hello":   {"alt+_", "hello"},
		"\x1b[\x1bOAx": {"alt+[", "up", "x"},
		"\x1b^a\x1bXb": {"alt+^", "a", "alt+shift+x", "b"},
		// A marked paste is one text, and nothing in it is a key.
		"a\x1b[200~one\rtwo\x1b[A\x1b]11;r\a\x1b\x1b[201~b":            {"a", "paste:one\rtwo[A]11;r", "b"},
		"\x1b[200~e\x1b[20\x1b[201\x1b[201~r":                          {"paste:e[20[201", "r"},
		"\x1b[200~山\xff\x9b\u009b\x00\x7f\x1b[0201~\x1b[201~\x1b[201~": {"paste:山[0201~"},
		"\x1b[0200~a\x1b[200;1~b":                                      {"ab"},
	} {
		var whole, bytewise splitter
		if got := keysOf(t, unitsOf(whole.feed([]byte(in)))); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		var got []byte
		for _, b := range []byte(in) {
			got = append(got, unitsOf(bytewise.feed([]byte{b}))...)
		}
		if got := keysOf(t, got); !slices.Equal(got, want) {
			t.Errorf("%q, a byte at a time: %q, want %q", in, got, want)
		}
		for cut := range min(len(in), 100) {
			var s splitter
			out := unitsOf(s.feed([]byte(in[:cut])))
			out = append(out, unitsOf(s.feed([]byte(in[cut:])))...)
			if got := keysOf(t, out); !slices.Equal(got, want) {
				t.Errorf("%q, cut at %d: %q, want %q", in, cut, got, want)
			}
		}
	}
}

// TestSequencesWait: what nobody goes on with is a key, if it can be one.
func TestSequencesWait(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"\x1b": {"esc"}, "\x1b\x1b": {"esc", "esc"}, "\x1b[": {"alt+["}, "\x1bO": {"alt+shift+o"}, "\x1b]": {"alt+]"},
		"\x1bP": {"alt+shift+p"}, "\x1b_": {"alt+_"}, "\x1b\x1b[": {"esc", "alt+["}, "\x1b[3$": {"shift+delete"},
		"\x1b[1;5": nil, "\x1b]11;rgb:1e": nil, "\x1b]11": nil, "\x1bP1+r52": nil, "\x1b[Me": nil, "\x1b[?2026;2$": nil,
		"\x1b]11;rgb:1e\x1b": nil, "\x1b_G": nil, "\xe5\xb1": nil, "\x1b[200~one": {"paste:one"}, "\x1b[200~one\x1b[20": {"paste:one"},
	} {
		var s splitter
		got := s.feed([]byte(in))
		if s.wait() > 0 {
			got = append(got, s.expire()...)
		}
		got = append(got, s.feed([]byte("e"))...)
		if want = append(want, "e"); !slices.Equal(keysOf(t, unitsOf(got)), want) {
			t.Errorf("%q: %q, want %q", in, keysOf(t, unitsOf(got)), want)
		}
	}
}

// TestAltKeysMeanTheSame: the form that keys with alt have after us means what the form
// that they come in means.
func TestAltKeysMeanTheSame(t *testing.T) {
	t.Parallel()
	for b := range byte(0x80) {
		if strings.IndexByte("[O]P_^X\x1b", b) >= 0 {
			continue
		}
		var d uv.EventDecoder
		_, e := d.Decode([]byte{escape, b})
		want, ok := e.(uv.KeyPressEvent)
		_, e = d.Decode([]byte(altKey(b)))
		got, is := e.(uv.KeyPressEvent)
		if !ok || !is || got.String() != want.String() || got.Code != want.Code || got.Mod != want.Mod || got.Text != want.Text {
			t.Errorf("alt and %q: %s (%+v), want %s (%+v)", b, got, got, want, want)
		}
	}
}

// FuzzSequences: whatever comes, cut anywhere, is the same keys as uncut; what goes on is
// within bounds, and its meaning never depends on what follows.
func FuzzSequences(f *testing.F) {
	for _, s := range []string{
		"a\x1b]11;rgb:1e/1e/1e\x1b\\e", "\x1b[?1;2c\x1bP1+r54\x1b\\r", "\x1b\x1b[A\x1bx\x1b", "\x1b[200~e\x1b[201~", "\x1b[M !!", "\x9b[[A山",
	} {
		f.Add([]byte(s), uint64(0x55555555))
	}
	f.Fuzz(func(t *testing.T, in []byte, cuts uint64) {
		var whole, pieces splitter
		want := keysOf(t, unitsOf(append(slices.Clone(whole.feed(in)), finish(&whole)...)))
		var all []unit
		for rest := in; len(rest) > 0; cuts = cuts>>1 | cuts<<63 {
			n := 1
			for n < len(rest) && cuts&(1<<(n%64)) == 0 {
				n++
			}
			all = append(all, pieces.feed(rest[:n])...)
			rest = rest[n:]
		}
		all = append(all, finish(&pieces)...)
		if got := keysOf(t, unitsOf(all)); !slices.Equal(got, want) {
			t.Fatalf("%q: %q, uncut %q", in, got, want)
		}
		for _, u := range all {
			alone := keysOf(t, u.bytes)
			var d uv.EventDecoder
			if n, _ := d.Decode(append(slices.Clone(u.bytes), "A"...)); u.kind == isSequence && n != len(u.bytes) {
				t.Fatalf("%q of %q, which is %q, depends on what follows", u.bytes, in, alone)
			}
			if u.kind == isSequence && (len(u.bytes) > maxString+2 || strings.Count(string(u.bytes), ";") > maxSeparators && u.bytes[1] == '[') {
				t.Fatalf("%q of %q is beyond the bounds", u.bytes, in)
			}
		}
	})
}

func finish(s *splitter) []unit {
	if s.wait() == 0 {
		return nil
	}
	return s.expire()
}

// TestAnswersPass: of the strings that a terminal sends, those that we asked for come through, and
// nothing that only looks like one.
func TestAnswersPass(t *testing.T) {
	t.Parallel()
	for said, passes := range map[string]bool{
		graphics.Answer: true, "\x1bP>|xterm(390)\x1b\\": true,
		"\x1b_Gi=31;ENOENT\x1b\\": false, "\x1b_Gi=31;OKrm\x1b\\": false, "\x1b_Gi=3;OK\x1b\\": false,
	} {
		if got := answered.MatchString(strings.TrimSuffix(said, "\x1b\\")); got != passes {
			t.Errorf("%q passes: %t", said, got)
		}
	}
}
