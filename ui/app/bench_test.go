package app_test

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/uitest"
)

// frameAllocations is the most that a frame of the inbox may allocate when a row was
// Selected, and when nothing changed (200×60).
const (
	moveAllocations  = 1100
	stillAllocations = 1000
)

func large(t testing.TB, n int) *uitest.World {
	w := uitest.NewWorld(t, uitest.Some(n))
	w.Sends(tea.WindowSizeMsg{Width: 200, Height: 60})
	return w
}

// BenchmarkView is the whole screen, anew, after the selection moved: what each key
// press costs (budget: 2 ms, the same at any size).
func BenchmarkView(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := large(b, n)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				by := 1
				if i/20%2 == 1 {
					by = -1
				}
				w.List().List.Move(by)
				w.Draw()
				_ = w.View()
			}
		})
	}
}

// BenchmarkArriving is a message that arrives, from the hub's word to the frame.
func BenchmarkArriving(b *testing.B) {
	w := large(b, 100_000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := uitest.Talk(i*37%100_000, 0, func(c *model.Conversation) { c.Seq = int64(200_000 + i) })
		_ = w.Updates(w.Changed(model.ChangeConversation, c))
	}
}

// BenchmarkOpenTenThousand opens a conversation of ten thousand messages that are held
// (budget: 50 ms).
func BenchmarkOpenTenThousand(b *testing.B) {
	w := large(b, 100)
	id := model.NewConversationID(uitest.Page, "5000")
	ms := make([]model.Message, 10_000)
	for i := range ms {
		ms[i] = uitest.Incoming(1)[0]
		ms[i].ID, ms[i].Seq = model.NewMessageID(uitest.Page, fmt.Sprintf("%08d", i)), int64(i+1)
		ms[i].Text = model.Untrusted(fmt.Sprintf("message %d, 見積もりをお願いできますか？ with some more words that wrap over the line", i))
	}
	w.Hub.Threads[id] = ms
	for b.Loop() {
		w.Keys("g", "enter")
		b.StopTimer()
		w.Keys("esc", "j", "enter", "esc")
		b.StartTimer()
	}
}

func TestFramesAllocateLittle(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates for itself")
	}
	w := large(t, 1000)
	w.List().List.Move(1)
	w.Draw()
	if n := testing.AllocsPerRun(50, w.Draw); n > stillAllocations {
		t.Errorf("a frame allocates %v times", n)
	}
	by := 1
	moved := testing.AllocsPerRun(50, func() {
		w.List().List.Move(by)
		by = -by
		w.Draw()
	})
	if moved > moveAllocations {
		t.Errorf("a frame after a move allocates %v times", moved)
	}
}
