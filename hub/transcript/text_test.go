package transcript_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/hub/transcript"
	"parley/model"
)

// written is the text of the notes that hold one message.
func written(change func(*transcript.Message)) string {
	w := newWorld()
	m := w.say("text")
	change(&m)
	w.c.Messages[0] = m
	w.run(always)
	return strings.Join(w.on(deal42), "\n")
}

// What a message without a text is: its attachments by their names or kinds, a sticker, a
// postback by its title, else what happened in Meta's word.
func TestWhatStandsForAMessage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*transcript.Message)
		want   string
	}{
		"an attachment with a name": {func(m *transcript.Message) {
			m.Text, m.Attachments = "", []model.Attachment{{Type: "image", Title: "desk.jpg"}}
		}, "</b>: [desk.jpg]</p>"},
		"one without":    {func(m *transcript.Message) { m.Text, m.Attachments = "", []model.Attachment{{Type: "audio"}} }, "</b>: [audio]</p>"},
		"one of no kind": {func(m *transcript.Message) { m.Text, m.Attachments = "", []model.Attachment{{}} }, "</b>: [file]</p>"},
		"a like": {func(m *transcript.Message) {
			m.Text, m.Attachments = "", []model.Attachment{{Type: "sticker", ID: model.LikeSticker}}
		}, "</b>: [👍]</p>"},
		"text and two files": {func(m *transcript.Message) {
			m.Attachments = []model.Attachment{{Type: "file", Title: "a.pdf"}, {Type: "video"}}
		}, "</b>: text [a.pdf] [video]</p>"},
		"an event":            {func(m *transcript.Message) { m.Text, m.Event = "", &model.Notable{Kind: "referral"} }, "</b>: [referral]</p>"},
		"nothing":             {func(m *transcript.Message) { m.Text = "" }, "</b>: [message]</p>"},
		"unsent":              {func(m *transcript.Message) { m.Deleted, m.Edited = true, true }, "</b>: <i>(unsent)</i></p>"},
		"edited":              {func(m *transcript.Message) { m.Edited = true }, "</b>: text <i>(edited)</i></p>"},
		"without Meta's time": {func(m *transcript.Message) { m.SentAt = time.Time{} }, "<p>12:00 <b>"},
		"a reply by a colleague": {func(m *transcript.Message) {
			m.Direction, m.State, m.Author = model.Out, model.Sent, model.Author{Kind: model.ByUser, Name: "Ken"}
		}, "<b>Ken</b>: text</p>"},
		"a reply by the Page": {func(m *transcript.Message) {
			m.Direction, m.State, m.Author = model.Out, model.Sent, model.Author{Kind: model.ByPage, Name: "x"}
		}, "<b>Aoyama Coffee</b>: text</p>"},
		"a reply by another app": {func(m *transcript.Message) {
			m.Direction, m.State, m.Author = model.Out, model.Sent, model.Author{Kind: model.ByApp}
		}, "<b>Aoyama Coffee</b>: text</p>"},
	} {
		if got := written(c.change); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q does not hold %q", name, got, c.want)
		}
	}
}

// A zone that this machine does not know is UTC, and no zone too.
func TestUnknownZone(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"", "Mars/Olympus", "JST", "../etc/passwd"} {
		if got := transcript.ZoneOf(zone); got != time.UTC {
			t.Errorf("%q is %v", zone, got)
		}
		w := newWorld()
		w.c.Zone = zone
		w.say("text")
		w.run(always)
		if notes := w.on(deal42); len(notes) != 1 || !strings.Contains(notes[0], "<p>03:00 <b>") {
			t.Errorf("in %q: %q", zone, notes)
		}
	}
	for _, zone := range []string{"Asia/Tokyo", "JST-9", "<+09>-9"} {
		if transcript.ZoneOf(zone).String() != zone {
			t.Errorf("%s is known and not found", zone)
		}
		w := newWorld()
		w.c.Zone = zone
		w.say("text")
		w.run(always)
		if notes := w.on(deal42); len(notes) != 1 || !strings.Contains(notes[0], "<p>12:00 <b>") || strings.Contains(notes[0], "<+") {
			t.Errorf("in %q: %q", zone, notes)
		}
	}
}

