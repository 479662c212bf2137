package thread_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/ui/thread"
)

func TestGroups(t *testing.T) {
	t.Parallel()
	morning := time.Date(2026, 11, 19, 9, 0, 0, 0, time.UTC)
	in := func(id string, after time.Duration) model.Message { return customer(id, morning.Add(after), "text") }
	out := func(id string, after time.Duration, s model.State) model.Message {
		return mine(id, morning.Add(after), "text", s)
	}
	other := out("3", time.Minute, model.Sent)
	other.Author = model.Author{Kind: model.ByUser, ID: "marta", Name: "Marta"}
	note := out("3", time.Minute, "")
	note.Direction = model.Note
	for _, c := range []struct {
		name string
		ms   []model.Message
		want []string
	}{
		{"together", []model.Message{in("1", 0), in("2", 5*time.Minute)}, []string{"山田 花子 09:00", "text", "text"}},
		{
			"five minutes from the first, not from the one before",
			[]model.Message{in("1", 0), in("2", 4*time.Minute), in("3", 8*time.Minute)},
			[]string{"山田 花子 09:00", "text", "text", "", "山田 花子 09:08", "text"},
		},
		{
			"another direction",
			[]model.Message{in("1", 0), out("2", 0, model.Read), in("3", 0)},
			[]string{"山田 花子 09:00", "text", "", "▌You 09:00 ✓✓ read", "▌ text", "", "山田 花子 09:00", "text"},
		},
		{
			"another user",
			[]model.Message{out("1", 0, model.Sent), other},
			[]string{"▌You 09:00 ✓ sent", "▌ text", "", "▌Marta 09:01 ✓ sent", "▌ text"},
		},
		{
			"a note",
			[]model.Message{out("1", 0, model.Sent), note},
			[]string{"▌You 09:00 ✓ sent", "▌ text", "", "▌You · note 09:01", "▌ text"},
		},
		{
			"another state",
			[]model.Message{out("1", 0, model.Read), out("2", 0, model.Sent), out("3", 0, model.Sent)},
			[]string{"▌You 09:00 ✓ sent", "▌ text ✓✓ read", "▌ text", "▌ text"},
		},
		{
			"the newest asks",
			[]model.Message{out("1", 0, model.Read), out("2", 0, model.Ask)},
			[]string{"▌You 09:00 ✓✓ read", "▌ text", "! text", "! This reply was not sent. R send again · D drop"},
		},
		{
			"the first failed",
			[]model.Message{out("1", 0, model.Failed), out("2", 0, model.Read)},
			[]string{"! You 09:00 × not sent", "! text", "! This reply was not sent. R send again · D drop", "▌ text ✓✓ read"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := squeezed(pane(60, 20, content(c.ms...)))
			if want := append([]string{"──────── Today ────────"}, c.want...); !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// squeezed returns the lines of a pane from the first that holds something up to the last, with
// single spaces.
func squeezed(p *thread.Pane) []string {
	var out []string
	for _, l := range plain(p.Lines(false)) {
		if len(out) == 0 && l == "" {
			continue
		}
		out = append(out, strings.Join(strings.Fields(l), " "))
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

func TestDays(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)
	c := content(
		customer("1", midnight.AddDate(-1, 0, -2), "a"),
		customer("2", midnight.AddDate(0, 0, -2), "b"),
		customer("3", midnight.Add(-time.Second), "c"),
		customer("4", midnight, "d"),
	)
	got := squeezed(pane(60, 20, c))
	want := []string{
		"──────── Monday 17 November 2025 ────────", "山田 花子 00:00", "a", "",
		"──────── Tuesday 17 November ────────", "山田 花子 00:00", "b", "",
		"──────── Yesterday ────────", "山田 花子 23:59", "c", "",
		"──────── Today ────────", "山田 花子 00:00", "d",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	// The next morning, today is yesterday.
	p := pane(60, 20, c)
	c.Now = now.AddDate(0, 0, 1)
	p.Set(english(), c)
	if rowOf(p, "Today") >= 0 || rowOf(p, "Yesterday") != 17 {
		t.Error(drawn(p))
	}
}

func TestNewMessagesComeInAtTheBottom(t *testing.T) {
	t.Parallel()
	ms := many(100)
	p := pane(60, 12, content(ms[:90]...))
	if !p.AtBottom() || rowOf(p, "answer 89") != 11 {
		t.Fatal(drawn(p))
	}
	for n := 91; n <= 100; n++ {
		p.Set(english(), content(ms[:n]...))
		if last := p.Lines(true)[11]; !p.AtBottom() || !strings.Contains(last, fmt.Sprintf(" %d ", n-1)) {
			t.Fatalf("with %d:\n%s", n, drawn(p))
		}
		// What a key acts on stays: it was seen, and the new one may not have been.
		if got := selected(t, p); got != ms[89].ID {
			t.Errorf("%s is selected", got)
		}
	}
}

// TestFollow: a reply that was just sent is selected once it is there, and stays so when the
// hub has taken it and others came.
func TestFollow(t *testing.T) {
	t.Parallel()
	ms := many(30)
	p := pane(60, 12, content(ms...))
	p.Top()
	p.Follow("c1")
	c := content(ms...)
	c.Pending = []thread.Pending{{ClientID: "c0", Text: "before", At: now}, {ClientID: "c1", Text: "mine", At: now}}
	p.Set(english(), c)
	if m, _ := p.Selected(); m.ClientID != "c1" || !p.AtBottom() {
		t.Fatalf("%q is selected:\n%s", m.ClientID, drawn(p))
	}
	taken := mine("taken", now, "mine", model.Queued)
	taken.ClientID = "c1"
	c = content(append(slices.Clone(ms), taken, customer("new", now, "hello"))...)
	p.Set(english(), c)
	if m, _ := p.Selected(); m.ID != "taken" || p.Reveal() {
		t.Errorf("%s is selected:\n%s", m.ID, drawn(p))
	}
	// Many come: it is off the screen, and a key brings it back before it acts.
	c.Thread.Messages = append(c.Thread.Messages, many(30)...)
	for i := range c.Thread.Messages[32:] {
		m := &c.Thread.Messages[32+i]
		m.ID, m.SentAt = m.ID+"x", now.Add(time.Duration(i+1)*time.Second)
	}
	p.Set(english(), c)
	if m, _ := p.Selected(); m.ID != "taken" || !p.AtBottom() || !p.Reveal() || p.AtBottom() || p.Reveal() {
		t.Errorf("%s is selected:\n%s", m.ID, drawn(p))
	}
	if p.Light(c.Thread.Messages[0]); selected(t, p) != c.Thread.Messages[0].ID || p.Reveal() {
		t.Errorf("the first is not lit:\n%s", drawn(p))
	}
}

// TestPlaceIsKept: whatever comes before or after, what is read stays where it is.
func TestPlaceIsKept(t *testing.T) {
	t.Parallel()
	ms := many(200)
	long := customer("long", ms[60].SentAt.Add(time.Minute), model.Untrusted(strings.Repeat("a line of it\n", 80)))
	ms = slices.Insert(ms, 61, long)
	for up := 0; up < 130; up += 3 {
		p := pane(60, 15, content(ms[50:120]...))
		p.Up(up)
		if p.AtBottom() {
			continue
		}
		before := plain(p.Lines(true))
		same := func(when string) {
			t.Helper()
			after := plain(p.Lines(true))
			// What stands above the oldest message changes with what is before it.
			from := 0
			if rowOf(p, "question 50") >= 0 {
				from = rowOf(p, "question 50")
			}
			if !slices.Equal(before[from:], after[from:]) {
				t.Fatalf("%d up, %s:\n%s\n\nbefore:\n%s", up, when, strings.Join(after, "\n"), strings.Join(before, "\n"))
			}
		}
		p.Set(english(), content(ms[50:150]...))
		same("newer ones")
		p.Set(english(), content(ms[20:150]...))
		same("older ones")
		p.Set(english(), content(ms...))
		same("both")
		c := content(ms...)
		c.Loading = true
		p.Set(english(), c)
		same("loading")
		p.SetSize(50, 15)
		p.SetSize(60, 15)
	}
}

func TestPlaceOfWhatIsGone(t *testing.T) {
	t.Parallel()
	ms := many(100)
	p := pane(60, 12, content(ms...))
	p.Up(40)
	id := selected(t, p)
	gone := slices.DeleteFunc(slices.Clone(ms), func(m model.Message) bool { return m.ID == id })
	p.Set(english(), content(gone...))
	if rowOf(p, "question 60") != 2 { // which was below it
		t.Errorf("jumped:\n%s", drawn(p))
	}
	if got := selected(t, p); got == id {
		t.Error("what is gone is selected")
	}
	p.Set(english(), content())
	if _, ok := p.Selected(); ok || rowOf(p, "appears here") < 0 {
		t.Error(drawn(p))
	}
}

func TestFirstUnread(t *testing.T) {
	t.Parallel()
	ms := many(100)
	c := content(ms...)
	c.FirstUnread = "m50"
	p := pane(60, 12, c)
	if rowOf(p, "── New ──") != 0 || rowOf(p, "question 50") != 2 || selected(t, p) != "m50" || p.AtBottom() {
		t.Errorf("above:\n%s", drawn(p))
	}
	c.FirstUnread = "m98"
	p = pane(60, 12, c)
	if rowOf(p, "── New ──") < 0 || !p.AtBottom() || selected(t, p) != "m99" {
		t.Errorf("on the screen:\n%s", drawn(p))
	}
	// The place is found once the messages are read, and once only.
	c.FirstUnread, c.Thread.Loaded, c.Thread.Messages = "m50", false, ms[98:]
	p = pane(60, 12, c)
	if !p.AtBottom() {
		t.Error("not at the bottom")
	}
	c.Thread.Loaded, c.Thread.Messages = true, ms
	p.Set(english(), c)
	if rowOf(p, "── New ──") != 0 {
		t.Errorf("read meanwhile:\n%s", drawn(p))
	}
	p.Bottom()
	p.Set(english(), c)
	if !p.AtBottom() {
		t.Error("jumped back")
	}
	p.Show(conversation)
	if rowOf(p, "── New ──") != 0 {
		t.Errorf("shown again:\n%s", drawn(p))
	}
}

func TestAnotherConversation(t *testing.T) {
	t.Parallel()
	p := pane(60, 12, content(many(50)...))
	p.Up(20)
	p.Show("100_201")
	if got := strings.TrimSpace(drawn(p)); got != "" {
		t.Errorf("still shows %q", got)
	}
	c := content(many(30)...)
	c.Conversation.ID = "100_201"
	p.Set(english(), c)
	if !p.AtBottom() || selected(t, p) != "m29" {
		t.Error(drawn(p))
	}
}

func TestNearTop(t *testing.T) {
	t.Parallel()
	p := pane(60, 12, content(many(50)...))
	if p.NearTop() {
		t.Error("at the bottom")
	}
	p.Page(-100)
	if !p.NearTop() || rowOf(p, "question 0") != 2 {
		t.Errorf("not at the top:\n%s", drawn(p))
	}
	p.Page(2)
	p.Page(1)
	if p.NearTop() {
		t.Error("more than a screen away")
	}
	if !thread.New().NearTop() {
		t.Error("of nothing")
	}
}

// TestLoading: the line stands where the first day's was, and moves nothing.
func TestLoading(t *testing.T) {
	t.Parallel()
	c := content(many(50)...)
	p := pane(60, 12, c)
	p.Top()
	before := plain(p.Lines(true))
	c.Loading = true
	p.Set(english(), c)
	after := plain(p.Lines(true))
	if !strings.Contains(after[0], "Reading older messages") || !slices.Equal(before[1:], after[1:]) {
		t.Error(drawn(p))
	}
}

func TestSeenUpTo(t *testing.T) {
	t.Parallel()
	ms := many(20)
	p := pane(60, 12, content(ms...))
	if id, ok := p.SeenUpTo(); !ok || id != "m18" {
		t.Errorf("at the bottom: %q", id)
	}
	p.Up(12)
	p.Up(1)
	id, ok := p.SeenUpTo()
	if !ok || rowOf(p, "question "+string(id[1:])) < 0 {
		t.Errorf("%q of\n%s", id, drawn(p))
	}
	long := customer("long", now, model.Untrusted(strings.Repeat("line\n", 100)))
	c := content(append(ms, long)...)
	c.FirstUnread = "long"
	p = pane(60, 12, c)
	if id, ok := p.SeenUpTo(); ok {
		t.Errorf("the end of %q is not on the screen:\n%s", id, drawn(p))
	}
	p.Bottom()
	if id, _ := p.SeenUpTo(); id != "long" {
		t.Errorf("%q of\n%s", id, drawn(p))
	}
	p.SetSize(60, 0)
	if _, ok := p.SeenUpTo(); ok {
		t.Error("nothing is seen of a pane without height")
	}
}
