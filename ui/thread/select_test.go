package thread_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"parley/model"
	"parley/ui/thread"
)

func TestMoving(t *testing.T) {
	t.Parallel()
	ms := many(60)
	p := pane(60, 12, content(ms...))
	for i := 58; i >= 0; i-- {
		p.Up(1)
		if got := selected(t, p); got != ms[i].ID || rowOf(p, string(ms[i].Text)) < 0 {
			t.Fatalf("%s instead of %s:\n%s", got, ms[i].ID, drawn(p))
		}
	}
	p.Up(1)
	if rowOf(p, "────") != 0 || selected(t, p) != "m0" {
		t.Errorf("at the top:\n%s", drawn(p))
	}
	p.Down(5)
	if got := selected(t, p); got != "m5" {
		t.Errorf("%s is selected", got)
	}
	p.Down(1000)
	if got := selected(t, p); got != "m59" || !p.AtBottom() {
		t.Errorf("%s is selected", got)
	}
	p.Page(-1)
	if m := selected(t, p); rowOf(p, " "+string(m[1:])) < 0 {
		t.Errorf("%s is selected, not on\n%s", m, drawn(p))
	}
	p.Top()
	if selected(t, p) != "m0" {
		t.Error("not the oldest")
	}
	p.Page(-1)
	p.Page(200)
	if selected(t, p) != "m59" && !p.AtBottom() {
		t.Error("not at the end")
	}
	p.Page(1)
	if selected(t, p) != "m59" {
		t.Error("not the newest")
	}
}

// TestHigherThanThePane: a long message is read line by line before the next one.
func TestHigherThanThePane(t *testing.T) {
	t.Parallel()
	ms := many(10)
	var b strings.Builder
	for i := range 30 {
		b.WriteString("line " + string(rune('A'+i)) + "\n")
	}
	ms = append(ms, customer("long", now.Add(-30*time.Second), model.Untrusted(b.String())))
	ms = append(ms, mine("after", now, "after", model.Sent))
	p := pane(60, 10, content(ms...))
	p.Up(1)
	if selected(t, p) != "long" || !strings.Contains(p.Lines(false)[9], "line ^") {
		t.Fatalf("the end comes first on the way up:\n%s", drawn(p))
	}
	p.Up(1)
	if selected(t, p) != "long" || !strings.Contains(p.Lines(false)[9], "line ]") {
		t.Fatalf("a line more:\n%s", drawn(p))
	}
	for n := 0; selected(t, p) == "long"; n++ {
		if p.Up(1); n > 40 {
			t.Fatal("does not get past it")
		}
	}
	p.Down(1)
	if selected(t, p) != "long" || rowOf(p, "line A") != 1 {
		t.Errorf("the beginning comes first on the way down:\n%s", drawn(p))
	}
}

func TestAsking(t *testing.T) {
	t.Parallel()
	ms := many(40)
	first, second := mine("first", ms[10].SentAt, "one", model.Ask), mine("second", now, "two", model.Ask)
	failed := mine("failed", now, "three", model.Failed)
	c := content(append(append(append([]model.Message{}, ms[:10]...), first), append(ms[11:], second, failed)...)...)
	p := pane(60, 12, c)
	if m, _ := p.Selected(); m.ID != "first" || rowOf(p, "R send again") < 0 {
		t.Errorf("it opens at %s:\n%s", m.ID, drawn(p))
	}
	p.Bottom()
	if m, _ := p.Asking(); m.ID != "failed" {
		t.Errorf("selected: %s", m.ID)
	}
	p.Up(1)
	if m, _ := p.Asking(); m.ID != "second" {
		t.Errorf("selected: %s", m.ID)
	}
	p.Up(1)
	if m, _ := p.Asking(); m.ID != "first" {
		t.Errorf("the oldest: %s", m.ID)
	}
	if _, ok := pane(60, 12, content(ms...)).Asking(); ok {
		t.Error("nothing asks")
	}
}

// TestKeysActOnWhatWasSeen: a reply that asks stays selected although others come.
func TestKeysActOnWhatWasSeen(t *testing.T) {
	t.Parallel()
	ms := append(many(10), mine("older", now, "one", model.Ask), mine("asks", now, "two", model.Ask))
	p := pane(60, 12, content(ms...))
	p.Set(english(), content(append(ms, customer("new", now, "hello"))...))
	if m, _ := p.Asking(); m.ID != "older" {
		t.Errorf("%s", m.ID)
	}
	p.Bottom()
	p.Up(1)
	p.Set(english(), content(append(ms, customer("new", now, "hello"), customer("newer", now, "hello"))...))
	if m, _ := p.Asking(); m.ID != "asks" {
		t.Errorf("%s", m.ID)
	}
}

