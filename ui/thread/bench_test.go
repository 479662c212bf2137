package thread_test

import (
	"slices"
	"testing"

	"parley/model"
	"parley/ui/thread"
)

// tenThousand is a long conversation as it comes.
func tenThousand() thread.Content {
	ms := many(10_000)
	for i := range ms {
		if i%7 == 0 {
			ms[i].Text = "見積もりをお願いできますか？ 机は三台で、できれば来週の金曜日までに届くとうれしいです。色は白でお願いします。"
		}
		if i%11 == 0 && i > 3 {
			ms[i].ReplyTo = ms[i-3].ID
		}
	}
	return content(ms...)
}

func BenchmarkOpenTenThousand(b *testing.B) {
	c, l := tenThousand(), english()
	b.ReportAllocs()
	for b.Loop() {
		p := thread.New()
		p.SetSize(116, 50)
		p.Show(conversation)
		p.Set(l, c)
		p.Lines(true)
	}
}

func BenchmarkLines(b *testing.B) {
	p := pane(116, 50, tenThousand())
	b.ReportAllocs()
	for b.Loop() {
		p.Lines(true)
	}
}

// BenchmarkScroll moves through the history, where everything has to be laid out.
func BenchmarkScroll(b *testing.B) {
	p := pane(116, 50, tenThousand())
	b.ReportAllocs()
	for b.Loop() {
		if p.Page(-1); p.Lines(true) == nil || p.NearTop() {
			p.Bottom()
		}
	}
}

// BenchmarkMessageComes is a change at the end of a long conversation.
func BenchmarkMessageComes(b *testing.B) {
	c, l := tenThousand(), english()
	p := pane(116, 50, c)
	last := &c.Thread.Messages[len(c.Thread.Messages)-1]
	b.ReportAllocs()
	for b.Loop() {
		last.Seq++
		p.Set(l, c)
		p.Lines(true)
	}
}

// TestAllocations holds what drawing may cost. A screen that did not change costs the
// slice that is returned and the marks of the selected message.
func TestAllocations(t *testing.T) {
	c, l := tenThousand(), english()
	open := testing.AllocsPerRun(5, func() {
		p := thread.New()
		p.SetSize(116, 50)
		p.Set(l, c)
		p.Lines(true)
	})
	if open > 1500 {
		t.Errorf("opening allocates %.0f times", open)
	}
	p := pane(116, 50, c)
	if n := testing.AllocsPerRun(100, func() { p.Lines(false) }); n > 1 {
		t.Errorf("Lines allocates %.0f times", n)
	}
	if n := testing.AllocsPerRun(100, func() { p.Lines(true) }); n > 8 {
		t.Errorf("Lines with a selection allocates %.0f times", n)
	}
	c.Thread.Messages = slices.Clone(c.Thread.Messages)
	last := &c.Thread.Messages[len(c.Thread.Messages)-1]
	last.State = model.Delivered
	if n := testing.AllocsPerRun(20, func() {
		last.Seq++
		p.Set(l, c)
		p.Lines(true)
	}); n > 150 {
		t.Errorf("a change allocates %.0f times", n)
	}
}
