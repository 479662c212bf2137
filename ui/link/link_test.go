package link_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode"

	"parley/ui/link"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"see https://a.example/x?y=1.", "https://a.example/x?y=1"},
		{"(www.example.com)", "https://www.example.com"},
		{"詳しくはhttps://example.com/価格をご覧ください", "https://example.com/"},
		{"https://a.example, and http://b.example", "https://a.example http://b.example"},
		{"javascript:alert(1) ftp://a.example", ""},
		{"https://", ""},
		{"https://münchen.example/", ""},
		{"nothing", ""},
	} {
		text, want := c[0], c[1]

		var got []string
		for _, p := range link.Find(text) {
			got = append(got, p.URL.String())
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %q, want %q", text, s, want)
		}
	}
}

// TestTo: a link has one id for all its parts, and leads to nothing that only looks like its
// host.
func TestTo(t *testing.T) {
	t.Parallel()
	to := func(address, text string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return link.To(u, text)
	}
	a, b := to("https://a.example/x;y", "https://a.exam"), to("https://a.example/x;y", "ple/x;y")
	if !strings.HasPrefix(a, "\x1b]8;id=") || !strings.HasSuffix(a, link.Close) || !strings.Contains(a, ";https://a.example/x%3By\x1b\\") {
		t.Errorf("%q", a)
	}
	if a[:link.Sequence(a)] != b[:link.Sequence(b)] {
		t.Errorf("%q and %q are not one link", a, b)
	}
	for _, address := range []string{"https://bank.example@evil.example/", "javascript:alert(1)", "https://a.example/" + strings.Repeat("x", 3000)} {
		if got := to(address, "text"); got != "text" {
			t.Errorf("%q becomes %q", address, got)
		}
	}
}

// FuzzTo: whatever an address is, what comes out is its text, or one whole sequence that may
// pass, the text, and the one that closes it.
func FuzzTo(f *testing.F) {
	for _, s := range []string{"https://a.example/", "https://a.example/\x07\x1b[2J", "http://x/%1b]8;;", "https://a;b", "https://é.example", "https://a.example/\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		u, ok := link.Parse(address)
		if !ok {
			return
		}
		got := link.To(u, "text")
		if got == "text" {
			return
		}
		n := link.Sequence(got)
		if n == 0 || got[n:] != "text"+link.Close {
			t.Fatalf("%q becomes %q", address, got)
		}
		if inside := got[2 : n-2]; strings.ContainsFunc(inside, unicode.IsControl) {
			t.Fatalf("%q becomes %q", address, got)
		}
	})
}

// FuzzSequence: what passes has no control character but those that begin and end it.
func FuzzSequence(f *testing.F) {
	for _, s := range []string{link.Close, "\x1b]8;id=a;https://a.example\x1b\\x", "\x1b]8;;https://a\x1b\\", "\x1b]8;id=a;javascript:x\x1b\\", "\x1b]8;id=a;https://a\x07"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := link.Sequence(s)
		if n == 0 {
			return
		}
		if !strings.HasPrefix(s, "\x1b]8;") || s[n-2:n] != "\x1b\\" {
			t.Fatalf("%q passes", s[:n])
		}
		for _, c := range []byte(s[2 : n-2]) {
			if c <= ' ' || c >= 0x7f {
				t.Fatalf("%q passes", s[:n])
			}
		}
	})
}
