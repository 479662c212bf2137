package term_test

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"pgregory.net/rapid"

	"parley/ui/term"
)

// line is a terminal at the end of a slow line: what it sends comes in its order, but in
// pieces, and each after a while.
type line struct {
	sent   chan piece
	pieces chan []byte
	rest   []byte
}

type piece struct {
	after time.Duration
	bytes string
}

func newLine() *line {
	l := &line{sent: make(chan piece, 1<<10), pieces: make(chan []byte)}
	go func() {
		defer close(l.pieces)
		for p := range l.sent {
			passes(p.after)
			l.pieces <- []byte(p.bytes)
		}
	}()
	return l
}

func (l *line) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		b, ok := <-l.pieces
		if !ok {
			return 0, io.EOF
		}
		l.rest = b
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// passes has so much of a bubble's time pass.
func passes(d time.Duration) { <-time.After(d) }

// reading is an input that is read, and what it gave.
type reading struct {
	*term.Input
	line  *line
	gone  atomic.Bool
	mu    sync.Mutex
	given []byte
	done  chan struct{}
}

// read reads a line. The terminal answers when asked what it is, if it answers at all.
func read(answers bool) *reading {
	r := &reading{line: newLine(), done: make(chan struct{})}
	r.Input = term.NewInput(r.line, func() {
		if answers && !r.gone.Load() {
			r.line.sent <- piece{bytes: "\x1b[?62;22c"}
		}
	})
	go func() {
		defer close(r.done)
		buf := make([]byte, 4<<10)
		for {
			n, err := r.Read(buf)
			r.mu.Lock()
			r.given = append(r.given, buf[:n]...)
			r.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return r
}

// comes has a piece come after a while, and then the time pass.
func (r *reading) comes(what string, then time.Duration) {
	r.line.sent <- piece{bytes: what}
	passes(then)
	synctest.Wait()
}

// keys is what was given until now.
func (r *reading) keys(t interface{ Fatalf(string, ...any) }) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return events(t, r.given)
}

// ends has the terminal go away.
func (r *reading) ends() {
	r.gone.Store(true)
	close(r.line.sent)
	<-r.done
	_ = r.Close()
	synctest.Wait()
}

// events is what the reader of keys makes of input. What is typed in a row is one text.
func events(t interface{ Fatalf(string, ...any) }, in []byte) []string {
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

// What a terminal sends: keys that a hand presses, by what they are, and what is none.
var (
	handKeys = map[string]string{
		"e": "e", "r": "r", "山": "山", "\r": "enter", "\t": "tab", "\x1b": "esc", "\x1bx": "alt+x", "\x1b\r": "alt+enter", "\x1bé": "alt+é",
		"\x1b[A": "up", "\x1bOB": "down", "\x1b[1;5C": "ctrl+right", "\x1b[3~": "delete", "\x03": "ctrl+c", "\x1b\x1b[A": "alt+up",
		"\x1b[97;5u": "ctrl+a", "\x1b[27;2;13~": "shift+enter", "\x1b[200~e\rr\x1b[201~": "paste:e\rr",
	}
	terminalSays = []string{
		"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", "\x1b]10;rgb:ff/ff/ff\a", "\x1b]4;1;rgb:0/0/0\a", "\x1b]52;c;cmVzdA==\a",
		"\x1b[?2026;2$y", "\x1b[?2027;0$y", "\x1b[?62;22c", "\x1b[>1;10;0c", "\x1b[?0u", "\x1b[1;2R", "\x1b[0n", "\x1b[I", "\x1b[O",
		"\x1b[8;24;80t", "\x1b[<0;10;20M", "\x1b[Me!!", "\x1bP1+r524742=38\x1b\\", "\x1bP0+r\x1b\\", "\x1bP>|xterm(390)\x1b\\", "\x1b_Gi=1;OK\x1b\\",
	}
)

// TestSlowLines: whatever a terminal answers, wherever that is cut and however long its
// pieces take, what the hand typed is what is read.
func TestSlowLines(t *testing.T) {
	t.Parallel()
	keys := slices.Sorted(maps.Keys(handKeys))
	rapid.Check(t, func(rt *rapid.T) {
		answers, typing := rapid.Bool().Draw(rt, "answers"), rapid.Bool().Draw(rt, "typing")
		var schedule []func(*reading) // what happens, drawn before
		var want []string
		text := false
		backlog := time.Duration(0)
		for range rapid.IntRange(1, 12).Draw(rt, "parts") {
			what := rapid.SampledFrom(terminalSays).Draw(rt, "the terminal's")
			hand := rapid.Bool().Draw(rt, "by hand")
			if hand {
				what = rapid.SampledFrom(keys).Draw(rt, "key")
				key := handKeys[what]
				if isText := key == what; isText && text {
					want[len(want)-1] += key
				} else {
					want, text = append(want, key), isText
				}
			}
			for rest := what; len(rest) > 0; {
				n := rapid.IntRange(1, len(rest)).Draw(rt, "cut")
				p := piece{time.Duration(rapid.SampledFrom([]int{0, 1, 30, 60, 200, 500}).Draw(rt, "ms")) * time.Millisecond, rest[:n]}
				schedule = append(schedule, func(r *reading) { r.line.sent <- p })
				backlog += p.after
				rest = rest[n:]
			}
			if !hand {
				continue
			}
			// The next key comes later, after escape only once that is known for one.
			took := backlog + 20*time.Millisecond
			if what == "\x1b" && !answers {
				took += 700 * time.Millisecond
			}
			schedule = append(schedule, func(*reading) { passes(took); synctest.Wait() })
			backlog = 0
		}
		var given []byte
		synctest.Test(t, func(*testing.T) {
			r := read(answers)
			r.Typing(typing)
			for _, happens := range schedule {
				happens(r)
			}
			r.ends()
			given = r.given
		})
		if got := events(rt, given); !slices.Equal(got, want) {
			rt.Fatalf("read %q, typed %q", got, want)
		}
	})
}

// TestEscapeIsAKey: an escape by itself is one as soon as the terminal has answered, and
// where none answers after the longest time that a line may need.
func TestEscapeIsAKey(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers bool
		said    string
		after   time.Duration
		want    []string
	}{
		"answered":     {answers: true, after: 0, want: []string{"esc"}},
		"not yet":      {after: 599 * time.Millisecond},
		"not answered": {after: 600 * time.Millisecond, want: []string{"esc"}},
		// Such a terminal sends the key in another form, and isn't asked.
		"always something's beginning": {answers: true, said: "\x1b[?1u", after: 599 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := read(c.answers)
			r.comes(c.said, 0)
			r.comes("\x1b", c.after)
			if got := r.keys(t); !slices.Equal(got, c.want) {
				t.Errorf("%s: %q", name, got)
			}
			r.ends()
		})
	}
}

