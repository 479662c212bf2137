package outbox_test

import (
	"errors"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/model"
)

// ours returns what a message shows of the Page's reaction.
func ours(w *hubtest.World, id model.MessageID) []model.Reaction {
	var out []model.Reaction
	for _, r := range w.Message(id).Reactions {
		if r.By == model.ByPage {
			out = append(out, r)
		}
	}
	return out
}

func reacts(w *hubtest.World, u model.User, id model.MessageID, emoji model.Untrusted) model.Message {
	w.Helper()
	m, err := w.Hub.React(w.Ctx, u, w.Message(id).ConversationID, id, emoji)
	w.Must(err)
	return m
}

// wantOurs expects the Page's reaction, confirmed; "" for none.
func wantOurs(w *hubtest.World, id model.MessageID, emoji model.Untrusted) {
	w.Helper()
	got := ours(w, id)
	if emoji == "" && len(got) == 0 {
		return
	}
	if len(got) != 1 || got[0].Emoji != emoji || got[0].Pending || got[0].Error != nil {
		w.Fatalf("the message shows %+v, want %q", got, emoji)
	}
}

func TestAReactionIsSetChangedAndTakenBack(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		id := w.ByMID("m_in_7001").ID
		m := reacts(w, w.Cat, id, "👍")
		if len(m.Reactions) != 1 || !m.Reactions[0].Pending || m.Reactions[0].User == nil || m.Reactions[0].User.ID != w.Cat.ID {
			t.Fatalf("at once it shows %+v", m.Reactions)
		}
		w.Settle()
		wantOurs(w, id, "👍")
		reacts(w, w.Ann, id, "❤")
		w.Settle()
		wantOurs(w, id, "❤")
		if m := reacts(w, w.Ann, id, ""); !m.Reactions[0].Pending || m.Reactions[0].Emoji != "❤" {
			t.Fatalf("while it is taken back it shows %+v", m.Reactions)
		}
		w.Settle()
		wantOurs(w, id, "")
		var kinds []model.ActionKind
		for _, a := range w.Graph.Did() {
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
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		id := w.ByMID("m_in_7001").ID
		reacts(w, w.Ann, id, "👍")
		w.Settle()
		w.Graph.ActsLike(hubtest.AnswersAct(model.Outcome{Kind: model.OutcomeRefused, Code: model.WindowClosed, Detail: "(#10/2018278) outside [trace]"}))
		reacts(w, w.Ann, id, "❤")
		w.Settle()
		got := ours(w, id)
		if len(got) != 2 || got[0].Emoji != "👍" || got[1].Emoji != "❤" || got[1].Error == nil || got[1].Error.Code != model.WindowClosed || got[1].Error.Detail == "" {
			t.Fatalf("it shows %+v", got)
		}
		w.WantVerdict(hanako, model.WindowClosed)
		_, err := w.Hub.React(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), id, "👍")
		w.WantRefused(err, model.WindowClosed)
	})
}

// TestAReactionIsTriedAgain where nobody can tell whether it arrived: it harms nobody.
// After ten minutes it is given up, and says so.
func TestAReactionIsTriedAgain(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		id := w.ByMID("m_in_7001").ID
		silent := hubtest.AnswersAct(model.Outcome{Kind: model.OutcomeUncertain})
		w.Graph.ActsLike(silent, silent)
		reacts(w, w.Ann, id, "👍")
		w.Settle()
		if got := ours(w, id); len(got) != 1 || !got[0].Pending {
			t.Fatalf("it shows %+v", got)
		}
		w.Pass(10 * time.Second)
		wantOurs(w, id, "👍")
		if n := len(w.Graph.Did()); n != 3 {
			t.Errorf("tried %d times", n)
		}
		for range 100 {
			w.Graph.ActsLike(silent)
		}
		reacts(w, w.Ann, id, "❤")
		w.Pass(11 * time.Minute)
		if got := ours(w, id); len(got) != 2 || got[0].Emoji != "👍" || got[1].Error == nil || got[1].Error.Code != model.OutcomeUnknown {
			t.Fatalf("it shows %+v", got)
		}
		if n := len(w.Graph.Did()); n > 60 {
			t.Errorf("tried %d times in ten minutes", n)
		}
	})
}

