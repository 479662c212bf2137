package app_test

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
	"parley/ui/app"
	"parley/ui/uitest"
)

// TestEverySizeInEveryPlace: each place of the screen, at each size, in both languages.
func TestEverySizeInEveryPlace(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, s := range uitest.Sizes {
			w := uitest.NewWorld(t, uitest.Some(50), func(o *app.Options) { o.Words = i18n.New(lang) })
			ms := uitest.Incoming(5)
			w.Hub.Threads[ms[0].ConversationID] = ms
			w.Sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
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
				w.Keys(keys...)
				w.Whole(s[0], s[1])
			}
			w.Sends([]inbox.Update{inbox.Connection{State: inbox.Offline, Cause: errors.New("no route")}})
			w.Whole(s[0], s[1])
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
		list := uitest.Some(6)
		for i := range list {
			list[i].Customer.Name = whatever.Draw(rt, "name")
			list[i].LastMessage.Text = whatever.Draw(rt, "preview")
			list[i].Links = []model.Link{{Type: "deal", ID: "1", Title: whatever.Draw(rt, "title")}, {Type: "person", ID: "2", Title: whatever.Draw(rt, "person")}}
			list[i].Entry = &model.Entry{Source: model.SourceAds, Title: whatever.Draw(rt, "ad")}
		}
		w := uitest.NewWorld(t, list)
		hostileCRM(w, func(name string) model.Untrusted { return whatever.Draw(rt, name) })
		ms := uitest.Incoming(4)
		for i := range ms {
			ms[i].Text = whatever.Draw(rt, "said")
			ms[i].Author.Name = whatever.Draw(rt, "author")
			ms[i].Attachments = []model.Attachment{{ID: "1", Type: "file", Title: whatever.Draw(rt, "file"), URL: whatever.Draw(rt, "url")}}
		}
		w.Hub.Threads[ms[0].ConversationID] = ms
		if rapid.Bool().Draw(rt, "graphemes") {
			w.Sends(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
		}
		width, height := rapid.IntRange(0, 200).Draw(rt, "w"), rapid.IntRange(0, 60).Draw(rt, "h")
		w.Sends(tea.WindowSizeMsg{Width: width, Height: height})
		for range rapid.IntRange(0, 8).Draw(rt, "keys") {
			w.Keys(rapid.SampledFrom([]string{"j", "k", "enter", "esc", "i", "r", "s", "?", "ctrl+k", "n", "d", "G", "g", "x", "c", "tab", "S", "U", "o", "L", "C", "down"}).Draw(rt, "key"))
			w.Whole(width, height)
			ours(w, rt)
		}
		if strings.Contains(w.View().WindowTitle, "owned") {
			rt.Fatal("a customer's text in the title")
		}
	})
}

// hostileCRM has a CRM whose every text is what it is told.
func hostileCRM(w *uitest.World, text func(name string) model.Untrusted) {
	record := func(t model.RecordType, id string) model.Record {
		return model.Record{
			RecordRef: model.RecordRef{Type: t, ID: id}, Title: text("record"), Organization: text("organization"), Owner: text("owner"),
			Emails: []model.Untrusted{text("email")}, Phones: []model.Untrusted{text("phone")}, PersonName: text("with"), URL: string(text("address")),
			Value: &model.Money{Amount: 1e20, Currency: string(text("currency"))}, Stage: &model.Stage{ID: 1, Name: text("stage"), Pipeline: text("pipeline")},
			Status: model.DealStatus("open"), ExpectedClose: string(text("day")),
		}
	}
	deal, person := record(model.Deal, "1"), record(model.Person, "2")
	person.Open = []model.Record{record(model.Lead, "3"), deal}
	w.Hub.CRM.Put(deal)
	w.Hub.CRM.Put(person)
	w.Hub.CRM.Stages = []model.Stage{{ID: 1, Name: text("stage")}, {ID: 2, Name: text("stage"), Pipeline: text("pipeline")}}
	w.Hub.CRM.Suggested = []model.Candidate{{Record: person, Match: model.MatchPhone, Found: text("found")}, {Record: deal, Match: model.MatchNearName, Found: text("found")}}
}

// ours expects no escape sequence on screen but colours.
func ours(w *uitest.World, rt *rapid.T) {
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
	list := []model.Conversation{uitest.Talk(0, 60*24*20)}
	w := uitest.NewWorld(t, list)
	w.Keys("5")
	woken := 0
	for range 10 {
		n := len(w.Timers)
		if n > 0 {
			woken++
		}
		w.Passes(time.Minute)
	}
	if len(w.Timers) > 1 || woken > 10 {
		t.Errorf("%d timers", len(w.Timers))
	}
	if at := w.Timers[0].At.Sub(w.Time); at < time.Hour {
		t.Errorf("it wakes in %s", at)
	}
}

func TestPalette(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("ctrl+k")
	w.Types("call")
	w.Shows("Call", "Parley carries messages, not calls.")
	w.Keys("enter")
	w.Shows("Parley carries messages, not calls.", "Commands")
	w.Keys("esc", "ctrl+k")
	w.Types("snoo")
	w.Keys("enter")
	w.Shows("Snooze Customer 0")
	w.Keys("4")
	w.Types("yesterday")
	w.Keys("enter")
	w.Shows("That is not a time in the future.")
}

// TestEveryCommandHasItsWords: a title, a word for the footer where it stands there,
// and a reason where it can never be used.
func TestEveryCommandHasItsWords(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		wd := i18n.New(lang)
		w := uitest.NewWorld(t, uitest.Some(1), func(o *app.Options) { o.Words = wd })
		for _, c := range w.Table() {
			if !wd.Has(i18n.Command(c.ID)) {
				t.Errorf("%s: no words for %s", lang, c.ID)
			}
		}
	}
}

func TestKeysCanBeChanged(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Keys = map[string][]string{"done": {"B"}} })
	w.Shows("B done")
	w.Keys("B")
	w.Shows("Customer 0 is done.")
	w = uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Keys = map[string][]string{"done": {"x"}} })
	w.Shows("Your own keys come first. Without a key now: Select to act on several, or not (x).")
	w.Keys("x")
	w.Shows("Customer 0 is done.")
	for name, keys := range map[string]map[string][]string{
		"a conflict": {"done": {"B"}, "pin": {"B"}}, "no command": {"dance": {"B"}},
	} {
		o := app.Options{Hub: w.Hub, Inbox: inbox.NewInbox(model.User{}), Words: i18n.New("en"), Zone: time.UTC, Now: time.Now, Keys: keys}
		if _, err := app.New(o); err == nil {
			t.Errorf("%s passed", name)
		}
	}
}

func TestTheme(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	for _, p := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor} {
		w.Sends(tea.ColorProfileMsg{Profile: p})
		w.Whole(120, 36)
		if coloured := strings.Contains(w.View().Content, "\x1b[3"); coloured != (p > colorprofile.ASCII) {
			t.Errorf("%v has colours: %v", p, coloured)
		}
	}
}