// TestBursts: what comes faster than a hand types is one pasted text, and no key.
func TestBursts(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	type came []piece
	long := strings.Repeat("long ", 60)
	for name, c := range map[string]struct {
		typing bool
		came   came
		want   []string
	}{
		"at once":            {came: came{{0, "please e\r"}}, want: []string{"paste:please e\r"}},
		"a byte at a time":   {came: came{{0, "p"}, {0, "l"}, {ms, "e"}, {4 * ms, "\r"}}, want: []string{"paste:ple\r"}},
		"a letter cut":       {came: came{{0, "\xe5\xb1"}, {200 * ms, "\xb1山山"}}, want: []string{"paste:山山山"}},
		"by hand":            {came: came{{0, "e"}, {20 * ms, "e"}, {20 * ms, "r"}, {20 * ms, "\r"}}, want: []string{"eer", "enter"}},
		"two of a hand":      {came: came{{0, "jj"}}, want: []string{"jj"}},
		"a letter and enter": {came: came{{0, "k\r"}}, want: []string{"k", "enter"}},
		"only enter":         {came: came{{0, "\r"}}, want: []string{"enter"}},
		"enters":             {came: came{{0, "\r\r\r"}}, want: []string{"paste:\r\r\r"}},
		"typing, enters":     {typing: true, came: came{{0, "\r\r\r"}}, want: []string{"paste:\r\r\r"}},
		"keys around it":     {came: came{{0, "\x1b[Ahello\x1b[B\x1b[B\x1b[B"}}, want: []string{"up", "paste:hello", "down", "down", "down"}},
		"an answer within":   {came: came{{0, "hel\x1b]11;rgb:0/0/0\alo\r"}}, want: []string{"paste:hel", "paste:lo\r"}},
		"marked":             {came: came{{0, "\x1b[200~one\rtwo\x1b[201~\r"}}, want: []string{"paste:one\rtwo", "enter"}},
		"several lines, the last end late": {
			came: came{{0, "one\rtwo"}, {200 * ms, "\r"}, {300 * ms, "\r"}}, want: []string{"paste:one\rtwo", "paste:\r", "enter"},
		},
		"a long one, its end late": {came: came{{0, long}, {200 * ms, "e"}, {200 * ms, "\r"}}, want: []string{"paste:" + long, "paste:e", "paste:\r"}},
		"a word, then enter":       {came: came{{0, "hello"}, {30 * ms, "\r"}}, want: []string{"paste:hello", "enter"}},
		"a word, its end late":     {came: came{{0, "hello"}, {20 * ms, "\r"}}, want: []string{"paste:hello", "paste:\r"}},
		"a word in pieces":         {came: came{{0, "hel"}, {20 * ms, "l"}, {20 * ms, "o"}, {20 * ms, "e"}}, want: []string{"paste:hel", "paste:l", "paste:o", "paste:e"}},
		"typing, at once":          {typing: true, came: came{{0, "hello\r"}}, want: []string{"h", "paste:ello\r"}},
		"typing, begins with enter": {
			typing: true, came: came{{0, "\rhello"}}, want: []string{"paste:\rhello"},
		},
		"typing, by hand": {typing: true, came: came{{0, "o"}, {20 * ms, "k"}, {20 * ms, "\r"}}, want: []string{"ok", "enter"}},
		"typing, the end late": {
			typing: true, came: came{{0, "hello"}, {20 * ms, "\r"}}, want: []string{"h", "paste:ello", "paste:\r"},
		},
		"typing, the last letter and the end late": {
			typing: true, came: came{{0, "hell"}, {20 * ms, "o\r"}}, want: []string{"h", "paste:ell", "paste:o\r"},
		},
		"typing, an input method's word, then enter": {
			typing: true, came: came{{0, "承知しました"}, {30 * ms, "\r"}}, want: []string{"承", "paste:知しました", "enter"},
		},
		// One syllable that an input method hands over together with the enter that ends it.
		"typing, a syllable with enter": {typing: true, came: came{{0, "네\r"}}, want: []string{"네", "enter"}},
		"typing, a word, a key, then enter": {
			typing: true, came: came{{0, "hello\x1b[C\r"}}, want: []string{"h", "paste:ello", "right", "enter"},
		},
		// The line stood still.
		"typing, a letter and enter": {
			typing: true, came: came{{0, "o"}, {100 * ms, "k\r"}}, want: []string{"ok", "enter"},
		},
		"typing, enter twice": {typing: true, came: came{{0, "\r\r"}}, want: []string{"enter", "enter"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := read(true)
			r.Typing(c.typing)
			for _, p := range c.came {
				r.line.sent <- p
			}
			passes(time.Second)
			r.ends()
			if got := r.keys(t); !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		})
	}
}

