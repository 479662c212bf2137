package replies_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/hub/replies"
	"parley/hub/store"
	"parley/model"
)

// TestPutInLine: whatever Meta told of some, the others stand between as their numbers say.
func TestPutInLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(1_700_000_000, 0)
		moment := func(label string) time.Time {
			return at.Add(time.Duration(rapid.IntRange(-50, 50).Draw(t, label)) * time.Millisecond)
		}
		timed := at.Add(-60 * time.Millisecond)
		var line []store.Message
		for n := range rapid.IntRange(0, 12).Draw(t, "messages") {
			m := store.Message{Number: int64(n + 1), Order: moment("order")}
			m.Direction = rapid.SampledFrom([]model.Direction{model.Out, model.Note}).Draw(t, "direction")
			m.State = model.Sent
			if m.Direction == model.Out && rapid.Bool().Draw(t, "timed") { // Meta's times are in order
				timed = timed.Add(time.Duration(rapid.IntRange(1, 50).Draw(t, "later")) * time.Millisecond)
				m.Order, m.MetaTime = timed, true
			}
			m.SentAt = m.Order
			line = append(line, m)
		}
		before := slices.Clone(line)
		moved := replies.PutInLine(line)
		for i, m := range line {
			if i > 0 && !line[i-1].Order.Before(m.Order) {
				t.Fatalf("%d stands at %v, %d at %v", i-1, line[i-1].Order, i, m.Order)
			}
			if !m.SentAt.Equal(m.Order) {
				t.Fatalf("%d shows at %v and stands at %v", i, m.SentAt, m.Order)
			}
			if same := m.Order.Equal(before[i].Order); same && slices.Contains(moved, i) || !same && (m.MetaTime || !slices.Contains(moved, i)) {
				t.Fatalf("%d was at %v, is at %v, moved: %v", i, before[i].Order, m.Order, moved)
			}
		}
		if again := replies.PutInLine(line); len(again) > 0 {
			t.Fatalf("in line, and yet moved: %v", again)
		}
	})
}
