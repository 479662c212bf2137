package app

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
)

// transcript is a day of a conversation as the CRM has it, written in Tokyo.
func transcript(day string, lines ...model.TranscriptLine) model.Transcript {
	at, _ := time.Parse(time.DateOnly, day)
	for i := range lines {
		if lines[i].At.IsZero() {
			lines[i].At = at.Add(time.Duration(i) * time.Minute)
		}
		if lines[i].Author == "" {
			lines[i].Author = "山田 花子"
		}
		if lines[i].Direction == "" {
			lines[i].Direction = model.In
		}
	}
	return model.Transcript{Page: "Aoyama Tea", Customer: "山田 花子", Day: day, Zone: "Asia/Tokyo", WrittenAt: at, Lines: lines}
}

func said(text model.Untrusted) model.TranscriptLine { return model.TranscriptLine{Text: text} }

// viewWorld is a screen whose first conversation is linked, with transcripts on the records.
func viewWorld(t testing.TB, pages map[string]model.RecordView, change ...func(*Options)) *world {
	t.Helper()
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toHanako)), talk(1, 2), talk(2, 3, linkedTo(toHanako, toChairs))}, change...)
	w.hub.crm.transcripts = pages
	return w
}

// TestRecordView shows days, authors and texts as they stand in the CRM, in its zone, and
// that all who see the record there can read them.
func TestRecordView(t *testing.T) {
	t.Parallel()
	day := transcript("2026-11-17", said("見積もりをお願い"), model.TranscriptLine{Author: "Aiko", Direction: model.Out, Text: "はい", Edited: true},
		model.TranscriptLine{Author: "Aiko", Direction: model.Out, Attachments: []model.Untrusted{"image", "plan.pdf"}, Day: "2026-11-16"},
		model.TranscriptLine{Unsent: true})
	w := viewWorld(t, map[string]model.RecordView{"": {Transcripts: []model.Transcript{day}}})
	w.keys("enter", "tab", "v")
	w.shows("山田 花子: transcripts", "Whoever may see this record in Pipedrive can read this, too.",
		"Yesterday", "山田 花子 · Aoyama Tea · Asia/Tokyo", "09:00", "見積もりをお願い", "Aiko", "09:01", "▌ はい", "(edited)",
		"of 16 Nov 09:02", "[image]", "[plan.pdf]", "This message was taken back.", "esc close")
	w.keys("x", "r", "e", "z", "esc")
	w.hides("Aoyama Tea")
	w.shows("Contact")
	w.keys("esc", "esc", "j", "j", "enter", "tab", "v") // of several, it asks which
	w.shows("Read the transcripts on", "Office chairs")
	w.keys("2")
	w.shows("Office chairs: transcripts")
	if w.asks("transcripts deal:42") != 1 {
		t.Errorf("asked %v", w.hub.asked)
	}
}

// TestRecordViewStates: being read, nothing there, refused and read anew differ.
func TestRecordViewStates(t *testing.T) {
	t.Parallel()
	w := viewWorld(t, map[string]model.RecordView{})
	w.keys("enter", "tab")
	msgs := collect(w.updates(press("v")))
	w.shows("Reading from Pipedrive")
	w.hides("No conversation stands")
	for _, m := range msgs {
		w.sends(m)
	}
	w.shows("No conversation stands on this record yet.", "once it is synced")
	w.hides("Reading from Pipedrive")
	w.keys("esc")
	w.hub.crm.err = errors.New("no such record")
	w.keys("v")
	w.shows("It failed: no such record")
	w.hides("No conversation stands")
	w.hub.crm.err = nil
	w.hub.crm.transcripts[""] = model.RecordView{Transcripts: []model.Transcript{transcript("2026-11-17", said("a first word"))}}
	w.keys("esc", "v")
	w.shows("a first word")
	w.sends([]inbox.Update{inbox.Connection{State: inbox.Offline}})
	w.hub.crm.err = errors.New("no such record")
	w.sends([]inbox.Update{inbox.Connection{State: inbox.Live}})
	w.shows("It failed: no such record") // it may no longer be theirs to see
	w.hides("a first word")
}

