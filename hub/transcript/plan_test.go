package transcript_test

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"parley/hub/transcript"
	"parley/model"
)

var (
	deal42  = model.RecordRef{Type: model.Deal, ID: "42"}
	deal43  = model.RecordRef{Type: model.Deal, ID: "43"}
	person7 = model.RecordRef{Type: model.Person, ID: "7"}
	noon    = time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC) // in Tokyo
)

// note is a note of the CRM in the tests.
type note struct {
	content string
	records []model.RecordRef
	gone    bool
}

// world is a conversation, its parts, and the notes.
type world struct {
	c     transcript.Conversation
	notes map[int64]*note
	now   time.Time
	mark  int
}

func newWorld() *world {
	return &world{
		c:     transcript.Conversation{Page: "Aoyama Coffee", Customer: "山田 花子", Zone: "Asia/Tokyo", Links: []model.RecordRef{deal42}},
		notes: map[int64]*note{}, now: noon,
	}
}

func (w *world) say(text string) transcript.Message {
	w.mark++
	m := transcript.Message{Message: model.Message{
		ID: model.MessageID(fmt.Sprintf("1_%04d", w.mark)), Direction: model.In, Text: model.Untrusted(text), SentAt: w.now,
	}, Order: w.now, FirstSeq: int64(w.mark)}
	w.add(m)
	return m
}

func (w *world) add(m transcript.Message) {
	w.c.Messages = append(w.c.Messages, m)
	slices.SortStableFunc(w.c.Messages, func(a, b transcript.Message) int { return a.Order.Compare(b.Order) })
}

// outcome is what becomes of a write: it is answered, it is not done, or its answer is lost.
type outcome int

const (
	answered outcome = iota
	undone
	lost
)

func (w *world) put(p transcript.Part) {
	if i := slices.IndexFunc(w.c.Parts, p.Same); i >= 0 {
		w.c.Parts[i] = p
	} else {
		w.c.Parts = append(w.c.Parts, p)
	}
}

// settle finds out about attempts, as the hub does.
func (w *world) settle() {
	for _, p := range slices.Clone(w.c.Parts) {
		if p.Attempt == nil {
			continue
		}
		if p.Note == 0 {
			for id, n := range w.notes {
				if strings.Contains(n.content, p.Marker) && !n.gone {
					p.Note = id
				}
			}
			if p.Note == 0 {
				p.Attempt = nil
				w.put(p)
				continue
			}
		}
		w.read(&p)
		w.put(p)
	}
}

func (w *world) read(p *transcript.Part) {
	if n := w.notes[p.Note]; n.gone {
		p.Lost()
	} else {
		p.Judge(n.content, w.now)
		p.Records = n.records
	}
}

// run writes until all is written, or a write fails; it returns how many there were.
func (w *world) run(end func() outcome) (writes int) {
	w.c.Today = w.now.In(transcript.ZoneOf(w.c.Zone)).Format(time.DateOnly)
	w.settle()
	for {
		plan := w.c.Plan()
		if len(plan) == 0 {
			return writes
		}
		p := plan[0].Part
		if p.Note != 0 {
			if w.read(&p); p.Taken {
				w.put(p)
				continue
			}
		}
		if writes++; writes > 1000 {
			panic("no end of writing")
		}
		if p.Marker == "" {
			w.mark++
			p.Marker = fmt.Sprintf("marker%d", w.mark)
		}
		content := transcript.Content(p, plan[0].Entries)
		p.Attempt = &transcript.Attempt{Hash: transcript.Hash(content), Entries: plan[0].Entries, Records: plan[0].Records, At: w.now}
		w.put(p)
		how := end()
		if how == undone {
			return writes
		}
		id := p.Note
		if id == 0 {
			w.mark++
			id = int64(w.mark)
		}
		w.notes[id] = &note{content: content, records: plan[0].Records}
		if how == lost {
			return writes
		}
		p.Note = id
		p.Finish(w.now)
		w.put(p)
	}
}

func always() outcome { return answered }

// on is the text of all notes on a record, the oldest first.
func (w *world) on(r model.RecordRef) (all []string) {
	ids := make([]int64, 0, len(w.notes))
	for id, n := range w.notes {
		if slices.Contains(n.records, r) && !n.gone {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		all = append(all, w.notes[id].content)
	}
	return all
}

func TestOneNoteADay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.say("いくらですか？")
	w.now = w.now.Add(24 * time.Hour)
	w.say("もしもし")
	if n := w.run(always); n != 2 {
		t.Fatalf("%d writes", n)
	}
	notes := w.on(deal42)
	if len(notes) != 2 || !strings.Contains(notes[0], "2026-11-20") || !strings.Contains(notes[0], "12:00 <b>山田 花子</b>: いくらですか？") ||
		!strings.Contains(notes[1], "2026-11-21") {
		t.Errorf("notes: %q", notes)
	}
	if w.run(always) != 0 {
		t.Error("what stands there was written again")
	}
}

