package crm_test

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
	"parley/ui/app"
	"parley/ui/uitest"
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
func viewWorld(t testing.TB, pages map[string]model.RecordView, change ...func(*app.Options)) *uitest.World {
	t.Helper()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toHanako)), uitest.Talk(1, 2), uitest.Talk(2, 3, linkedTo(toHanako, toChairs))}, change...)
	w.Hub.CRM.Transcripts = pages
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
	w.Keys("enter", "tab", "v")
	w.Shows("山田 花子: transcripts", "Whoever may see this record in Pipedrive can read this, too.",
		"Yesterday", "山田 花子 · Aoyama Tea · Asia/Tokyo", "09:00", "見積もりをお願い", "Aiko", "09:01", "▌ はい", "(edited)",
		"of 16 Nov 09:02", "[image]", "[plan.pdf]", "This message was taken back.", "esc close")
	w.Keys("x", "r", "e", "z", "esc")
	w.Hides("Aoyama Tea")
	w.Shows("Contact")
	w.Keys("esc", "esc", "j", "j", "enter", "tab", "v") // of several, it asks which
	w.Shows("Read the transcripts on", "Office chairs")
	w.Keys("2")
	w.Shows("Office chairs: transcripts")
	if asks(w, "transcripts deal:42") != 1 {
		t.Errorf("asked %v", w.Hub.Asked)
	}
}

// TestRecordViewStates: being read, nothing there, refused and read anew differ.
func TestRecordViewStates(t *testing.T) {
	t.Parallel()
	w := viewWorld(t, map[string]model.RecordView{})
	w.Keys("enter", "tab")
	msgs := collect(w.Updates(uitest.Press("v")))
	w.Shows("Reading from Pipedrive")
	w.Hides("No conversation stands")
	for _, m := range msgs {
		w.Sends(m)
	}
	w.Shows("No conversation stands on this record yet.", "once it is synced")
	w.Hides("Reading from Pipedrive")
	w.Keys("esc")
	w.Hub.CRM.Err = errors.New("no such record")
	w.Keys("v")
	w.Shows("It failed: no such record")
	w.Hides("No conversation stands")
	w.Hub.CRM.Err = nil
	w.Hub.CRM.Transcripts[""] = model.RecordView{Transcripts: []model.Transcript{transcript("2026-11-17", said("a first word"))}}
	w.Keys("esc", "v")
	w.Shows("a first word")
	w.Sends([]inbox.Update{inbox.Connection{State: inbox.Offline}})
	w.Hub.CRM.Err = errors.New("no such record")
	w.Sends([]inbox.Update{inbox.Connection{State: inbox.Live}})
	w.Shows("It failed: no such record") // it may no longer be theirs to see
	w.Hides("a first word")
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
	w.Keys("enter", "tab", "v")
	w.Shows("page 1 line 0")
	if n := asks(w, "transcripts"); n != 1 {
		t.Errorf("%d pages are read before it was scrolled", n)
	}
	w.Keys("G")
	w.Shows("page 1 line 99")
	w.Keys("G")
	w.Shows("page 2 line 99")
	w.Keys("g")
	w.Shows("page 1 line 0")
	w.Hub.CRM.FailOn = map[string]error{"c": errors.New("no such record")}
	w.Keys("esc", "v", "G", "G", "G", "G")
	w.Shows("It failed: no such record")
	w.Hides("page 1", "page 2")
}

// TestRecordViewFromThePicker, of a record that nothing is linked to; esc goes back there.
func TestRecordViewFromThePicker(t *testing.T) {
	t.Parallel()
	w := viewWorld(t, map[string]model.RecordView{"": {Transcripts: []model.Transcript{transcript("2026-11-17", said("a first word"))}}})
	suggests(w, byPhone(person("13", "山田 太郎")))
	w.Keys("j", "enter", "c", "tab")
	w.Shows("山田 太郎: transcripts", "a first word")
	w.Keys("esc")
	w.Shows("Link Customer 1 to Pipedrive", "山田 太郎")
	w.Hides("a first word")
	w.Keys("down", "down", "down", "tab") // to make one is no record
	w.Shows("Link Customer 1 to Pipedrive")
	if got := linksOf(w, 1); got != "" {
		t.Errorf("linked to %s", got)
	}
}

// TestNothingOfAViewLingers after its conversation is hidden, deleted or linked otherwise,
// whatever answer comes then.
func TestNothingOfAViewLingers(t *testing.T) {
	t.Parallel()
	for name, goes := range map[string]func(*uitest.World){
		"hidden":   func(w *uitest.World) { w.Hidden() },
		"deleted":  func(w *uitest.World) { w.Removes(string(uitest.Talk(0, 0).ID)) },
		"unlinked": func(w *uitest.World) { w.Arrives(uitest.Talk(0, 1, func(c *model.Conversation) { c.Seq = 500 })) },
		"closed":   func(w *uitest.World) { w.Keys("esc") },
	} {
		w := viewWorld(t, map[string]model.RecordView{"": {Transcripts: []model.Transcript{transcript("2026-11-17", said("a first word"))}}})
		w.PageNow(2, func(p *model.Page) { p.Visibility, p.Installer = model.Shared, uitest.Ken })
		w.Keys("enter", "tab", "v")
		w.Shows("a first word")
		w.Keys("i")
		late := collect(w.Updates(uitest.Press("i")))
		goes(w)
		w.Hides("a first word", ": transcripts")
		for _, m := range late {
			w.Sends(m)
		}
		w.Hides("a first word")
		if w.Holds("crm", "view") > 0 {
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
		for _, s := range append(uitest.Sizes, [2]int{20, 5}, [2]int{200, 60}) {
			day := transcript("2026-11-17", said(model.Untrusted(long)), said(hostile), model.TranscriptLine{Author: hostile, Text: hostile, Direction: model.Out, Attachments: []model.Untrusted{hostile}, Day: string(hostile)})
			day.Customer, day.Page, day.Day, day.Zone = hostile, hostile, string(hostile), string(hostile)
			pages := map[string]model.RecordView{"": {Transcripts: []model.Transcript{transcript("2026-11-18", said("hello"), said(model.Untrusted(long))), day}}}
			w := viewWorld(t, pages, func(o *app.Options) { o.Words = i18n.New(lang) })
			w.Sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
			w.Keys("enter", ":")
			w.Types("record")
			w.Keys("enter")
			if w.Holds("crm", "view") == 0 {
				t.Fatalf("%v: the view is not open", s)
			}
			for _, k := range []string{"j", "G", "k", "g", "ctrl+d", "ctrl+u", "pgdown", "G"} {
				w.Keys(k)
				w.Whole(s[0], s[1])
			}
		}
	}
}
