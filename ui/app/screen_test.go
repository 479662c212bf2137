package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
)

var sizes = [][2]int{{160, 45}, {120, 36}, {100, 30}, {80, 24}, {60, 20}, {40, 12}}

// whole expects the screen to be exactly as many lines and cells as the terminal has.
func (w *world) whole(width, height int) {
	w.Helper()
	lines := w.lines()
	if width == 0 || height == 0 {
		return
	}
	if len(lines) != height {
		w.Fatalf("%d×%d has %d lines:\n%s", width, height, len(lines), w.text())
	}
	measure := w.Look.Cells
	for _, l := range lines {
		if n := measure.Width(l); n != width {
			w.Fatalf("%d×%d has a line of %d cells: %q\n%s", width, height, n, l, w.text())
		}
		if strings.ContainsFunc(l, func(r rune) bool { return r < ' ' || r >= 0x7F && r < 0xA0 }) {
			w.Fatalf("a control character in %q", l)
		}
	}
	if c := w.View().Cursor; c != nil && (c.X < 0 || c.X >= width || c.Y < 0 || c.Y >= height) {
		w.Fatalf("the cursor is at %d, %d of %d×%d", c.X, c.Y, width, height)
	}
}

// TestEverySizeInEveryPlace: each place of the screen, at each size, in both languages.
func TestEverySizeInEveryPlace(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, s := range sizes {
			w := newWorld(t, some(50), func(o *Options) { o.Words = i18n.New(lang) })
			ms := incoming(5)
			w.hub.messages[ms[0].ConversationID] = ms
			w.sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
			for _, keys := range [][]string{
				{"j"},
				{"enter"},
				{"k"},
				{"i"},
				{"i"},
				{"r"},
				{"a"},
				{"alt+enter"},
				{"esc"},
				{"ctrl+k"},
				{"x"},
				{"esc"},
				{"?"},
				{"j"},
				{"esc"},
				{"n"},
				{"esc"},
				{"s"},
				{"esc"},
				{"/"},
				{"a"},
				{"esc"},
				{"esc"},
				{"4"},
				{"e"},
				{"0"},
				{"G"},
				{"tab"},
				{"shift+tab"},
			} {
				w.keys(keys...)
				w.whole(s[0], s[1])
			}
			w.sends([]inbox.Update{inbox.Connection{State: inbox.Offline, Cause: errors.New("no route")}})
			w.whole(s[0], s[1])
		}
	}
}

var hostile = []model.Untrusted{
	"\x1b]0;owned\x07\x1b[2J\x1b[31mred", "a\rFAKE", "a\nb\nc", "\u202eevil\u202c \u2066x\u2069", "z\u200b\ufeffw", "\x9b31m", "e" + model.Untrusted(strings.Repeat("\u0301", 500)),
	model.Untrusted(strings.Repeat("長い", 10000)), "👩\u200d👩\u200d👧\u200d👦❤\ufe0f1\ufe0f⃣🏳\ufe0f\u200d🌈👍🏽", "ภาษาไทย ทำงาน", "مرحبا", "\xff\xfe", "\t\t", "", "a\u0600b", "\x1b[" + model.Untrusted(strings.Repeat("1;", 400)) + "m",
}

// TestHostileTextStaysInItsPlace: whatever is said, by whatever name, every line of the
// screen keeps its width, and nothing of it reaches the terminal raw.
func TestHostileTextStaysInItsPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.SampledFrom(hostile)
		whatever := rapid.Custom(func(rt *rapid.T) model.Untrusted {
			if rapid.Bool().Draw(rt, "made up") {
				return model.Untrusted(rapid.StringN(0, 60, 200).Draw(rt, "text"))
			}
			return text.Draw(rt, "text") + text.Draw(rt, "more")
		})
		list := some(6)
		for i := range list {
			list[i].Customer.Name = whatever.Draw(rt, "name")
			list[i].LastMessage.Text = whatever.Draw(rt, "preview")
			list[i].Links = []model.Link{{Type: "deal", ID: "1", Title: whatever.Draw(rt, "title")}, {Type: "person", ID: "2", Title: whatever.Draw(rt, "person")}}
			list[i].Entry = &model.Entry{Source: model.SourceAds, Title: whatever.Draw(rt, "ad")}
		}
		w := newWorld(t, list)
		w.hostileCRM(func(name string) model.Untrusted { return whatever.Draw(rt, name) })
		ms := incoming(4)
		for i := range ms {
			ms[i].Text = whatever.Draw(rt, "said")
			ms[i].Author.Name = whatever.Draw(rt, "author")
			ms[i].Attachments = []model.Attachment{{ID: "1", Type: "file", Title: whatever.Draw(rt, "file"), URL: whatever.Draw(rt, "url")}}
		}
		w.hub.messages[ms[0].ConversationID] = ms
		if rapid.Bool().Draw(rt, "graphemes") {
			w.sends(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
		}
		width, height := rapid.IntRange(0, 200).Draw(rt, "w"), rapid.IntRange(0, 60).Draw(rt, "h")
		w.sends(tea.WindowSizeMsg{Width: width, Height: height})
		for range rapid.IntRange(0, 8).Draw(rt, "keys") {
			w.keys(rapid.SampledFrom([]string{"j", "k", "enter", "esc", "i", "r", "s", "?", "ctrl+k", "n", "d", "G", "g", "x", "c", "tab", "S", "U", "o", "L", "C", "down"}).Draw(rt, "key"))
			w.whole(width, height)
			w.ours(rt)
		}
		if strings.Contains(w.View().WindowTitle, "owned") {
			rt.Fatal("a customer's text in the title")
		}
	})
}

