package composer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"parley/i18n"
	"parley/model"
	"parley/ui/cells"
	"parley/ui/composer"
	"parley/ui/look"
	"parley/ui/theme"
)

var now = time.Date(2026, time.November, 18, 10, 2, 0, 0, time.UTC)

func newLook(lang string, m cells.Measure, o theme.Options) look.Look {
	return look.Look{Theme: theme.New(o), Cells: m, Words: i18n.New(lang), Zone: time.UTC, Version: 1}
}

// newBox returns a composer in which a reply is allowed.
func newBox(lang string, w, h int) *composer.Box {
	b := composer.New()
	b.SetLook(newLook(lang, cells.Measure{}, theme.Options{Profile: colorprofile.TrueColor}))
	b.SetWidth(w)
	b.SetMaxHeight(h)
	b.Show("1_2", "")
	b.SetVerdict(now, "山田 花子", allowed(time.Hour), "")
	return b
}

func allowed(left time.Duration) model.Verdict {
	until := now.Add(left)
	return model.Verdict{Allowed: true, Until: &until}
}

// uncertain is the verdict on a reply that Facebook may refuse.
func uncertain(left time.Duration) model.Verdict {
	v := allowed(left)
	v.Uncertain = true
	return v
}

func denied(code model.Code, in time.Duration) model.Verdict {
	v := model.Verdict{Code: code}
	if in != 0 {
		until := now.Add(in)
		v.Until = &until
	}
	return v
}