// TestWhatIsTold: neither colleagues' notes nor system lines, nor a reply of which nobody
// knows that it was sent.
func TestWhatIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		direction model.Direction
		state     model.State
		told      bool
	}{
		{model.In, "", true},
		{model.Out, model.Sent, true},
		{model.Out, model.Delivered, true},
		{model.Out, model.Read, true},
		{model.Out, model.Queued, false},
		{model.Out, model.Posting, false},
		{model.Out, model.Unknown, false},
		{model.Out, model.Ask, false},
		{model.Out, model.Failed, false},
		{model.Out, model.Dropped, false},
		{model.Note, "", false},
		{model.Note, model.Sent, false},
		{model.System, "", false},
	} {
		w := newWorld()
		m := w.say("secret")
		m.Direction, m.State = c.direction, c.state
		w.c.Messages[0] = m
		w.run(always)
		if told := len(w.notes) > 0; told != c.told {
			t.Errorf("%s %s: told %t", c.direction, c.state, told)
		}
	}
}

// TestHumansNoteIsLeft: what a human changed is never written again; what is new begins
// another note, what is late or was changed goes to today's with its day.
func TestHumansNoteIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.say("one")
	w.run(always)
	first := w.notes[2+1]
	if first == nil {
		for _, n := range w.notes {
			first = n
		}
	}
	first.content += "<p>VIP!</p>"
	edited := first.content
	w.say("two")
	w.run(always)
	notes := w.on(deal42)
	if len(notes) != 2 || notes[0] != edited || !strings.Contains(notes[1], "two") || strings.Contains(notes[1], "one") || !strings.Contains(notes[1], "part 2") {
		t.Fatalf("the same day: %q", notes)
	}
	late := w.now.Add(time.Minute)
	w.now = w.now.Add(48 * time.Hour)
	m := w.say("late")
	w.c.Messages[len(w.c.Messages)-1].SentAt, w.c.Messages[len(w.c.Messages)-1].Order = late, late
	w.c.Messages[0].Text, w.c.Messages[0].Edited = "ONE", true
	w.run(always)
	notes = w.on(deal42)
	if len(notes) != 3 || notes[0] != edited || !strings.Contains(notes[2], "2026-11-20 12:01 <b>山田 花子</b>: late") ||
		!strings.Contains(notes[2], "ONE <i>(edited)</i>") {
		t.Errorf("%s, two days later: %q", m.ID, notes)
	}
}

// TestDeletedNote: what a human took away is not written again.
func TestDeletedNote(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.say("one")
	w.run(always)
	for _, n := range w.notes {
		n.gone = true
	}
	w.say("two")
	w.run(always)
	if notes := w.on(deal42); len(notes) != 1 || strings.Contains(notes[0], "one") || !strings.Contains(notes[0], "two") {
		t.Errorf("notes: %q", notes)
	}
}

// TestRelinking: notes move to the record that takes another's place, and take one more on;
// an unlinked record keeps those that it has, and gets no more.
func TestRelinking(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.say("one")
	w.run(always)
	w.c.Links = []model.RecordRef{deal43}
	w.run(always)
	if len(w.on(deal42)) != 0 || len(w.on(deal43)) != 1 {
		t.Fatalf("relinked: %q and %q", w.on(deal42), w.on(deal43))
	}
	w.c.Links = []model.RecordRef{person7, deal43}
	w.run(always)
	if len(w.on(person7)) != 1 || len(w.on(deal43)) != 1 {
		t.Fatalf("linked twice: %q and %q", w.on(person7), w.on(deal43))
	}
	w.c.Links = []model.RecordRef{deal43}
	w.say("two")
	w.run(always)
	if p, d := w.on(person7), w.on(deal43); len(p) != 1 || strings.Contains(p[0], "two") || len(d) != 2 || strings.Contains(d[1], "one") || !strings.Contains(d[1], "two") {
		t.Errorf("unlinked: %q and %q", p, d)
	}
	w.c.Links = nil
	w.say("three")
	if w.run(always) != 0 {
		t.Error("written without a link")
	}
}

// TestLongDay: no note is longer than the CRM takes, and each message stands in one.
func TestLongDay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i := range 60 {
		w.say(fmt.Sprintf("<%03d>", i) + strings.Repeat("<&>あ", 400))
		if i == 30 {
			w.run(always)
		}
	}
	w.say("<long>" + strings.Repeat("&", 40_000)) // 200,000 characters of HTML
	w.run(always)
	notes := w.on(deal42)
	if len(notes) < 4 {
		t.Fatalf("%d notes", len(notes))
	}
	all := strings.Join(notes, "")
	for i := range 60 {
		if n := strings.Count(all, html.EscapeString(fmt.Sprintf("<%03d>", i))); n != 1 {
			t.Errorf("message %d stands %d times", i, n)
		}
	}
	if strings.Count(all, "&lt;long&gt;") != 1 || !strings.Contains(all, "[…]") {
		t.Error("what is too long for a note is not told as cut")
	}
	for _, n := range notes {
		if len(n) >= 95_000 {
			t.Errorf("a note of %d bytes", len(n))
		}
	}
	// An edit that has no room any more moves what comes last.
	for i := range 20 {
		w.c.Messages[i].Text += model.Untrusted(strings.Repeat("<", 2000))
	}
	w.run(always)
	all = strings.Join(w.on(deal42), "")
	for i := range 60 {
		if n := strings.Count(all, html.EscapeString(fmt.Sprintf("<%03d>", i))); n != 1 {
			t.Errorf("after edits message %d stands %d times", i, n)
		}
	}
}