// ours expects no escape sequence on screen but colours.
func (w *world) ours(rt *rapid.T) {
	content := w.View().Content
	for rest := content; ; {
		i := strings.IndexByte(rest, 0x1b)
		if i < 0 {
			return
		}
		end := strings.IndexByte(rest[i:], 'm')
		if end < 0 || strings.Trim(rest[i+1:i+end], "[0123456789;:") != "" {
			rt.Fatalf("a sequence that is not ours: %q", rest[i:min(len(rest), i+40)])
		}
		rest = rest[i+end:]
	}
}

// TestNothingWakesAnIdleScreen: while nothing on it changes by time, no timer runs.
func TestNothingWakesAnIdleScreen(t *testing.T) {
	t.Parallel()
	list := []model.Conversation{talk(0, 60*24*20)}
	w := newWorld(t, list)
	woken := 0
	for range 10 {
		n := len(w.timers)
		if n > 0 {
			woken++
		}
		w.passes(time.Minute)
	}
	if len(w.timers) > 1 || woken > 10 {
		t.Errorf("%d timers", len(w.timers))
	}
	if at := w.timers[0].at.Sub(w.time); at < time.Hour {
		t.Errorf("it wakes in %s", at)
	}
}

func TestPalette(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.keys("ctrl+k")
	w.types("call")
	w.shows("Call", "Parley carries messages, not calls.")
	w.keys("enter")
	w.shows("Parley carries messages, not calls.", "Commands")
	w.keys("esc", "ctrl+k")
	w.types("snoo")
	w.keys("enter")
	w.shows("Snooze Customer 0")
	w.keys("4")
	w.types("yesterday")
	w.keys("enter")
	w.shows("That is not a time in the future.")
}

func TestHelpAnswersEveryQuestion(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		wd := i18n.New(lang)
		w := newWorld(t, some(1), func(o *Options) { o.Words = wd })
		w.sends(tea.WindowSizeMsg{Width: 120, Height: 200})
		w.keys("?")
		for _, q := range questions {
			w.shows(wd.Say(i18n.Question(q)))
			if !wd.Has(i18n.Answer(q)) {
				t.Errorf("%s: no answer to %s", lang, q)
			}
		}
	}
}

// TestEveryCommandHasItsWords: a title, a word for the footer where it stands there,
// and a reason where it can never be used.
func TestEveryCommandHasItsWords(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		wd := i18n.New(lang)
		w := newWorld(t, some(1), func(o *Options) { o.Words = wd })
		for _, c := range w.commands.All() {
			if !wd.Has(i18n.Command(c.ID)) {
				t.Errorf("%s: no words for %s", lang, c.ID)
			}
		}
	}
}

func TestKeysCanBeChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3), func(o *Options) { o.Keys = map[string][]string{"done": {"X"}} })
	w.shows("X done")
	w.keys("X")
	w.shows("Customer 0 is done.")
	for name, keys := range map[string]map[string][]string{
		"a conflict": {"done": {"s"}}, "no command": {"dance": {"X"}},
	} {
		o := Options{Hub: w.hub, Inbox: inbox.NewInbox(model.User{}), Words: i18n.New("en"), Zone: time.UTC, Now: time.Now, Keys: keys}
		if _, err := New(o); err == nil {
			t.Errorf("%s passed", name)
		}
	}
}

func TestTheme(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	for _, p := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor} {
		w.sends(tea.ColorProfileMsg{Profile: p})
		w.whole(120, 36)
		if coloured := strings.Contains(w.View().Content, "\x1b[3"); coloured != (p > colorprofile.ASCII) {
			t.Errorf("%v has colours: %v", p, coloured)
		}
	}
}
