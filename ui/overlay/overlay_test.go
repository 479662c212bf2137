package overlay_test

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
	"parley/ui/cells"
	"parley/ui/look"
	"parley/ui/overlay"
	"parley/ui/theme"
)

func newLook(lang string, m cells.Measure, o theme.Options) look.Look {
	return look.Look{Theme: theme.New(o), Cells: m, Words: i18n.New(lang), Zone: time.UTC, Version: 1}
}

var colours = theme.Options{Profile: colorprofile.TrueColor}

// key is a press of a key by its name.
func key(name string) tea.KeyPressMsg {
	special := map[string]tea.Key{
		"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
		"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape},
		"backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown},
	}
	if k, ok := special[name]; ok {
		return tea.KeyPressMsg(k)
	}
	if c, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(c[0]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// press hands keys to an overlay and returns the last answer.
func press(o overlay.Overlay, names ...string) overlay.Action {
	var a overlay.Action
	for _, n := range names {
		a, _ = o.Update(key(n))
	}
	return a
}

// letters hands letters to it, one by one.
func letters(o overlay.Overlay, s string) overlay.Action { return press(o, strings.Split(s, "")...) }

func plain(lines []string) string { return ansi.Strip(strings.Join(lines, "\n")) }

func items(lang string) []overlay.Item {
	if lang == "ja" {
		return []overlay.Item{
			{ID: "reply", Title: "返信する", Alias: "Reply", Keys: "r", Group: "会話"},
			{ID: "done", Title: "完了にする", Alias: "Mark done", Keys: "e", Group: "会話"},
			{ID: "snooze", Title: "スヌーズする", Alias: "Snooze", Keys: "s", Reason: "この会話はすでに完了しているため、スヌーズできません。", Group: "会話"},
			{ID: "quit", Title: "Parleyを終了する", Alias: "Quit", Keys: "q", Group: "アプリ"},
		}
	}
	return []overlay.Item{
		{ID: "reply", Title: "Reply", Keys: "r", Group: "Conversation"},
		{ID: "done", Title: "Mark done", Keys: "e", Group: "Conversation"},
		{ID: "snooze", Title: "Snooze", Keys: "s", Reason: "This conversation is done already; open it again first.", Group: "Conversation"},
		{ID: "quit", Title: "Quit Parley", Keys: "q, ctrl+c", Group: "Program"},
	}
}

func TestPaletteFinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, typed string
		keys        []string
		want        overlay.Action
	}{
		{"en", "", []string{"enter"}, overlay.Chosen{ID: "reply"}},
		{"en", "", []string{"down", "enter"}, overlay.Chosen{ID: "done"}},
		{"en", "", []string{"down", "ctrl+n", "down", "down", "enter"}, overlay.Chosen{ID: "quit"}},
		{"en", "", []string{"down", "ctrl+p", "up", "enter"}, overlay.Chosen{ID: "reply"}},
		{"en", "md", []string{"enter"}, overlay.Chosen{ID: "done"}},
		{"en", "QUIT", []string{"enter"}, overlay.Chosen{ID: "quit"}},
		{"en", "snooze", []string{"enter"}, nil},
		{"en", "zzz", []string{"enter"}, nil},
		{"en", "rep", []string{"esc"}, overlay.Closed{}},
		{"en", "rep", []string{"ctrl+c"}, overlay.Closed{}},
		{"ja", "完了", []string{"enter"}, overlay.Chosen{ID: "done"}},
		{"ja", "mark", []string{"enter"}, overlay.Chosen{ID: "done"}},
		{"ja", "parley", []string{"enter"}, overlay.Chosen{ID: "quit"}},
		{"ja", "qx", []string{"backspace", "enter"}, overlay.Chosen{ID: "quit"}},
	} {
		p := overlay.NewPalette("", items(c.lang))
		if c.typed != "" {
			letters(p, c.typed)
		}
		if got := press(p, c.keys...); got != c.want {
			t.Errorf("%s %q %v: %v, want %v", c.lang, c.typed, c.keys, got, c.want)
		}
	}
}

// TestPaletteShowsTheSelected: whatever the height, the row that enter would take is
// drawn, with why it can't be.
func TestPaletteShowsTheSelected(t *testing.T) {
	t.Parallel()
	var all []overlay.Item
	for i := range 100 {
		it := overlay.Item{ID: fmt.Sprint(i), Title: fmt.Sprintf("item %d.", i), Group: fmt.Sprint("group ", i/7)}
		if i%3 == 0 {
			it.Reason = fmt.Sprintf("item %d can't be chosen %s END", i, strings.Repeat("really ", 12))
		}
		all = append(all, it)
	}
	l := newLook("en", cells.Measure{}, colours)
	for _, h := range []int{6, 13, 20, 40} {
		p := overlay.NewPalette("Commands", all)
		for i := range 100 {
			got := plain(p.Lines(l, 60, h))
			if !strings.Contains(got, "▌") || !strings.Contains(got, fmt.Sprintf("item %d.", i)) {
				t.Fatalf("item %d is not in\n%s", i, got)
			}
			if i%3 == 0 && !strings.Contains(got, "END") {
				t.Fatalf("why not %d is not in\n%s", i, got)
			}
			press(p, "down")
		}
	}
}

