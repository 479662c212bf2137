package outbox_test

import (
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/model"
)

// answersUnclearly gives an answer that does not say whether it arrived.
func answersUnclearly(said model.Untrusted) hubtest.Answer {
	return hubtest.Answer{Do: func(*hubtest.Graph, model.Outgoing) model.Outcome {
		return model.Outcome{Kind: model.OutcomeUncertain, Detail: said}
	}}
}

// TestFacebooksWordsStayWithAReply: where Facebook answered, its words stand with the reply
// while nobody knows whether it arrived, and when its writer is asked; those of an earlier
// attempt do not stand for a later one.
func TestFacebooksWordsStayWithAReply(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		const said = "(#1200) Temporary send message failure [Tr/ace]"
		w.CustomerWrites(hanako)
		w.Graph.Plays(answersUnclearly(said), hubtest.StaysSilent(), answersUnclearly("(#2) again"))
		id := w.Reply(hanako, "hello")
		if m := w.WantError(id, model.Unknown, model.OutcomeUnknown); m.Error.Detail != said {
			t.Errorf("it says %q", string(m.Error.Detail))
		}
		w.Pass(3 * time.Minute)
		if m := w.WantError(id, model.Ask, model.OutcomeUnknown); m.Error.Detail != said {
			t.Errorf("asking, it says %+v", m.Error)
		}
		w.Resend(id)
		w.Pass(3 * time.Minute)
		if m := w.WantError(id, model.Ask, model.OutcomeUnknown); m.Error.Detail != "" {
			t.Errorf("of an attempt that had no answer it says %q", string(m.Error.Detail))
		}
		w.Resend(id)
		w.Pass(3 * time.Minute)
		if m := w.WantError(id, model.Ask, model.OutcomeUnknown); m.Error.Detail != "(#2) again" {
			t.Errorf("of the third attempt it says %q", string(m.Error.Detail))
		}
		w.WantSent(3)
	})
}

// TestFacebooksWordsStayWithAReaction: the last that it answered.
func TestFacebooksWordsStayWithAReaction(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		id := w.ByMID("m_in_7001").ID
		for range 100 {
			w.Graph.ActsLike(hubtest.AnswersAct(model.Outcome{Kind: model.OutcomeUncertain, Detail: "(#1) An unknown error [T]"}))
		}
		reacts(w, w.Ann, id, "👍")
		w.Pass(11 * time.Minute)
		if got := ours(w, id); len(got) != 1 || got[0].Error == nil || got[0].Error.Code != model.OutcomeUnknown || got[0].Error.Detail != "(#1) An unknown error [T]" {
			t.Fatalf("it shows %+v", got)
		}
	})
}