// A human takes a note, then the conversation is linked to another record: there it is as
// if nothing had been written; linked back, nothing is written anew.
func TestRelinkedAfterAHumanTookTheNote(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.say("one")
	w.run(always)
	for _, n := range w.notes {
		n.content += "<p>VIP!</p>"
	}
	w.say("two")
	w.run(always)
	w.c.Links = []model.RecordRef{deal43}
	w.say("three")
	w.run(always)
	on43 := strings.Join(w.on(deal43), "")
	for _, text := range []string{"one", "two", "three"} {
		if n := strings.Count(on43, ": "+text+"<"); n != 1 {
			t.Errorf("%q stands %d times on the new record: %q", text, n, on43)
		}
	}
	if on42 := strings.Join(w.on(deal42), ""); strings.Count(on42, "VIP!") != 1 || strings.Contains(on42, "three") {
		t.Errorf("on the old one: %q", on42)
	}
	w.c.Links = []model.RecordRef{deal42}
	w.run(always)
	// The note that no human changed comes back with all that it holds.
	if on42 := strings.Join(w.on(deal42), ""); strings.Count(on42, ": one<") != 2 || strings.Count(on42, ": two<") != 1 || strings.Count(on42, ": three<") != 1 {
		t.Errorf("linked back: %q", on42)
	}
}

// authorLine is a line of a note that says who wrote when.
var authorLine = regexp.MustCompile(`^(\d{4}-\d\d-\d\d )?\d\d:\d\d `)

// lines are the lines that a browser shows of a note.
func lines(note string) []string {
	note = regexp.MustCompile(`<br>|</p>|[\n\v\f\r\x{85}\x{2028}\x{2029}]`).ReplaceAllString(note, "\n")
	note = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(note, "")
	return strings.Split(note, "\n")
}

// However a customer writes, is called or calls a file: in the note no line of theirs looks
// like one of another author, and the note has no more such lines than messages.
func TestNoLineLooksLikeOurs(t *testing.T) {
	t.Parallel()
	forged := func(glue string) string { return "hi" + glue + "10:03 Ken: We give you 50 % off" }
	glues := []string{"\n", "\r\n", "\r", "\u2028", "\u2029", "\u0085", "\v", "\f", "\n\n", "<br>", "</p><p>", "\u202e\n", "&#10;"}
	for _, glue := range glues {
		one := forged(glue)
		for name, change := range map[string]func(*transcript.Message){
			"text": func(m *transcript.Message) { m.Text = model.Untrusted(one) },
			"file": func(m *transcript.Message) { m.Attachments = []model.Attachment{{Title: model.Untrusted(one)}} },
			"reply": func(m *transcript.Message) {
				m.Direction, m.State, m.Author.Name = model.Out, model.Sent, model.Untrusted(one)
			},
		} {
			note, n := written(change), 0
			for _, line := range lines(note) {
				if authorLine.MatchString(line) {
					n++
				}
			}
			if n != 1 || strings.ContainsAny(note, "\u202e") {
				t.Errorf("%s by %q: %d authors in %q", name, glue, n, note)
			}
		}
		w := newWorld()
		w.c.Customer, w.c.Page = model.Untrusted(one), model.Untrusted(one)
		w.say("text")
		w.run(always)
		n := 0
		for _, line := range lines(w.on(deal42)[0]) {
			if authorLine.MatchString(line) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("names by %q: %d authors in %q", glue, n, w.on(deal42))
		}
	}
}

// Whatever is written, in whatever letters, no note has 95,000 bytes.
func TestNotesAreShortInBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		w.c.Customer = model.Untrusted(strings.Repeat("名", rapid.IntRange(0, 400).Draw(t, "name")))
		for range rapid.IntRange(1, 12).Draw(t, "messages") {
			one := rapid.SampledFrom([]string{"a", "あ", "&", "😀", "\n", "'"}).Draw(t, "letter")
			m := w.say(strings.Repeat(one, rapid.SampledFrom([]int{0, 10, 2_000, 20_000}).Draw(t, "length")))
			for i := range rapid.SampledFrom([]int{0, 0, 0, 1, 40}).Draw(t, "files") {
				m.Attachments = append(m.Attachments, model.Attachment{Title: model.Untrusted(fmt.Sprint(i, strings.Repeat(one, 500)))})
			}
			w.c.Messages[len(w.c.Messages)-1] = m
		}
		w.run(always)
		for _, n := range w.on(deal42) {
			if len(n) >= 95_000 {
				t.Fatalf("a note of %d bytes", len(n))
			}
		}
	})
}
