package outbox_test

import (
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/model"
)

// TestDoneWithAReply: the conversation is done when the reply is accepted, not when it is
// refused; it opens again when the reply fails or asks; and it stays open if the customer wrote
// what the writer had not seen, or an earlier reply asks.
func TestDoneWithAReply(t *testing.T) {
	for name, c := range map[string]struct {
		// meanwhile happens between what the writer saw and the reply.
		meanwhile func(w *hubtest.World)
		refused   model.Code
		later     time.Duration
		now, then model.Status
	}{
		"accepted": {later: time.Hour, now: model.Done, then: model.Done},
		"the customer wrote meanwhile": {
			meanwhile: func(w *hubtest.World) { w.Receive(hubtest.Wrote(hanako, "m_more", "one more thing", hubtest.Now())) },
			now:       model.Open, then: model.Open,
		},
		"a colleague answered meanwhile": {
			meanwhile: func(w *hubtest.World) { w.Accept(w.Cat, hubtest.Draft(hanako, "mine")) },
			refused:   model.NewerReply, now: model.Open, then: model.Open,
		},
		"Facebook refuses": {
			meanwhile: func(w *hubtest.World) { w.Graph.Plays(hubtest.Refuses(model.GraphRefused)) },
			now:       model.Open, then: model.Open,
		},
		"it waits behind one that asks": {
			meanwhile: func(w *hubtest.World) {
				w.Graph.Plays(hubtest.StaysSilent())
				w.Accept(w.Ann, hubtest.Draft(hanako, "first"))
				w.Pass(3 * time.Minute)
			},
			now: model.Open, then: model.Open,
		},
		"it asks": {
			meanwhile: func(w *hubtest.World) { w.Graph.Plays(hubtest.StaysSilent()) },
			later:     3 * time.Minute, now: model.Done, then: model.Open,
		},
	} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				seen := w.Head()
				if c.meanwhile != nil {
					c.meanwhile(w)
				}
				d := hubtest.Draft(hanako, "hello")
				d.Done, d.SeenSeq = true, &seen
				if _, err := w.Hub.Reply(w.Ctx, w.Ann, d); c.refused != "" {
					w.WantRefused(err, c.refused)
				} else {
					w.Must(err)
				}
				w.Settle()
				if got := w.Conversation(hanako).Status; got != c.now {
					t.Errorf("it is %s, want %s", got, c.now)
				}
				w.Pass(c.later)
				if got := w.Conversation(hanako).Status; got != c.then {
					t.Errorf("then it is %s, want %s", got, c.then)
				}
			})
		})
	}
}