func TestPending(t *testing.T) {
	t.Parallel()
	c := content(many(3)...)
	c.Pending = []thread.Pending{{ClientID: "c1", Text: "on its way", At: now}}
	p := pane(60, 20, c)
	if m, ok := p.Selected(); !ok || m.ClientID != "c1" || m.ID != "" || rowOf(p, "○ waiting") < 0 {
		t.Errorf("%+v\n%s", m.ClientID, drawn(p))
	}
	c.Pending[0].Failed = "The hub can't\x1b[31m be reached."
	p.Set(english(), c)
	if m, ok := p.Asking(); !ok || m.ClientID != "c1" || rowOf(p, "R send again") < 0 || rowOf(p, "× not sent") < 0 {
		t.Errorf("%+v\n%s", m.ClientID, drawn(p))
	}
	// The hub took it: it is the same message for the selection, and there once.
	taken := mine("m9", now, "on its way", model.Queued)
	taken.ClientID = "c1"
	c.Thread.Messages = append(c.Thread.Messages, taken, customer("later", now.Add(time.Second), "hello"))
	p.Set(english(), c)
	if got := selected(t, p); got != "m9" || strings.Count(drawn(p), "on its way") != 1 {
		t.Errorf("%s\n%s", got, drawn(p))
	}
}

// TestTheSelectedMessageStandsOnAGroundOfItsOwn: only where the pane has the focus, without a
// second bar, over its whole width.
func TestTheSelectedMessageStandsOnAGroundOfItsOwn(t *testing.T) {
	t.Parallel()
	p := pane(60, 20, content(many(4)...))
	soft, _, _ := strings.Cut(english().Theme.Soft.Text.Paint(" "), " ")
	for i, l := range p.Lines(true) {
		want := strings.Contains(l, "answer 3") || i > 0 && strings.Contains(ansi.Strip(l), "▌You") && i >= 18
		if got := strings.HasPrefix(l, soft) && strings.HasSuffix(ansi.Strip(l), " "); got != want {
			t.Errorf("line %d: %q", i, l)
		}
		if strings.Contains(ansi.Strip(l), "▌▌") {
			t.Errorf("two bars: %q", l)
		}
	}
	for _, l := range p.Lines(false) {
		if strings.HasPrefix(l, soft) {
			t.Errorf("%q", l)
		}
	}
}

// TestTheSelectedOneOfAGroupHasItsTime: beside its own text.
func TestTheSelectedOneOfAGroupHasItsTime(t *testing.T) {
	t.Parallel()
	p := pane(60, 20, content(customer("1", now, "first"), customer("2", now.Add(2*time.Minute), "second")))
	if y := rowOf(p, "second"); strings.Contains(plain(p.Lines(true))[y], "10:32") != true || strings.Contains(plain(p.Lines(false))[y], "10:32") {
		t.Error(drawn(p))
	}
}

// TestAShortConversationStandsAtTheComposer: the empty lines are above it.
func TestAShortConversationStandsAtTheComposer(t *testing.T) {
	t.Parallel()
	p := pane(60, 20, content(customer("1", now, "hello")))
	if y := rowOf(p, "hello"); y != 19 {
		t.Errorf("it stands on line %d:\n%s", y, drawn(p))
	}
	c := content(customer("1", now, "hello"))
	c.FirstUnread = "1"
	if p := pane(60, 20, c); rowOf(p, "Today · New") != 17 {
		t.Error(drawn(p))
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	was := model.Untrusted("two desks")
	m := customer("e", now, "three desks")
	m.Edited, m.Was = true, &was
	p := pane(60, 20, content(m))
	if rowOf(p, "three desks (edited)") < 0 || rowOf(p, "two desks") >= 0 {
		t.Error(drawn(p))
	}
	p.Expand("e")
	if rowOf(p, "two desks") < 0 {
		t.Error(drawn(p))
	}
	p.Expand("e")
	if rowOf(p, "two desks") >= 0 {
		t.Error(drawn(p))
	}
}

// TestWhatIsQuotedFollows: a quote shows its message when that is read, and its edit.
func TestWhatIsQuotedFollows(t *testing.T) {
	t.Parallel()
	q, m := customer("q", ago(time.Hour), "the old text"), mine("a", now, "yes", model.Sent)
	m.ReplyTo = "q"
	p := pane(60, 20, content(m))
	if rowOf(p, "│ an earlier message") < 0 {
		t.Error(drawn(p))
	}
	p.Set(english(), content(q, m))
	if rowOf(p, "│ the old text") < 0 {
		t.Error(drawn(p))
	}
	q.Text, q.Seq = "the new text", 2
	p.Set(english(), content(q, m))
	if rowOf(p, "│ the new text") < 0 {
		t.Error(drawn(p))
	}
}

func TestCutSaysSo(t *testing.T) {
	t.Parallel()
	p := pane(60, 20, content(customer("long", now, model.Untrusted(strings.Repeat("long ", 20_000)))))
	p.Bottom()
	if rowOf(p, "The message goes on.") < 0 {
		t.Error(drawn(p))
	}
}
