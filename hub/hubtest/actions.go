package hubtest

import (
	"context"
	"slices"

	"parley/model"
)

// acts plays Meta for sender actions: it answers each by the next line of its script.
type acts struct {
	did    []model.SenderAction
	script []func(model.SenderAction) model.Outcome
}

// Act implements [outbox.Actor].
func (g *Graph) Act(_ context.Context, a model.SenderAction) model.Outcome {
	g.mu.Lock()
	g.acts.did = append(g.acts.did, a)
	var answer func(model.SenderAction) model.Outcome
	if len(g.acts.script) > 0 {
		answer, g.acts.script = g.acts.script[0], g.acts.script[1:]
	}
	g.mu.Unlock()
	if answer != nil {
		return answer(a)
	}
	return model.Outcome{Kind: model.OutcomeAccepted}
}

// ActsLike adds answers to the script of sender actions.
func (g *Graph) ActsLike(all ...func(model.SenderAction) model.Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.acts.script = append(g.acts.script, all...)
}

// Did returns the sender actions that Meta was asked for.
func (g *Graph) Did() []model.SenderAction {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.acts.did)
}

// AnswersAct always answers a sender action with that outcome.
func AnswersAct(o model.Outcome) func(model.SenderAction) model.Outcome {
	return func(model.SenderAction) model.Outcome { return o }
}

// Actions returns which sender actions a customer was shown, in order.
func (w *World) Actions(customer model.PSID) []model.ActionKind {
	var out []model.ActionKind
	for _, a := range w.Graph.Did() {
		if a.To == customer {
			out = append(out, a.Kind)
		}
	}
	return out
}
