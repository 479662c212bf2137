package graphtest

import (
	"context"
	"sync"

	"parley/model"
)

// Greetings keeps one Page's greetings, and finds nothing wrong with it.
type Greetings struct {
	mu  sync.Mutex
	all []model.Greeting
}

// Greetings is that of parley/hub.Graph.
func (g *Greetings) Greetings(context.Context, string, model.MetaPageID) ([]model.Greeting, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all, nil
}

// SetGreetings is that of parley/hub.Graph.
func (g *Greetings) SetGreetings(_ context.Context, _ string, _ model.MetaPageID, all []model.Greeting) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all = all
	return nil
}

// Examine is that of parley/hub.Graph.
func (*Greetings) Examine(context.Context, string, model.MetaPageID) model.PageExam {
	return model.PageExam{Valid: true, Subscribed: true}
}
