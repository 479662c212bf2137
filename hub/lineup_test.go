package hub_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/hub/outbox"
	"parley/hub/replies"
	"parley/hub/store"
	"parley/model"
)

// pressed is a reply whose enter was pressed then.
func pressed(customer model.PSID, text string, at time.Time) outbox.Draft {
	d := draft(customer, text)
	d.Number = at.UnixMicro()
	return d
}

// written are the texts that users wrote to a customer, as the store has them in order and
// as a client puts them in order, which must be the same.
func (w *world) written(customer model.PSID) []string {
	w.Helper()
	ms := w.messages(customer)
	shown := slices.Clone(ms)
	slices.SortStableFunc(shown, func(a, b model.Message) int {
		return cmp.Or(a.SentAt.Compare(b.SentAt), cmp.Compare(a.ID, b.ID))
	})
	var out []string
	for i := range ms {
		if ms[i].ID != shown[i].ID {
			w.Fatalf("a client puts %q where the store has %q", shown[i].Text, ms[i].Text)
		}
		if ms[i].Author.Kind == model.ByUser {
			out = append(out, string(ms[i].Text))
		}
	}
	return out
}

func (w *world) wantWritten(customer model.PSID, want ...string) {
	w.Helper()
	if got := w.written(customer); !slices.Equal(got, want) {
		w.Fatalf("it shows %q, want %q", got, want)
	}
}

// TestRepliesLeaveInTheOrderOfTheKeys however they came to the hub: from clients that try
// again each by itself, of several devices, over a restart.
func TestRepliesLeaveInTheOrderOfTheKeys(t *testing.T) {
	for name, restart := range map[string]bool{"one run": false, "over a restart": true} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(staysSilent())
				w.pass(time.Second)
				began := now()
				w.accept(w.ann, pressed(hanako, "0", began))
				w.settle()
				w.pass(time.Second)
				for _, n := range []int{3, 1, 4, 2} {
					w.accept(w.ann, pressed(hanako, fmt.Sprint(n), began.Add(time.Duration(n)*time.Microsecond)))
					w.pass(time.Millisecond)
				}
				w.wantWritten(hanako, "0", "1", "2", "3", "4")
				if restart {
					w.restart()
				}
				w.receive(echoOf(w.graph.sent()[0], "m_0"))
				if got, want := w.graph.texts(), []string{"0", "1", "2", "3", "4"}; !slices.Equal(got, want) {
					t.Errorf("left as %q, want %q", got, want)
				}
				w.wantWritten(hanako, "0", "1", "2", "3", "4")
			})
		})
	}
}

// TestWithoutANumberRepliesLeaveAsTheyCome also beside some that have one.
func TestWithoutANumberRepliesLeaveAsTheyCome(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(after(20*time.Second, accepts()))
		w.accept(w.ann, draft(hanako, "0"))
		w.settle()
		w.pass(time.Second)
		w.accept(w.ann, draft(hanako, "1"))
		w.pass(time.Second)
		w.accept(w.ann, pressed(hanako, "2", now()))
		w.accept(w.ann, draft(hanako, "3")) // at the same moment
		w.accept(w.ann, pressed(hanako, "4", now().Add(time.Hour)))
		w.pass(time.Second)
		w.accept(w.ann, draft(hanako, "5")) // what is said of the future counts as now
		w.pass(time.Minute)
		if got, want := w.graph.texts(), []string{"0", "1", "2", "3", "4", "5"}; !slices.Equal(got, want) {
			t.Errorf("left as %q, want %q", got, want)
		}
		w.wantWritten(hanako, "0", "1", "2", "3", "4", "5")
	})
}

// TestWhatComesTooLateStandsBehind: what was pressed before but comes after a later one has
// left is not shown before it.
func TestWhatComesTooLateStandsBehind(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		early := now()
		w.pass(time.Minute)
		w.accept(w.ann, pressed(hanako, "from the desk", now()))
		w.settle()
		w.pass(time.Second)
		w.accept(w.ann, pressed(hanako, "from the train", early))
		w.settle()
		w.wantWritten(hanako, "from the desk", "from the train")
		for i, o := range w.graph.sent() {
			w.receive(echoOf(o, model.MID(fmt.Sprintf("m_out_%d", i+1))))
			w.wantWritten(hanako, "from the desk", "from the train")
		}
	})
}

// TestTheLineHoldsWhateverMetaTells: at no moment does one show before another that was
// pressed before it: while those behind wait, when an echo comes late or not at all, by a
// clock of Meta's that is ahead or behind. Notes keep their place, too.
func TestTheLineHoldsWhateverMetaTells(t *testing.T) {
	for name, skew := range map[string]time.Duration{"as ours": 0, "ahead": 2 * time.Second, "behind": -2 * time.Second} {
		for order, echoes := range map[string][]int{"in order": {0, 1, 2}, "the last first": {2, 1, 0}, "the second never": {0, 2}, "the first never": {2, 1}} {
			t.Run(name+"/"+order, func(t *testing.T) {
				inWorld(t, func(_ *testing.T, w *world) {
					want := []string{"1", "note", "2", "3"}
					w.customerWrites(hanako)
					w.graph.byDefault = after(3*time.Second, accepts())
					began := now()
					var ids []model.MessageID
					for i, text := range want {
						d := pressed(hanako, text, began.Add(time.Duration(i)*time.Millisecond))
						d.Note = text == "note"
						if m := w.accept(w.ann, d); !d.Note {
							ids = append(ids, m.ID)
						}
						w.settle()
						w.pass(time.Millisecond)
					}
					for range 12 {
						w.pass(time.Second)
						w.wantWritten(hanako, want...)
					}
					sent := w.graph.sent()
					for _, i := range echoes {
						e := echoOf(sent[i], w.message(ids[i]).MID)
						e.At = began.Add(skew + time.Duration(3*i)*time.Second)
						w.receive(e)
						w.wantWritten(hanako, want...)
					}
					wantNoGaps(w)
				})
			})
		}
	}
}

// TestAResentReplyKeepsItsPlace before those that wait for it; one that failed, and was
// overtaken, stands where it left.
func TestAResentReplyKeepsItsPlace(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		c := conversationWith(hanako)
		w.customerWrites(hanako)
		w.graph.plays(staysSilent())
		one := w.reply(hanako, "1")
		w.reply(hanako, "2")
		w.pass(3 * time.Minute)
		w.wantState(one, model.Ask)
		_, err := w.hub.Retry(w.ctx, w.ann, one, c, 1, nil)
		w.must(err)
		w.pass(time.Second)
		w.wantWritten(hanako, "1", "2")

		w.graph.plays(refuses(model.GraphRefused))
		three := w.reply(hanako, "3")
		w.pass(time.Second)
		w.reply(hanako, "4")
		w.wantWritten(hanako, "1", "2", "3", "4")
		w.pass(time.Second)
		_, err = w.hub.Retry(w.ctx, w.ann, three, c, 1, nil)
		w.must(err)
		w.settle()
		w.wantWritten(hanako, "1", "2", "4", "3")
		if got, want := w.graph.texts(), []string{"1", "1", "2", "3", "4", "3"}; !slices.Equal(got, want) {
			t.Errorf("left as %q, want %q", got, want)
		}
	})
}

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