func TestPaletteAccentsWhatIsTyped(t *testing.T) {
	t.Parallel()
	l := newLook("ja", cells.Measure{}, colours)
	p := overlay.NewPalette("", items("ja"))
	letters(p, "完")
	if got := strings.Join(p.Lines(l, 60, 20), "\n"); !strings.Contains(got, l.Theme.Soft.Accent.Paint("完")) {
		t.Errorf("drawn is %q", got)
	}
}

func TestPrompt(t *testing.T) {
	t.Parallel()
	p := overlay.NewPrompt("Search", "names and text", "")
	p.Live = true
	if got := letters(p, "ab"); got != (overlay.Edited{Text: "ab"}) {
		t.Errorf("typed: %v", got)
	}
	if got := press(p, "left"); got != nil {
		t.Errorf("moved: %v", got)
	}
	a, _ := p.Update(tea.PasteMsg{Content: "x\r\ny\x1b[m"})
	if a != (overlay.Edited{Text: "ax y[mb"}) {
		t.Errorf("pasted: %v", a)
	}
	p.SetError("That is no time.")
	l := newLook("en", cells.Measure{}, colours)
	if got := plain(p.Lines(l, 60, 20)); !strings.Contains(got, "That is no time.") {
		t.Errorf("no error in\n%s", got)
	}
	if x, y, ok := p.Cursor(); x != 7 || y != 1 || !ok {
		t.Errorf("cursor at %d, %d", x, y)
	}
	press(p, "backspace")
	if got := plain(p.Lines(l, 60, 20)); strings.Contains(got, "That is no time.") {
		t.Errorf("still the error in\n%s", got)
	}
	if got := press(p, "ctrl+v", "enter"); got != (overlay.Entered{Text: "ax y[b"}) {
		t.Errorf("entered: %v", got)
	}
	if got := press(p, "esc"); got != (overlay.Closed{}) {
		t.Errorf("esc: %v", got)
	}
}

func TestInputGoesByCharacters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		keys []string
		want string
	}{
		{"a👩‍👩‍👧", []string{"backspace"}, "a"},
		{"見積", []string{"left", "x"}, "見x積"},
		{"one two", []string{"ctrl+w"}, "one "},
		{"one two  ", []string{"ctrl+w"}, "one "},
		{"one", []string{"home", "delete", "end", "x"}, "nex"},
		{"one", []string{"ctrl+a", "ctrl+k"}, ""},
		{"one", []string{"left", "ctrl+u"}, "e"},
		{"🇯", []string{"🇵", "left", "x"}, "x🇯🇵"},
	} {
		p := overlay.NewPrompt("", "", c.text)
		if press(p, c.keys...); p.Text() != c.want {
			t.Errorf("%q after %v is %q, want %q", c.text, c.keys, p.Text(), c.want)
		}
	}
}

func options() []overlay.Option {
	return []overlay.Option{
		{ID: "hour", Title: "one hour", Key: "1"},
		{ID: "tomorrow", Title: "tomorrow 9:00", Key: "2"},
		{ID: "never", Title: "for ever", Key: "3", Reason: "a snooze ends within ten years"},
		{ID: "other", Title: "a time…", Key: "j"},
	}
}

func TestChoice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys []string
		want overlay.Action
	}{
		{[]string{"enter"}, overlay.Chosen{ID: "hour"}},
		{[]string{"2"}, overlay.Chosen{ID: "tomorrow"}},
		{[]string{"down", "enter"}, overlay.Chosen{ID: "tomorrow"}},
		{[]string{"down", "k", "enter"}, overlay.Chosen{ID: "hour"}},
		{[]string{"down", "down", "enter"}, nil},
		{[]string{"3"}, nil},
		{[]string{"j"}, overlay.Chosen{ID: "other"}},
		{[]string{"9"}, nil},
		{[]string{"esc"}, overlay.Closed{}},
	} {
		if got := press(overlay.NewChoice("Snooze until", options()), c.keys...); got != c.want {
			t.Errorf("%v: %v, want %v", c.keys, got, c.want)
		}
	}
	if got := press(overlay.NewChoice("Nothing", nil), "down", "enter"); got != nil {
		t.Errorf("of none, chose %v", got)
	}
}