func typed(b *composer.Box, s string) {
	for _, r := range s {
		b.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func press(b *composer.Box, keys ...string) {
	codes := map[string]tea.Key{
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
		"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "backspace": {Code: tea.KeyBackspace},
		"delete": {Code: tea.KeyDelete}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown},
		"ctrl+w": {Code: 'w', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+v": {Code: 'v', Mod: tea.ModCtrl},
		"ctrl+home": {Code: tea.KeyHome, Mod: tea.ModCtrl}, "enter": {Code: tea.KeyEnter}, "ctrl+k": {Code: 'k', Mod: tea.ModCtrl},
	}
	for _, k := range keys {
		b.Update(tea.KeyPressMsg(codes[k]))
	}
}

func plain(b *composer.Box) string {
	return ansi.Strip(strings.Join(b.Lines(true), "\n"))
}

func TestTypedAndSent(t *testing.T) {
	t.Parallel()
	b := newBox("en", 40, 8)
	if b.Update(tea.KeyPressMsg{Code: 'x', Text: "x"}); b.Text() != "" {
		t.Errorf("a closed composer took a key")
	}
	b.Open()
	typed(b, "Hello 山田")
	b.NewLine()
	typed(b, "two")
	if got := b.Text(); got != "Hello 山田\ntwo" {
		t.Errorf("text is %q", got)
	}
	b.Update(tea.KeyPressMsg{Code: tea.KeyExtended, Text: "up"})
	press(b, "backspace", "backspace", "enter", "ctrl+v")
	if got := b.Text(); got != "Hello 山田\ntwo" {
		t.Errorf("after enter and ctrl+v, text is %q", got)
	}
	if why := b.CanSend(); why != "" {
		t.Errorf("can't send: %s", why)
	}
}

func TestWhatCanNotBeSent(t *testing.T) {
	t.Parallel()
	b := newBox("en", 60, 8)
	for _, c := range []struct {
		text string
		v    model.Verdict
		want string
	}{
		{"hello", allowed(time.Hour), ""},
		{"", allowed(time.Hour), "The text is empty."},
		{" \n ", allowed(time.Hour), "The text is empty."},
		{strings.Repeat("a", 2000), allowed(time.Hour), ""},
		{strings.Repeat("a", 2001), allowed(time.Hour), "The text is longer than 2,000 characters. Split it."},
		{strings.Repeat("👍", 1000), allowed(time.Hour), ""},
		{strings.Repeat("👍", 1001), allowed(time.Hour), "The text is longer than 2,000 characters. Split it."},
		{"hello", allowed(0), "Reply window closed 10:02."},
		{"hello", denied(model.WindowClosed, -24*time.Hour), "Reply window closed yesterday 10:02."},
		{"hello", denied(model.NotStarted, 0), "The customer has to write first."},
		{"hello", model.Verdict{}, "Checking whether a reply is allowed."},
	} {
		b.SetText(c.text)
		b.SetVerdict(now, "Ken", c.v, "")
		if got := b.CanSend(); got != c.want {
			t.Errorf("%.20q with %v: %q, want %q", c.text, c.v, got, c.want)
		}
	}
}

// TestNothingIsSentBeforeTheVerdict: that of the conversation before says nothing.
func TestNothingIsSentBeforeTheVerdict(t *testing.T) {
	t.Parallel()
	b := newBox("en", 60, 8)
	b.Show("1_3", "hello")
	if b.CanSend() == "" {
		t.Error("sends without a verdict")
	}
}

// TestWindowClosesWhileTyping: the text stays, and the time that was known is told.
func TestWindowClosesWhileTyping(t *testing.T) {
	t.Parallel()
	b := newBox("en", 78, 8)
	b.Open()
	b.SetVerdict(now, "Ken", allowed(time.Second), "")
	typed(b, "nearly done")
	b.SetVerdict(now.Add(time.Second), "Ken", denied(model.WindowClosed, 0), "")
	if b.Text() != "nearly done" || b.CanSend() != "Reply window closed 10:02." {
		t.Errorf("%q, %q", b.Text(), b.CanSend())
	}
	typed(b, "!")
	if b.Text() != "nearly done!" || !b.IsOpen() {
		t.Errorf("%q", b.Text())
	}
	if !strings.Contains(plain(b), "draft kept, nothing is sent") {
		t.Errorf("drawn is\n%s", plain(b))
	}
}

func TestPaste(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"one\r\ntwo\rthree\n":         "one\ntwo\nthree\n",
		"a\x1b[31mred\x07\x00":        "a[31mred",
		"cafe\u0301":                  "café",
		"tab\there":                   "tab    here",
		"\u2028line\u0085end\u2029":   "\nline\nend\n",
		"bad\xffbyte":                 "badbyte",
		"bidi \u202etxt":              "bidi \u202etxt",
		"\x1b[200~inner\x1b[201~\r\n": "[200~inner[201~\n",
	} {
		b := newBox("en", 60, 8)
		b.Open()
		if cmd := b.Update(tea.PasteMsg{Content: in}); cmd != nil {
			t.Errorf("pasting %q does something", in)
		}
		if b.Text() != want {
			t.Errorf("pasted %q is %q, want %q", in, b.Text(), want)
		}
		again := b.Text()
		b.Show("1_3", "")
		b.Show("1_2", again)
		if b.Text() != again {
			t.Errorf("draft %q came back as %q", again, b.Text())
		}
	}
}

func TestPasteIsTakenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	b := newBox("en", 60, 8)
	b.Open()
	if cmd := b.Update(tea.PasteMsg{Content: strings.Repeat("見", composer.MaxTyped-1)}); cmd != nil {
		t.Fatal("refused what fits")
	}
	typed(b, "x")
	before := b.Text()
	cmd := b.Update(tea.PasteMsg{Content: "y"})
	if cmd == nil {
		t.Fatal("took what does not fit")
	}
	if _, ok := cmd().(composer.PasteRefused); !ok || b.Text() != before {
		t.Errorf("%T, text changed: %v", cmd(), b.Text() != before)
	}
	if typed(b, "z"); b.Text() != before {
		t.Error("took a key beyond the end")
	}
}

