package api_test

import (
	"context"

	"parley/model"
)

// Act implements [hub.Actor].
func (g *fakeGraph) Act(_ context.Context, a model.SenderAction) model.Outcome {
	g.mu.Lock()
	g.acts = append(g.acts, a)
	answer := g.onAct
	g.mu.Unlock()
	if answer != nil {
		return answer(a)
	}
	return model.Outcome{Kind: model.OutcomeAccepted}
}
