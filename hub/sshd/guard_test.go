package sshd

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("1;", maxSeparators)
	for name, c := range map[string]struct{ in, out string }{
		"text":                   {"hello, 山田 ❤️\r\x03\x7f\t", "hello, 山田 ❤️\r\x03\x7f\t"},
		"keys":                   {"\x1b[A\x1bOP\x1b[1;5C\x1b[97;;229:230u\x1bx\x1bé", "\x1b[A\x1bOP\x1b[1;5C\x1b[97;;229:230u\x1bx\x1bé"},
		"paste":                  {"\x1b[200~one\ntwo [;;;;;;;;;;;;;;;;;;;;;\x1b[201~", "\x1b[200~one\ntwo [;;;;;;;;;;;;;;;;;;;;;\x1b[201~"},
		"mouse":                  {"\x1b[<0;10;20M\x1b[<0;10;20m", "\x1b[<0;10;20M\x1b[<0;10;20m"},
		"answer":                 {"\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b]11;rgb:0/0/0\x07", "\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b]11;rgb:0/0/0\x07"},
		"as many as may be":      {"\x1b[" + long + "m", "\x1b[" + long + "m"},
		"too many":               {"a\x1b[" + long + ";mb", "ab"},
		"too many colons":        {"a\x1b[" + strings.Repeat(":", 17) + "mb", "ab"},
		"too long":               {"a\x1b[" + strings.Repeat("1", 254) + "mb", "ab"},
		"string too long":        {"a\x1b]52;c;" + strings.Repeat("x", 5000) + "\x07b", "ab"},
		"other strings too long": {"a\x1bP" + strings.Repeat("x", 5000) + "\x1b\\b\x1b_" + strings.Repeat("x", 5000) + "\x1b\\c", "abc"},
		"sizes":                  {"a\x1b[8;3000;4000t\x1b[48;3000;4000;1;1t\x1b[4;1;1tb\x1b]l\x1b\\t", "ab\x1b]l\x1b\\t"},
		"C1":                     {"a\x9b1;2mb\u009b1mc", "a1;2mb1mc"},
		"no UTF-8":               {"a\xffb\xe5\xb1c\xf0\x9f", "abc"},
		"escape twice":           {"\x1b\x1b[A", "\x1b\x1b[A"},
		"escape, then too many":  {"\x1b\x1b[" + long + ";m[" + long + ";m", "\x1b\x00[" + long + ";m"},
		"broken off":             {"\x1b[12\rx", "[12\rx"},
	} {
		var whole, bytewise guard
		if got := string(whole.feed([]byte(c.in))); got != c.out {
			t.Errorf("%s: got %q, want %q", name, got, c.out)
		}
		var got []byte
		for _, b := range []byte(c.in) {
			got = append(got, bytewise.feed([]byte{b})...)
		}
		if string(got) != c.out {
			t.Errorf("%s, a byte at a time: got %q, want %q", name, got, c.out)
		}
	}
}

// TestGuardWaits: what nobody goes on with is a key, or text.
func TestGuardWaits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, out, then, more string }{
		{"\x1b", "\x1b", "x", "x"},
		{"\x1b", "\x1b", "[1;2m", "\x00[1;2m"}, // typed after an escape, and no sequence with it
		{"\x1b[", "[", "A", "A"},
		{"\x1b]hello", "]hello", "!", "!"},
		{"\x1b[1;2", "[1;2", "m", "m"},
		{"text", "", "x", "x"},
	} {
		var g guard
		g.feed([]byte(c.in))
		if waits := g.wait() > 0; waits != (c.out != "") {
			t.Errorf("%q: waits %v", c.in, waits)
		}
		if got := string(g.flush()); got != c.out {
			t.Errorf("%q: flushed %q, want %q", c.in, got, c.out)
		}
		if got := string(g.feed([]byte(c.then))); got != c.more {
			t.Errorf("%q, then %q: got %q, want %q", c.in, c.then, got, c.more)
		}
	}
}

// TestGuardPaste: only so much of a paste goes on, and always its end; what comes after it
// is typed again.
func TestGuardPaste(t *testing.T) {
	t.Parallel()
	full := strings.Repeat("x", maxPaste-2)
	for name, c := range map[string]struct{ in, out string }{
		"as long as may be":     {full + "yy", full + "yy"},
		"too long":              {full + "yyz", full + "yy"},
		"cut before a letter":   {full + "山y", full},
		"sequences count":       {full + "\x1b[Ay", full},
		"begins again within":   {full + "\x1b[200~yyz", full + "\x1b[200~yy"},
		"ends in another way":   {"a\x1b[0201~\x1b[201;1~\x1b[?201~\x1b[201:1~b", "ab"},
		"an escape by itself":   {full + "yy\x1b", full + "yy"},
		"a key with 200 in it":  {"\x1b[1200~\x1b[200A", "\x1b[1200~\x1b[200A"},
		"what breaks off, over": {full + "yy\x1b]long\x18", full + "yy"},
	} {
		var g guard
		var got []byte
		for chunk := range slices.Chunk([]byte("before"+pasteBegins+c.in+pasteEnds+"after\x1b[A"), 1000) {
			got = append(got, g.feed(chunk)...)
		}
		if want := "before" + pasteBegins + c.out + pasteEnds + "after\x1b[A"; string(got) != want {
			t.Errorf("%s: got …%q, want …%q", name, got[max(0, len(got)-40):], want[max(0, len(want)-40):])
		}
	}
}

// sequence is any control sequence, as greedily as a reader may take it.
var sequence = regexp.MustCompile(`\x1b\[[ -?]*`)

// FuzzGuard: whatever comes, in whatever pieces, no sequence beyond the bounds goes on,
// and text does.
func FuzzGuard(f *testing.F) {
	f.Add([]byte("a\x1b[1;2mb"), uint8(1))
	f.Add([]byte("\x1b\x1b[;;;;;;;;;;;;;;;;;;;;m\x1b]x\x1b\\"), uint8(3))
	f.Add([]byte("\x1b[\x1bO\x1bP12\x18;;;;山\x9b"), uint8(2))
	f.Add([]byte("\x1b[200~ab\x1b[201~\x1b[0201~"), uint8(4))
	f.Fuzz(func(t *testing.T, in []byte, step uint8) {
		var g guard
		var out []byte
		for rest := in; len(rest) > 0; {
			n := min(len(rest), int(step%7)+1)
			out = append(out, g.feed(rest[:n])...)
			rest = rest[n:]
			if step > 128 { // the client dawdles
				out = append(out, g.flush()...)
			}
		}
		for g.wait() > 0 {
			out = append(out, g.flush()...)
		}
		for _, s := range sequence.FindAll(out, -1) {
			if n := bytes.Count(s, []byte(";")) + bytes.Count(s, []byte(":")); n > maxSeparators || len(s) > maxSequence {
				t.Fatalf("%q of %q", s, in)
			}
		}
		if isText(in) && !bytes.Equal(in, out) {
			t.Fatalf("%q became %q", in, out)
		}
	})
}

func isText(b []byte) bool {
	for _, r := range string(b) {
		if r == escape || r >= 0x80 && r < 0xa0 {
			return false
		}
	}
	return utf8.Valid(b)
}