// TestCursor: the terminal's own cursor stands where the next character goes.
func TestCursor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		w    int
		keys []string
		x, y int
	}{
		{"", 20, nil, 0, 0},
		{"abc", 20, nil, 3, 0},
		{"見積もり", 20, nil, 8, 0},
		{"見積もり", 20, []string{"left"}, 6, 0},
		{"見積もり", 20, []string{"home", "right"}, 2, 0},
		{"見積もりをお願い", 11, nil, 6, 1},
		{"見積もりをお願い", 11, []string{"left", "left", "left"}, 0, 1},
		{"見積もりをお願い", 11, []string{"left", "left", "left", "left"}, 8, 0},
		{"見積もりをお願い", 11, []string{"up"}, 6, 0},
		{"one two three", 8, nil, 5, 1},
		{"one two three", 8, []string{"home"}, 0, 0},
		{"0123456789", 11, nil, 10, 0},
		{"0123456789", 10, nil, 1, 1},
		{"a\n見\nc", 20, nil, 1, 2},
		{"a\n見\nc", 20, []string{"up", "up"}, 1, 0},
		{"abcdef\n\nabcdef", 20, []string{"up", "up"}, 6, 0},
		{"👍🏽x", 20, nil, 3, 0},
		{"👍🏽x", 20, []string{"left", "left"}, 0, 0},
		{"ab\u202ecd", 40, nil, 9, 0},
		{"ab\u202ecd", 40, []string{"left", "left"}, 7, 0},
		{"ab\u202ecd", 40, []string{"left", "left", "left"}, 2, 0},
		// Of a word that fills the text area's own line, its cursor never came up again.
		{"012345678901 x\nab", 13, []string{"up"}, 1, 1},
		{"a\n0123456789012 x", 14, []string{"up", "up"}, 1, 0},
	} {
		b := newBox("en", c.w, 10)
		b.Open()
		b.SetText(c.text)
		press(b, c.keys...)
		c.y++ // below to whom it goes
		if x, y, ok := b.Cursor(); x != c.x || y != c.y || !ok {
			t.Errorf("%q in %d after %v: cursor at %d, %d, want %d, %d\n%s", c.text, c.w, c.keys, x, y, c.x, c.y, plain(b))
		}
		typed(b, "_")
		if x, y, _ := b.Cursor(); x > 0 && y == c.y {
			line := strings.Split(plain(b), "\n")[y]
			if head, _ := (cells.Measure{}).Head(line, c.x); !strings.HasPrefix(strings.TrimPrefix(line, head), "_") {
				t.Errorf("%q in %d after %v: typed elsewhere:\n%s", c.text, c.w, c.keys, plain(b))
			}
		}
	}
	b := newBox("en", 20, 10)
	if _, _, ok := b.Cursor(); ok {
		t.Error("a closed composer has a cursor")
	}
}

// TestKeysGoByCharacters: not by code points.
func TestKeysGoByCharacters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		keys []string
		want string
	}{
		{"a👩‍👩‍👧", []string{"backspace"}, "a"},
		{"a👩‍👩‍👧b", []string{"left", "left", "delete"}, "ab"},
		{"❤️", []string{"backspace"}, ""},
		{"🇯🇵🇫🇷", []string{"backspace"}, "🇯🇵"},
		{"น้ำ", []string{"backspace"}, "น้"},
		{"กำน้", []string{"backspace"}, "กำน"},
		{"one two", []string{"ctrl+w"}, "one "},
		{"one two", []string{"ctrl+u"}, ""},
		{"one\ntwo", []string{"home", "backspace"}, "onetwo"},
		{"one\ntwo", []string{"ctrl+home", "end", "delete"}, "onetwo"},
		{"one\ntwo", []string{"ctrl+home", "ctrl+k"}, "\ntwo"},
	} {
		b := newBox("en", 40, 8)
		b.Open()
		b.SetText(c.text)
		if press(b, c.keys...); b.Text() != c.want {
			t.Errorf("%q after %v is %q, want %q", c.text, c.keys, b.Text(), c.want)
		}
	}
}

