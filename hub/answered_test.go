package hub_test

import (
	"testing"
	"time"

	"parley/model"
)

// answersUnclearly gives an answer that does not say whether it arrived.
func answersUnclearly(said model.Untrusted) answer {
	return answer{do: func(*fakeGraph, model.Outgoing) model.Outcome {
		return model.Outcome{Kind: model.OutcomeUncertain, Detail: said}
	}}
}

// TestFacebooksWordsStayWithAReply: where Facebook answered, its words stand with the reply
// while nobody knows whether it arrived, and when its writer is asked; those of an earlier
// attempt do not stand for a later one.
func TestFacebooksWordsStayWithAReply(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const said = "(#1200) Temporary send message failure [Tr/ace]"
		w.customerWrites(hanako)
		w.graph.plays(answersUnclearly(said), staysSilent(), answersUnclearly("(#2) again"))
		id := w.reply(hanako, "hello")
		if m := w.wantError(id, model.Unknown, model.OutcomeUnknown); m.Error.Detail != said {
			t.Errorf("it says %q", string(m.Error.Detail))
		}
		w.pass(3 * time.Minute)
		if m := w.wantError(id, model.Ask, model.OutcomeUnknown); m.Error.Detail != said {
			t.Errorf("asking, it says %+v", m.Error)
		}
		w.resend(id)
		w.pass(3 * time.Minute)
		if m := w.wantError(id, model.Ask, model.OutcomeUnknown); m.Error.Detail != "" {
			t.Errorf("of an attempt that had no answer it says %q", string(m.Error.Detail))
		}
		w.resend(id)
		w.pass(3 * time.Minute)
		if m := w.wantError(id, model.Ask, model.OutcomeUnknown); m.Error.Detail != "(#2) again" {
			t.Errorf("of the third attempt it says %q", string(m.Error.Detail))
		}
		w.wantSent(3)
	})
}

// TestFacebooksWordsStayWithAReaction: the last that it answered.
func TestFacebooksWordsStayWithAReaction(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		id := w.byMID("m_in_7001").ID
		for range 100 {
			w.graph.actsLike(answersAct(model.Outcome{Kind: model.OutcomeUncertain, Detail: "(#1) An unknown error [T]"}))
		}
		w.reacts(w.ann, id, "👍")
		w.pass(11 * time.Minute)
		if got := w.ours(id); len(got) != 1 || got[0].Error == nil || got[0].Error.Code != model.OutcomeUnknown || got[0].Error.Detail != "(#1) An unknown error [T]" {
			t.Fatalf("it shows %+v", got)
		}
	})
}
