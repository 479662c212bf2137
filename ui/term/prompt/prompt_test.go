package prompt_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"go.uber.org/goleak"

	"parley/ui/term/prompt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// output is what a terminal got.
type output struct {
	mu sync.Mutex
	b  strings.Builder
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// typed returns what happens when those bytes are typed at prompts, and what the terminal got.
func typed(t testing.TB, bytes string) (events []prompt.Event, shown string) {
	t.Helper()
	var out output
	p := prompt.New(&out, func() int { return 40 })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p.Ask("> ", "")
	go p.Read(ctx, strings.NewReader(bytes))
	for e := range p.Events() {
		events = append(events, e)
		if e.Kind == prompt.Entered || e.Kind == prompt.Left {
			p.Ask("> ", "")
		}
	}
	return events, out.String()
}

func TestTyping(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, bytes, text, shown string }{
		{"a line", "hello\r", "hello", "> hello\r\n"},
		{"a line feed", "hello\n", "hello", "> hello\r\n"},
		{"backspace", "helk\x7flo\r", "hello", "> helk\b \blo\r\n"},
		{"wide characters", "こん\x7f\r", "こ", "> こん\b \b\b \b\r\n"},
		{"a cluster", "e\u0301\x7fx\r", "x", "> e\u0301\b \bx\r\n"},
		{"a word", "one two\x17\r", "one ", "> one two\b \b\b \b\b \b\r\n"},
		{"the line", "one\x15two\r", "two", "> one\b \b\b \b\b \btwo\r\n"},
		{"arrows type nothing", "\x1b[Aa\x1bOB\x1b[1;5Cb\r", "ab", "> ab\r\n"},
		{"a paste is not sent off", "\x1b[200~one\r\ntwo\n\x1b[201~\r", "one\ntwo", "> one\r\ntwo\r\n"},
		{"control characters of a paste", "\x1b[200~a\x07\x1b]0;b\x07c\x1b[201~\r", "a]0;bc", "> a]0;bc\r\n"},
		{"nothing to delete", "\x7f\x7fa\r", "a", "> a\r\n"},
		{"what would turn text around", "a\u202eb\r", "ab", "> ab\r\n"},
	} {
		events, shown := typed(t, c.bytes)
		if len(events) == 0 || events[0].Kind == prompt.Freed {
			events = events[min(1, len(events)):]
		}
		if len(events) == 0 || events[0] != (prompt.Event{Kind: prompt.Entered, Text: c.text}) {
			t.Errorf("%s: %+v", c.name, events)
		}
		if !strings.HasPrefix(shown, c.shown) {
			t.Errorf("%s: shown %q, not %q", c.name, shown, c.shown)
		}
	}
}

// TestEnds: ctrl+c leaves what is asked, with what was typed; ctrl+d ends, where nothing is typed.
func TestEnds(t *testing.T) {
	t.Parallel()
	events, _ := typed(t, "half\x03x\x04\r\x04more\r")
	want := []prompt.Event{{Kind: prompt.Left, Text: "half"}, {Kind: prompt.Entered, Text: "x"}, {Kind: prompt.Ended}}
	if len(events) != len(want) {
		t.Fatalf("%+v", events)
	}
	for i := range want {
		if events[i] != want[i] {
			t.Errorf("%+v, not %+v", events[i], want[i])
		}
	}
}

// TestPrinting: lines come above the prompt, once nothing is typed; and none can act on the terminal.
func TestPrinting(t *testing.T) {
	t.Parallel()
	var out output
	p := prompt.New(&out, func() int { return 0 })
	in, types := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	read := make(chan struct{})
	go func() { defer close(read); p.Read(ctx, in) }()
	if !p.Print([]string{"one\x1b[2J", "two"}) {
		t.Error("not printed before anything is asked")
	}
	p.Ask("> ", "")
	p.Print([]string{"three"})
	_, _ = types.Write([]byte("a"))
	_, _ = types.Write([]byte("\x7f"))
	if e := <-p.Events(); e.Kind != prompt.Freed {
		t.Fatalf("%+v", e)
	}
	if !p.Print([]string{"four"}) {
		t.Error("not printed once nothing is typed any more")
	}
	_, _ = types.Write([]byte("b"))
	for p.Typed() == "" { // the reader adds it in a moment
		continue
	}
	if p.Print([]string{"five"}) {
		t.Error("printed into what is typed")
	}
	p.Drop()
	got := out.String()
	if strings.Contains(got, "\x1b") || !strings.HasSuffix(got, "two\r\n> \r\nthree\r\n> a\b \b\r\nfour\r\n> b\r\n") {
		t.Errorf("printed %q", got)
	}
	cancel()
	_ = types.Close()
	p.Ask("", "")
	<-read
}

// TestPlain: from a pipe each line is an event, also the last without an end.
func TestPlain(t *testing.T) {
	t.Parallel()
	var out output
	p := prompt.NewPlain(&out)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p.Ask("> ", "")
	go p.Read(ctx, strings.NewReader("one\r\ntwo"))
	var got []string
	for e := range p.Events() {
		got = append(got, e.Text)
		p.Ask("> ", "")
	}
	if len(got) != 3 || got[0] != "one" || got[1] != "two" {
		t.Errorf("%q", got)
	}
}

// FuzzTyping: whatever comes from a terminal, what was typed is text, and what is shown does nothing but
// show it.
func FuzzTyping(f *testing.F) {
	for _, s := range []string{"a\r", "\x1b[200~a\nb\x1b[201~\r", "こ\x7f\r", "\x1b[", "\xff\xfe\r", "\x1b[200~", "e\u0301\x17\r\x03"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		events, shown := typed(t, s)
		for _, e := range events {
			if !utf8.ValidString(e.Text) || strings.ContainsFunc(e.Text, func(r rune) bool { return r < ' ' && r != '\n' }) {
				t.Errorf("typed %q", e.Text)
			}
		}
		if strings.ContainsFunc(shown, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\r\n\b", r) || r == 0x7f }) {
			t.Errorf("shown %q", shown)
		}
	})
}
