package hub_test

import (
	"context"

	"parley/model"
)

func (g *fakeGraph) Greetings(context.Context, string, model.MetaPageID) ([]model.Greeting, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.greetings, nil
}

func (g *fakeGraph) SetGreetings(_ context.Context, _ string, _ model.MetaPageID, all []model.Greeting) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.greetings = all
	return nil
}

func (g *fakeGraph) Examine(context.Context, string, model.MetaPageID) model.PageExam {
	return model.PageExam{Valid: true, Subscribed: true}
}
