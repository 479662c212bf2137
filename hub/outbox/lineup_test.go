package outbox_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/outbox"
	"parley/model"
)

// pressed is a reply whose enter was pressed then.
func pressed(customer model.PSID, text string, at time.Time) outbox.Draft {
	d := hubtest.Draft(customer, text)
	d.Number = at.UnixMicro()
	return d
}

// written are the texts that users wrote to a customer, as the store has them in order and
// as a client puts them in order, which must be the same.
func written(w *hubtest.World, customer model.PSID) []string {
	w.Helper()
	ms := w.Messages(customer)
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

func wantWritten(w *hubtest.World, customer model.PSID, want ...string) {
	w.Helper()
	if got := written(w, customer); !slices.Equal(got, want) {
		w.Fatalf("it shows %q, want %q", got, want)
	}
}

// TestRepliesLeaveInTheOrderOfTheKeys however they came to the hub: from clients that try
// again each by itself, of several devices, over a restart.
func TestRepliesLeaveInTheOrderOfTheKeys(t *testing.T) {
	for name, restart := range map[string]bool{"one run": false, "over a restart": true} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.StaysSilent())
				w.Pass(time.Second)
				began := hubtest.Now()
				w.Accept(w.Ann, pressed(hanako, "0", began))
				w.Settle()
				w.Pass(time.Second)
				for _, n := range []int{3, 1, 4, 2} {
					w.Accept(w.Ann, pressed(hanako, fmt.Sprint(n), began.Add(time.Duration(n)*time.Microsecond)))
					w.Pass(time.Millisecond)
				}
				wantWritten(w, hanako, "0", "1", "2", "3", "4")
				if restart {
					w.Restart()
				}
				w.Receive(hubtest.EchoOf(w.Graph.Sent()[0], "m_0"))
				if got, want := w.Graph.Texts(), []string{"0", "1", "2", "3", "4"}; !slices.Equal(got, want) {
					t.Errorf("left as %q, want %q", got, want)
				}
				wantWritten(w, hanako, "0", "1", "2", "3", "4")
			})
		})
	}
}

// TestWithoutANumberRepliesLeaveAsTheyCome also beside some that have one.
func TestWithoutANumberRepliesLeaveAsTheyCome(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.After(20*time.Second, hubtest.Accepts()))
		w.Accept(w.Ann, hubtest.Draft(hanako, "0"))
		w.Settle()
		w.Pass(time.Second)
		w.Accept(w.Ann, hubtest.Draft(hanako, "1"))
		w.Pass(time.Second)
		w.Accept(w.Ann, pressed(hanako, "2", hubtest.Now()))
		w.Accept(w.Ann, hubtest.Draft(hanako, "3")) // at the same moment
		w.Accept(w.Ann, pressed(hanako, "4", hubtest.Now().Add(time.Hour)))
		w.Pass(time.Second)
		w.Accept(w.Ann, hubtest.Draft(hanako, "5")) // what is said of the future counts as now
		w.Pass(time.Minute)
		if got, want := w.Graph.Texts(), []string{"0", "1", "2", "3", "4", "5"}; !slices.Equal(got, want) {
			t.Errorf("left as %q, want %q", got, want)
		}
		wantWritten(w, hanako, "0", "1", "2", "3", "4", "5")
	})
}

// TestWhatComesTooLateStandsBehind: what was pressed before but comes after a later one has
// left is not shown before it.
func TestWhatComesTooLateStandsBehind(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		early := hubtest.Now()
		w.Pass(time.Minute)
		w.Accept(w.Ann, pressed(hanako, "from the desk", hubtest.Now()))
		w.Settle()
		w.Pass(time.Second)
		w.Accept(w.Ann, pressed(hanako, "from the train", early))
		w.Settle()
		wantWritten(w, hanako, "from the desk", "from the train")
		for i, o := range w.Graph.Sent() {
			w.Receive(hubtest.EchoOf(o, model.MID(fmt.Sprintf("m_out_%d", i+1))))
			wantWritten(w, hanako, "from the desk", "from the train")
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
				hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
					want := []string{"1", "note", "2", "3"}
					w.CustomerWrites(hanako)
					w.Graph.ByDefault = hubtest.After(3*time.Second, hubtest.Accepts())
					began := hubtest.Now()
					var ids []model.MessageID
					for i, text := range want {
						d := pressed(hanako, text, began.Add(time.Duration(i)*time.Millisecond))
						d.Note = text == "note"
						if m := w.Accept(w.Ann, d); !d.Note {
							ids = append(ids, m.ID)
						}
						w.Settle()
						w.Pass(time.Millisecond)
					}
					for range 12 {
						w.Pass(time.Second)
						wantWritten(w, hanako, want...)
					}
					sent := w.Graph.Sent()
					for _, i := range echoes {
						e := hubtest.EchoOf(sent[i], w.Message(ids[i]).MID)
						e.At = began.Add(skew + time.Duration(3*i)*time.Second)
						w.Receive(e)
						wantWritten(w, hanako, want...)
					}
					w.WantNoGaps()
				})
			})
		}
	}
}

// TestAResentReplyKeepsItsPlace before those that wait for it; one that failed, and was
// overtaken, stands where it left.
func TestAResentReplyKeepsItsPlace(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		c := hubtest.ConversationWith(hanako)
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.StaysSilent())
		one := w.Reply(hanako, "1")
		w.Reply(hanako, "2")
		w.Pass(3 * time.Minute)
		w.WantState(one, model.Ask)
		_, err := w.Hub.Retry(w.Ctx, w.Ann, one, c, 1, nil)
		w.Must(err)
		w.Pass(time.Second)
		wantWritten(w, hanako, "1", "2")

		w.Graph.Plays(hubtest.Refuses(model.GraphRefused))
		three := w.Reply(hanako, "3")
		w.Pass(time.Second)
		w.Reply(hanako, "4")
		wantWritten(w, hanako, "1", "2", "3", "4")
		w.Pass(time.Second)
		_, err = w.Hub.Retry(w.Ctx, w.Ann, three, c, 1, nil)
		w.Must(err)
		w.Settle()
		wantWritten(w, hanako, "1", "2", "4", "3")
		if got, want := w.Graph.Texts(), []string{"1", "1", "2", "3", "4", "3"}; !slices.Equal(got, want) {
			t.Errorf("left as %q, want %q", got, want)
		}
	})
}
