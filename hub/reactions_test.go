package hub_test

import (
	"errors"
	"testing"
	"time"

	"parley/model"
)

// ours returns what a message shows of the Page's reaction.
func (w *world) ours(id model.MessageID) []model.Reaction {
	var out []model.Reaction
	for _, r := range w.message(id).Reactions {
		if r.By == model.ByPage {
			out = append(out, r)
		}
	}
	return out
}

func (w *world) reacts(u model.User, id model.MessageID, emoji model.Untrusted) model.Message {
	w.Helper()
	m, err := w.hub.React(w.ctx, u, w.message(id).ConversationID, id, emoji)
	w.must(err)
	return m
}

// wantOurs expects the Page's reaction, confirmed; "" for none.
func (w *world) wantOurs(id model.MessageID, emoji model.Untrusted) {
	w.Helper()
	got := w.ours(id)
	if emoji == "" && len(got) == 0 {
		return
	}
	if len(got) != 1 || got[0].Emoji != emoji || got[0].Pending || got[0].Error != nil {
		w.Fatalf("the message shows %+v, want %q", got, emoji)
	}
}

func TestAReactionIsSetChangedAndTakenBack(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		id := w.byMID("m_in_7001").ID
		m := w.reacts(w.cat, id, "👍")
		if len(m.Reactions) != 1 || !m.Reactions[0].Pending || m.Reactions[0].User == nil || m.Reactions[0].User.ID != w.cat.ID {
			t.Fatalf("at once it shows %+v", m.Reactions)
		}
		w.settle()
		w.wantOurs(id, "👍")
		w.reacts(w.ann, id, "❤")
		w.settle()
		w.wantOurs(id, "❤")
		if m := w.reacts(w.ann, id, ""); !m.Reactions[0].Pending || m.Reactions[0].Emoji != "❤" {
			t.Fatalf("while it is taken back it shows %+v", m.Reactions)
		}
		w.settle()
		w.wantOurs(id, "")
		var kinds []model.ActionKind
		for _, a := range w.graph.did() {
			if a.Target != "m_in_7001" || a.To != hanako {
				t.Errorf("asked for %+v", a)
			}
			kinds = append(kinds, a.Kind)
		}
		if len(kinds) != 3 || kinds[0] != model.React || kinds[1] != model.React || kinds[2] != model.Unreact {
			t.Errorf("asked for %v", kinds)
		}
	})
}

// TestAReactionThatIsRefused leaves what was there, and says why.
func TestAReactionThatIsRefused(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		id := w.byMID("m_in_7001").ID
		w.reacts(w.ann, id, "👍")
		w.settle()
		w.graph.actsLike(answersAct(model.Outcome{Kind: model.OutcomeRefused, Code: model.WindowClosed, Detail: "(#10/2018278) outside [trace]"}))
		w.reacts(w.ann, id, "❤")
		w.settle()
		got := w.ours(id)
		if len(got) != 2 || got[0].Emoji != "👍" || got[1].Emoji != "❤" || got[1].Error == nil || got[1].Error.Code != model.WindowClosed || got[1].Error.Detail == "" {
			t.Fatalf("it shows %+v", got)
		}
		w.wantVerdict(hanako, model.WindowClosed)
		_, err := w.hub.React(w.ctx, w.ann, conversationWith(hanako), id, "👍")
		w.refused(err, model.WindowClosed)
	})
}

// TestAReactionIsTriedAgain where nobody can tell whether it arrived: it harms nobody.
// After ten minutes it is given up, and says so.
func TestAReactionIsTriedAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		id := w.byMID("m_in_7001").ID
		silent := answersAct(model.Outcome{Kind: model.OutcomeUncertain})
		w.graph.actsLike(silent, silent)
		w.reacts(w.ann, id, "👍")
		w.settle()
		if got := w.ours(id); len(got) != 1 || !got[0].Pending {
			t.Fatalf("it shows %+v", got)
		}
		w.pass(10 * time.Second)
		w.wantOurs(id, "👍")
		if n := len(w.graph.did()); n != 3 {
			t.Errorf("tried %d times", n)
		}
		for range 100 {
			w.graph.actsLike(silent)
		}
		w.reacts(w.ann, id, "❤")
		w.pass(11 * time.Minute)
		if got := w.ours(id); len(got) != 2 || got[0].Emoji != "👍" || got[1].Error == nil || got[1].Error.Code != model.OutcomeUnknown {
			t.Fatalf("it shows %+v", got)
		}
		if n := len(w.graph.did()); n > 60 {
			t.Errorf("tried %d times in ten minutes", n)
		}
	})
}

