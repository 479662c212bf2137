package term_test

import (
	"strings"
	"testing"

	"parley/ui/term"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	colours := "\x1b[1;38;2;122;162;247mname\x1b[m and \x1b[7mmore\x1b[m"
	for in, want := range map[string]string{
		"":      "",
		"plain": "plain",
		colours: colours,
		"a\x1b[" + strings.Repeat("1;", 20) + "mb": "a\uFFFDmb",
		"a\x1b[" + strings.Repeat("1", 100) + "mb": "a\uFFFDmb",
		"a\x1b]0;title\x07b":                       "a\uFFFDtitle\x07b",
		"a\x1b[2Jb\x1b[mc":                         "a\uFFFDJb\x1b[mc",
		"a\x1bPq\x1b\\":                            "a\uFFFDq\uFFFD\\",
		"\x1b":                                     "\uFFFD",
		"\x1b[":                                    "\uFFFD",
		"\x1b[31":                                  "\uFFFD",
	} {
		if got := term.Guard(in); got != want {
			t.Errorf("Guard(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzGuard(f *testing.F) {
	f.Add("\x1b[1mx\x1b[m\x1b]0;t\x07")
	f.Fuzz(func(t *testing.T, s string) {
		out := term.Guard(s)
		if again := term.Guard(out); again != out {
			t.Errorf("%q became %q", out, again)
		}
		for rest := out; ; {
			i := strings.IndexByte(rest, 0x1b)
			if i < 0 {
				break
			}
			end := strings.IndexByte(rest[i:], 'm')
			if end < 0 || end > 64 || strings.Trim(rest[i+2:i+end], "0123456789;:") != "" {
				t.Fatalf("%q holds another sequence", out)
			}
			rest = rest[i+end:]
		}
	})
}