// TestTypingGoesAtOnce: while text is typed no character waits for another; elsewhere it
// waits for no longer than a hand could take.
func TestTypingGoesAtOnce(t *testing.T) {
	t.Parallel()
	for typing, want := range map[bool][]string{true: {"e"}, false: nil} {
		synctest.Test(t, func(t *testing.T) {
			r := read(true)
			r.Typing(typing)
			r.comes("e", 4*time.Millisecond)
			if got := r.keys(t); !slices.Equal(got, want) {
				t.Errorf("typing %v: %q", typing, got)
			}
			passes(time.Millisecond)
			synctest.Wait()
			if got := r.keys(t); !slices.Equal(got, []string{"e"}) {
				t.Errorf("typing %v: %q after the wait", typing, got)
			}
			r.ends()
		})
	}
}

// TestTheLaterReads: who reads anew, as after a suspension, reads on; who read before
// takes nothing.
func TestTheLaterReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLine()
		in := term.NewInput(l, func() {})
		early := make(chan error, 1)
		go func() {
			_, err := in.Read(make([]byte, 10))
			early <- err
		}()
		synctest.Wait()
		go func() {
			synctest.Wait()
			l.sent <- piece{bytes: "\x1b[A"}
		}()
		buf := make([]byte, 10)
		if n, err := in.Read(buf); string(buf[:n]) != "\x1b[A" || err != nil {
			t.Errorf("read %q, %v", buf[:n], err)
		}
		if err := <-early; !errors.Is(err, io.EOF) {
			t.Errorf("who read before got %v", err)
		}
		close(l.sent)
		_ = in.Close()
		synctest.Wait()
	})
}

// TestLongPastes: a text that no reader has room for goes on in order, and is one.
func TestLongPastes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := read(true)
		text := strings.Repeat("山", 5_000)
		for b := []byte(text); len(b) > 0; b = b[min(len(b), 4093):] {
			r.line.sent <- piece{bytes: string(b[:min(len(b), 4093)])}
		}
		r.ends()
		if got := r.keys(t); !slices.Equal(got, []string{"paste:" + text}) {
			t.Errorf("%d texts", len(got))
		}
	})
}