// TestAReactionOutlivesTheHub that was to set it.
func TestAReactionOutlivesTheHub(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		id := w.ByMID("m_in_7001").ID
		w.Graph.ActsLike(hubtest.AnswersAct(model.Outcome{Kind: model.OutcomeUncertain}))
		reacts(w, w.Ann, id, "👍")
		w.Settle()
		w.Restart()
		w.Pass(time.Minute)
		wantOurs(w, id, "👍")
	})
}

// TestTheLastWishWins though the first is still on its way; and what that one reached is
// shown where the last is refused.
func TestTheLastWishWins(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		id := w.ByMID("m_in_7001").ID
		slow := func(model.SenderAction) model.Outcome {
			hubtest.Sleep(2 * time.Second)
			return model.Outcome{Kind: model.OutcomeAccepted}
		}
		w.Graph.ActsLike(slow)
		reacts(w, w.Ann, id, "👍")
		w.Settle()
		reacts(w, w.Cat, id, "❤")
		w.Pass(5 * time.Second)
		wantOurs(w, id, "❤")
		w.Graph.ActsLike(slow, hubtest.AnswersAct(model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused}))
		reacts(w, w.Ann, id, "😂")
		w.Settle()
		reacts(w, w.Cat, id, "😮")
		w.Pass(5 * time.Second)
		if got := ours(w, id); len(got) != 2 || got[0].Emoji != "😂" || got[1].Emoji != "😮" || got[1].Error == nil {
			t.Fatalf("it shows %+v", got)
		}
	})
}

func TestReactionsThatAreRefusedAtOnce(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.CustomerWrites(ken)
		id, other := w.ByMID("m_in_7001").ID, w.ByMID("m_in_7002").ID
		w.Graph.ByDefault = hubtest.StaysSilent()
		own := w.Reply(hanako, "hi")
		var invalid *model.InvalidError
		for _, emoji := range []model.Untrusted{"ok", " ", "\x1b[2J", "👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍"} {
			_, err := w.Hub.React(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), id, emoji)
			if !asInvalid(err, &invalid) {
				t.Errorf("%q: %v", emoji, err)
			}
		}
		_, err := w.Hub.React(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), other, "👍")
		w.WantHidden(err)
		_, err = w.Hub.React(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), own, "👍")
		w.WantRefused(err, model.NoReactionTarget)
		if _, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private); err != nil {
			t.Fatal(err)
		}
		_, err = w.Hub.React(w.Ctx, w.Cat, hubtest.ConversationWith(hanako), id, "👍")
		w.WantHidden(err)
		if n := len(w.Graph.Did()); n != 0 {
			t.Errorf("%d reached Meta", n)
		}
	})
}

func asInvalid(err error, to **model.InvalidError) bool { return errors.As(err, to) }

// However often one reacts and takes it back: Meta hears of it as often as of a team that
// reacts much, at the end of the last wish, and others wait for nothing.
func TestReactionsTakeTheirTurns(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		id := w.ByMID("m_in_7001").ID
		for i := range 200 {
			emoji := model.Untrusted("👍")
			if i%2 == 1 {
				emoji = "❤"
			}
			reacts(w, w.Cat, id, emoji)
			w.Pass(10 * time.Millisecond)
		}
		if n := len(w.Graph.Did()); n < 20 || n > 30 {
			t.Errorf("%d calls in two seconds", n)
		}
		w.CustomerWrites(ken)
		other := w.ByMID("m_in_7002").ID
		reacts(w, w.Ann, other, "👍")
		w.Settle()
		wantOurs(w, other, "👍")
		w.Pass(2 * time.Second)
		wantOurs(w, id, "❤")
		if n := len(w.Graph.Did()); n > 32 {
			t.Errorf("%d calls", n)
		}
	})
}