// TestANoteThatAHumanChangedBeforeItsAnswerCame: what it holds is newer than what an earlier
// note holds, and is not written once more.
func TestANoteThatAHumanChangedBeforeItsAnswerCame(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.say("before")
	w.run(always)
	change := func() {
		for _, n := range w.notes {
			if !strings.Contains(n.content, "human") {
				n.content += "<p>human</p>"
			}
		}
	}
	change()
	w.c.Messages[0].Text, w.c.Messages[0].Edited = "after", true
	w.run(func() outcome { return lost })
	change()
	w.run(always)
	if all := strings.Join(w.on(deal42), "\n"); strings.Count(all, "after") != 1 || strings.Count(all, "before") != 1 {
		t.Errorf("the notes say\n%s", all)
	}
}

// TestEveryMessageStandsOnce: whatever is written, changed and taken back, by customers and
// by humans in the CRM, in whatever order, whichever writes are lost or cut off: in the end
// each message stands in exactly one note that no human changed, or stood in one that a
// human did before.
func TestEveryMessageStandsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		outcomes := rapid.SampledFrom([]outcome{answered, answered, answered, undone, lost})
		humans := 0
		var touched []string
		steps := rapid.IntRange(1, 40).Draw(t, "steps")
		for range steps {
			switch rapid.IntRange(0, 8).Draw(t, "step") {
			case 0, 1, 2:
				w.say(fmt.Sprintf("text%d.", w.mark))
			case 3:
				w.now = w.now.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "hours")) * time.Hour)
			case 4: // late
				m := w.say(fmt.Sprintf("late%d.", w.mark))
				at := w.now.Add(-time.Duration(rapid.IntRange(1, 60).Draw(t, "ago")) * time.Hour)
				i := slices.IndexFunc(w.c.Messages, func(x transcript.Message) bool { return x.ID == m.ID })
				w.c.Messages = slices.Delete(w.c.Messages, i, i+1)
				m.SentAt, m.Order = at, at
				w.add(m)
			case 5: // edited
				if len(w.c.Messages) > 0 {
					i := rapid.IntRange(0, len(w.c.Messages)-1).Draw(t, "which")
					w.mark++
					w.c.Messages[i].Text, w.c.Messages[i].Edited = model.Untrusted(fmt.Sprintf("edit%d.", w.mark)), true
				}
			case 6, 7:
				w.run(func() outcome { return outcomes.Draw(t, "outcome") })
			case 8: // a human changes a note
				for id := range w.mark + 1 {
					if n := w.notes[int64(id)]; n != nil && rapid.IntRange(0, 2).Draw(t, "this") == 0 {
						humans++
						n.content += fmt.Sprintf("<p>human%d</p>", humans)
						touched = append(touched, fmt.Sprintf("human%d</p>", humans))
						break
					}
				}
			}
		}
		w.run(always)
		if n := w.run(always); n != 0 {
			t.Fatalf("%d writes where nothing changed", n)
		}
		all := strings.Join(w.on(deal42), "\n")
		for _, m := range w.c.Messages {
			if n := strings.Count(all, string(m.Text)); n != 1 {
				t.Fatalf("%s stands %d times in\n%s", m.Text, n, all)
			}
		}
		for _, s := range touched {
			if !strings.Contains(all, s) {
				t.Fatalf("what a human wrote is gone: %s", s)
			}
		}
	})
}

// FuzzEscape: whatever a customer writes shows as it is and makes no tag.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"<b>x</b>", "&lt;script&gt;", "a\nb", "\x1b[31m", "\xff", `"'`, "</p><p><b>Rob</b>: free"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w := newWorld()
		w.say(s)
		p := transcript.Part{Day: "2026-11-20", Number: 1, Zone: "Asia/Tokyo", Page: model.Untrusted(s), Customer: model.Untrusted(s), Marker: "x"}
		content := transcript.Content(p, []transcript.Entry{{Line: model.TranscriptLine{At: noon, Author: model.Untrusted(s), Text: model.Untrusted(s), Attachments: []model.Untrusted{model.Untrusted(s)}}}})
		bare := content
		for _, tag := range []string{"<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<br>"} {
			bare = strings.ReplaceAll(bare, tag, "")
		}
		if strings.ContainsAny(bare, "<>\x00\x1b") || !utf8.ValidString(content) {
			t.Errorf("%q makes %q", s, content)
		}
		if strings.Count(content, "<p>") != 2 || strings.Count(content, "<b>") != 2 {
			t.Errorf("%q makes tags of its own: %q", s, content)
		}
	})
}