// TestRecordViewReadsOn as far as it was scrolled, and shows nothing once it is refused.
func TestRecordViewReadsOn(t *testing.T) {
	t.Parallel()
	page := func(n int, cursor string) model.RecordView {
		var lines []model.TranscriptLine
		for i := range 100 {
			lines = append(lines, said(model.Untrusted(fmt.Sprintf("page %d line %d", n, i))))
		}
		return model.RecordView{Transcripts: []model.Transcript{transcript(fmt.Sprintf("2026-11-%d", 20-n), lines...)}, Cursor: cursor}
	}
	w := viewWorld(t, map[string]model.RecordView{"": page(1, "b"), "b": page(2, "c"), "c": page(3, "")})
	w.keys("enter", "tab", "v")
	w.shows("page 1 line 0")
	if n := w.asks("transcripts"); n != 1 {
		t.Errorf("%d pages are read before it was scrolled", n)
	}
	w.keys("G")
	w.shows("page 1 line 99")
	w.keys("G")
	w.shows("page 2 line 99")
	w.keys("g")
	w.shows("page 1 line 0")
	w.hub.crm.failOn = map[string]error{"c": errors.New("no such record")}
	w.keys("esc", "v", "G", "G", "G", "G")
	w.shows("It failed: no such record")
	w.hides("page 1", "page 2")
}

// TestRecordViewFromThePicker, of a record that nothing is linked to; esc goes back there.
func TestRecordViewFromThePicker(t *testing.T) {
	t.Parallel()
	w := viewWorld(t, map[string]model.RecordView{"": {Transcripts: []model.Transcript{transcript("2026-11-17", said("a first word"))}}})
	w.suggests(byPhone(person("13", "山田 太郎")))
	w.keys("j", "enter", "c", "tab")
	w.shows("山田 太郎: transcripts", "a first word")
	w.keys("esc")
	w.shows("Link Customer 1 to Pipedrive", "山田 太郎")
	w.hides("a first word")
	w.keys("down", "down", "down", "tab") // to make one is no record
	w.shows("Link Customer 1 to Pipedrive")
	if got := w.linksOf(1); got != "" {
		t.Errorf("linked to %s", got)
	}
}

// TestNothingOfAViewLingers after its conversation is hidden, deleted or linked otherwise,
// whatever answer comes then.
func TestNothingOfAViewLingers(t *testing.T) {
	t.Parallel()
	for name, goes := range map[string]func(*world){
		"hidden":   func(w *world) { w.hidden() },
		"deleted":  func(w *world) { w.removes(string(talk(0, 0).ID)) },
		"unlinked": func(w *world) { w.arrives(talk(0, 1, func(c *model.Conversation) { c.Seq = 500 })) },
		"closed":   func(w *world) { w.keys("esc") },
	} {
		w := viewWorld(t, map[string]model.RecordView{"": {Transcripts: []model.Transcript{transcript("2026-11-17", said("a first word"))}}})
		w.pageNow(2, func(p *model.Page) { p.Visibility, p.Installer = model.Shared, ken })
		w.keys("enter", "tab", "v")
		w.shows("a first word")
		w.keys("i")
		late := collect(w.updates(press("i")))
		goes(w)
		w.hides("a first word", ": transcripts")
		for _, m := range late {
			w.sends(m)
		}
		w.hides("a first word")
		if w.holds("crm", "view") > 0 {
			t.Errorf("%s: the view is still held", name)
		}
	}
}

// TestRecordViewFits at each size, in both languages, whatever stands there.
func TestRecordViewFits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("見積もりをお願いします。 ", 40)
	hostile := model.Untrusted("\x1b]0;x\a\x1b[2J\u202e\u0300́ﾞ abc")
	for _, lang := range []string{"en", "ja"} {
		for _, s := range append(sizes, [2]int{20, 5}, [2]int{200, 60}) {
			day := transcript("2026-11-17", said(model.Untrusted(long)), said(hostile), model.TranscriptLine{Author: hostile, Text: hostile, Direction: model.Out, Attachments: []model.Untrusted{hostile}, Day: string(hostile)})
			day.Customer, day.Page, day.Day, day.Zone = hostile, hostile, string(hostile), string(hostile)
			pages := map[string]model.RecordView{"": {Transcripts: []model.Transcript{transcript("2026-11-18", said("hello"), said(model.Untrusted(long))), day}}}
			w := viewWorld(t, pages, func(o *Options) { o.Words = i18n.New(lang) })
			w.sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
			w.keys("enter", ":")
			w.types("record")
			w.keys("enter")
			if w.holds("crm", "view") == 0 {
				t.Fatalf("%v: the view is not open", s)
			}
			for _, k := range []string{"j", "G", "k", "g", "ctrl+d", "ctrl+u", "pgdown", "G"} {
				w.keys(k)
				w.whole(s[0], s[1])
			}
		}
	}
}