func TestGrowsToItsHeight(t *testing.T) {
	t.Parallel()
	b := newBox("en", 40, 5)
	if b.Height() != 1 {
		t.Errorf("at rest %d high", b.Height())
	}
	b.Open()
	for i, want := range []int{3, 4, 5, 5, 5, 5} {
		if b.Height() != want {
			t.Errorf("with %d lines %d high, want %d", i+1, b.Height(), want)
		}
		typed(b, fmt.Sprint(i))
		b.NewLine()
	}
	written := func() []string { return strings.Fields(strings.Join(strings.Split(plain(b), "\n")[1:], "\n")) }
	if got := written()[:2]; !slices.Equal(got, []string{"4", "5"}) {
		t.Errorf("drawn is\n%s", plain(b))
	}
	press(b, "pgup", "pgup")
	if got := written()[:3]; !slices.Equal(got, []string{"0", "1", "2"}) {
		t.Errorf("drawn is\n%s", plain(b))
	}
}

// TestWithoutColour: nothing is told by colour alone.
func TestWithoutColour(t *testing.T) {
	t.Parallel()
	b := newBox("en", 78, 8)
	b.SetLook(newLook("en", cells.Measure{}, theme.Options{Profile: colorprofile.ASCII, ASCII: true}))
	b.Show("1_2", "kept")
	b.SetVerdict(now, "Ken", denied(model.WindowClosed, 0), "")
	got := strings.Join(b.Lines(false), "\n")
	if strings.Contains(got, "\x1b") || !strings.Contains(got, "~ kept") {
		t.Errorf("drawn is %q", got)
	}
}

// TestFacebookMayRefuse: it is said, with until when, and the reply can be sent until then;
// of a note it is not said.
func TestFacebookMayRefuse(t *testing.T) {
	t.Parallel()
	for lang, says := range map[string][]string{"en": {"may refuse", "Sun 14:02"}, "ja": {"拒否されることがあります", "14:02まで"}} {
		b := newBox(lang, 60, 8)
		for _, open := range []bool{false, true} {
			if open {
				b.Open()
			}
			b.SetText("hello")
			b.SetVerdict(now, "Ken", uncertain(100*time.Hour), "")
			drawn := strings.ReplaceAll(strings.ReplaceAll(plain(b), "\n", " "), "  ", "")
			for _, s := range says {
				if !strings.Contains(drawn, s) && !strings.Contains(strings.ReplaceAll(drawn, " ", ""), strings.ReplaceAll(s, " ", "")) {
					t.Errorf("%s, open %v: %q is not in\n%s", lang, open, s, plain(b))
				}
			}
			if why := b.CanSend(); why != "" || !b.Allowed() {
				t.Errorf("%s: can't send: %s", lang, why)
			}
			if x, y, ok := b.Cursor(); ok != open || ok && (x != 5 || y >= b.Height()) {
				t.Errorf("the cursor is at %d, %d", x, y)
			}
		}
		b.SetVerdict(now, "Ken", uncertain(0), "")
		if b.Allowed() {
			t.Error("allowed when it is over")
		}
		b.SetVerdict(now, "Ken", allowed(time.Hour), "")
		if strings.Contains(plain(b), says[0]) {
			t.Errorf("said of one that is certain:\n%s", plain(b))
		}
		b.ShowNote("1_2", "hello")
		b.SetVerdict(now, "Ken", uncertain(time.Hour), "")
		if strings.Contains(plain(b), says[0]) {
			t.Errorf("said of a note:\n%s", plain(b))
		}
	}
}