// TestAReactionOutlivesTheHub that was to set it.
func TestAReactionOutlivesTheHub(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		id := w.byMID("m_in_7001").ID
		w.graph.actsLike(answersAct(model.Outcome{Kind: model.OutcomeUncertain}))
		w.reacts(w.ann, id, "👍")
		w.settle()
		w.restart()
		w.pass(time.Minute)
		w.wantOurs(id, "👍")
	})
}

// TestTheLastWishWins though the first is still on its way; and what that one reached is
// shown where the last is refused.
func TestTheLastWishWins(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		id := w.byMID("m_in_7001").ID
		slow := func(model.SenderAction) model.Outcome {
			sleep(2 * time.Second)
			return model.Outcome{Kind: model.OutcomeAccepted}
		}
		w.graph.actsLike(slow)
		w.reacts(w.ann, id, "👍")
		w.settle()
		w.reacts(w.cat, id, "❤")
		w.pass(5 * time.Second)
		w.wantOurs(id, "❤")
		w.graph.actsLike(slow, answersAct(model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused}))
		w.reacts(w.ann, id, "😂")
		w.settle()
		w.reacts(w.cat, id, "😮")
		w.pass(5 * time.Second)
		if got := w.ours(id); len(got) != 2 || got[0].Emoji != "😂" || got[1].Emoji != "😮" || got[1].Error == nil {
			t.Fatalf("it shows %+v", got)
		}
	})
}

func TestReactionsThatAreRefusedAtOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.customerWrites(ken)
		id, other := w.byMID("m_in_7001").ID, w.byMID("m_in_7002").ID
		w.graph.byDefault = staysSilent()
		own := w.reply(hanako, "hi")
		var invalid *model.InvalidError
		for _, emoji := range []model.Untrusted{"ok", " ", "\x1b[2J", "👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍"} {
			_, err := w.hub.React(w.ctx, w.ann, conversationWith(hanako), id, emoji)
			if !asInvalid(err, &invalid) {
				t.Errorf("%q: %v", emoji, err)
			}
		}
		_, err := w.hub.React(w.ctx, w.ann, conversationWith(hanako), other, "👍")
		w.hidden(err)
		_, err = w.hub.React(w.ctx, w.ann, conversationWith(hanako), own, "👍")
		w.refused(err, model.NoReactionTarget)
		if _, err := w.hub.SetVisibility(w.ctx, w.ann, page, model.Private); err != nil {
			t.Fatal(err)
		}
		_, err = w.hub.React(w.ctx, w.cat, conversationWith(hanako), id, "👍")
		w.hidden(err)
		if n := len(w.graph.did()); n != 0 {
			t.Errorf("%d reached Meta", n)
		}
	})
}

func asInvalid(err error, to **model.InvalidError) bool { return errors.As(err, to) }

// However often one reacts and takes it back: Meta hears of it as often as of a team that
// reacts much, at the end of the last wish, and others wait for nothing.
func TestReactionsTakeTheirTurns(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		id := w.byMID("m_in_7001").ID
		for i := range 200 {
			emoji := model.Untrusted("👍")
			if i%2 == 1 {
				emoji = "❤"
			}
			w.reacts(w.cat, id, emoji)
			w.pass(10 * time.Millisecond)
		}
		if n := len(w.graph.did()); n < 20 || n > 30 {
			t.Errorf("%d calls in two seconds", n)
		}
		w.customerWrites(ken)
		other := w.byMID("m_in_7002").ID
		w.reacts(w.ann, other, "👍")
		w.settle()
		w.wantOurs(other, "👍")
		w.pass(2 * time.Second)
		w.wantOurs(id, "❤")
		if n := len(w.graph.did()); n > 32 {
			t.Errorf("%d calls", n)
		}
	})
}