func help() *overlay.Help {
	var rows []overlay.Row
	for i := range 40 {
		rows = append(rows, overlay.Row{Key: fmt.Sprintf("ctrl+%c", 'a'+i%26), Text: fmt.Sprintf("does thing %d", i)})
	}
	return overlay.NewHelp("Help", []overlay.Section{
		{Heading: "Keys", Rows: rows},
		{Heading: "What you can't do, and why", Paragraphs: []overlay.Paragraph{
			{Question: "Why can't I write first?", Answer: "Facebook lets a Page answer, not begin. Share your m.me link, and the customer can begin."},
			{Question: "プライベートとは何ですか？", Answer: "ページを連携した人だけが会話を見て、返信し、連携できるということです。"},
		}},
	})
}

func TestHelpScrolls(t *testing.T) {
	t.Parallel()
	l := newLook("en", cells.Measure{}, colours)
	p := help()
	for _, c := range []struct {
		keys []string
		want string
	}{
		{nil, "1–18 of 49"},
		{[]string{"j"}, "2–19 of 49"},
		{[]string{"k", "k", "k"}, "1–18 of 49"},
		{[]string{"ctrl+d"}, "10–27 of 49"},
		{[]string{"ctrl+u", "G"}, "32–49 of 49"},
		{[]string{"j", "pgdown"}, "32–49 of 49"},
		{[]string{"g"}, "1–18 of 49"},
	} {
		press(p, c.keys...)
		if got := plain(p.Lines(l, 78, 20)); !strings.Contains(got, c.want) {
			t.Errorf("after %v no %q in\n%s", c.keys, c.want, got)
		}
	}
	for _, k := range []string{"esc", "q", "?"} {
		if press(help(), k) != (overlay.Closed{}) {
			t.Errorf("%s does not close", k)
		}
	}
	if got := plain(p.Lines(l, 78, 60)); strings.Contains(got, "of 49") || !strings.Contains(got, "does thing 0\u0020") {
		t.Errorf("it all fits, but drawn is\n%s", got)
	}
}

func TestHelpOfATextAlone(t *testing.T) {
	t.Parallel()
	p := overlay.NewHelp("Notices", []overlay.Section{{}, {Paragraphs: []overlay.Paragraph{{Answer: "There are none."}}}})
	l := newLook("en", cells.Measure{}, theme.Options{ASCII: true})
	want := []string{"- Notices " + strings.Repeat("-", 30), " There are none."}
	for i, got := range p.Lines(l, 40, 10) {
		if i >= len(want) || strings.TrimRight(ansi.Strip(got), " ") != want[i] {
			t.Errorf("line %d is %q", i, got)
		}
	}
}

func TestGrace(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 18, 10, 2, 0, 0, time.UTC)
	g := overlay.NewGrace(at)
	var got []bool
	for _, ms := range []int{100, 450, 849, 1249, 1260, 1270} {
		got = append(got, g.Ignores(at.Add(time.Duration(ms)*time.Millisecond)))
	}
	if want := []bool{true, true, true, false, false, false}; !slices.Equal(got, want) {
		t.Errorf("ignores %v, want %v", got, want)
	}
	if (&overlay.Grace{}).Ignores(at) {
		t.Error("without an opening, ignores a key")
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, w := range []int{30, 54, 78, 116} {
			t.Run(fmt.Sprintf("%s %d", lang, w), func(t *testing.T) {
				t.Parallel()
				l := newLook(lang, cells.Measure{}, colours)
				var out strings.Builder
				shot := func(name string, o overlay.Overlay, l look.Look) {
					fmt.Fprintf(&out, "# %s\n", name)
					for _, line := range o.Lines(l, w, 16) {
						fmt.Fprintf(&out, "|%s|\n", ansi.Strip(line))
					}
				}
				p := overlay.NewPalette("Commands", items(lang))
				shot("palette", p, l)
				press(p, "down", "down")
				shot("palette, on what can't be chosen", p, l)
				letters(p, "re")
				shot("palette, typed", p, l)
				letters(p, "zzz")
				shot("palette, nothing found", p, l)
				shot("help", help(), l)
				pr := overlay.NewPrompt("Snooze until", "A day and a time: fri 9:00, 12 Nov.", "tomorow")
				shot("prompt", pr, l)
				pr.SetError("That is no time.")
				shot("prompt, error", pr, l)
				shot("choice", overlay.NewChoice("Snooze until", options()), l)
				shot("choice, ASCII", overlay.NewChoice("Snooze until", options()), newLook(lang, cells.Measure{}, theme.Options{ASCII: true}))
				golden.RequireEqual(t, out.String())
			})
		}
	}
}