// TestUntilWhenStandsInAnyRoom: however small the composer, until when Facebook may refuse
// is not cut off.
func TestUntilWhenStandsInAnyRoom(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, open := range []bool{false, true} {
			b := newBox(lang, 40, 8)
			b.SetText("hello\nthere\nhow are you")
			b.SetFiles("desk.jpg")
			b.SetQuote("a question")
			least := 2
			if open {
				b.Open()
				least++ // how to get out
			}
			b.SetVerdict(now, "Ken", uncertain(100*time.Hour), "")
			for _, w := range []int{38, 40, 47, 60, 78, 116} {
				for h := least; h <= 8; h++ {
					b.SetWidth(w)
					b.SetMaxHeight(h)
					if got := plain(b); !strings.Contains(got, "14:02") {
						t.Fatalf("%s, %d×%d, open %v:\n%s", lang, w, h, open, got)
					}
				}
			}
		}
	}
}

// TestWhatIsCutSaysSo: of a reason that has no room for all of it, the rest is marked.
func TestWhatIsCutSaysSo(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		b := newBox(lang, 20, 2)
		b.SetVerdict(now, "Ken", denied(model.PageRestricted, 0), strings.Repeat("A long reason. ", 20))
		for _, w := range []int{20, 21, 29, 38} {
			b.SetWidth(w)
			if got := strings.Split(plain(b), "\n"); !strings.HasSuffix(strings.TrimRight(got[1], " "), "…") {
				t.Errorf("%s, %d cells: %q", lang, w, got)
			}
		}
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	long := "本日はお問い合わせありがとうございます。机は3台とも在庫がございます。\n\nWe can deliver them on Friday before noon."
	type shot struct {
		name, draft, reason string
		open                bool
		v                   model.Verdict
	}
	shots := []shot{
		{name: "at rest", v: allowed(time.Hour)},
		{name: "draft", v: allowed(time.Hour), draft: long},
		{name: "open, empty", v: allowed(time.Hour), open: true},
		{name: "open", v: allowed(time.Hour), open: true, draft: long},
		{name: "near the limit", v: allowed(time.Hour), open: true, draft: strings.Repeat("長い文章です。", 264) + "あと少し"},
		{name: "beyond it", v: allowed(time.Hour), open: true, draft: strings.Repeat("x", 2050)},
		{name: "Facebook may refuse", v: uncertain(100 * time.Hour)},
		{name: "Facebook may refuse, draft", v: uncertain(100 * time.Hour), draft: long},
		{name: "Facebook may refuse, open", v: uncertain(100 * time.Hour), open: true, draft: long},
		{name: "no verdict yet"},
		{name: "blocked and open", v: denied(model.WindowClosed, -time.Minute), open: true, draft: long},
		{name: "window closed, draft", v: denied(model.WindowClosed, -24*time.Hour), draft: long},
		{name: "window closed, no time", v: denied(model.WindowClosed, 0)},
		{name: "restricted", v: denied(model.PageRestricted, 0), reason: "Repeated spam."},
		{name: "restricted, one is let through", v: denied(model.PageRestricted, 30*time.Minute)},
		{name: "other app, until", v: denied(model.OtherApp, 20*time.Hour)},
		{name: "rate limited, until", v: denied(model.RateLimited, 2*time.Minute)},
	}
	for _, code := range []model.Code{model.Hidden, model.PageDisconnected, model.MessagesOff, model.NotStarted, model.Unreachable, model.OtherApp, model.RateLimited} {
		shots = append(shots, shot{name: string(code), v: denied(code, 0)})
	}
	for _, lang := range []string{"en", "ja"} {
		for _, w := range []int{30, 54, 78, 116} {
			t.Run(fmt.Sprintf("%s %d", lang, w), func(t *testing.T) {
				t.Parallel()
				var out strings.Builder
				for _, s := range shots {
					b := newBox(lang, w, 7)
					b.Show("1_2", s.draft)
					b.SetVerdict(now, "山田 花子", s.v, s.reason)
					if s.open {
						b.Open()
					}
					fmt.Fprintf(&out, "# %s\n", s.name)
					for _, line := range b.Lines(true) {
						fmt.Fprintf(&out, "|%s|\n", ansi.Strip(line))
					}
				}
				golden.RequireEqual(t, out.String())
			})
		}
	}
}
