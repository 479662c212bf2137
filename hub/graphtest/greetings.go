package graphtest

import (
	"context"
	"sync"

	"parley/model"
)

// Greetings stores one Page's greetings, and finds nothing wrong with them.
type Greetings struct {
	mu  sync.Mutex
	all []model.Greeting
}

// Greetings implements pages.Meta.
func (g *Greetings) Greetings(context.Context, string, model.MetaPageID) ([]model.Greeting, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all, nil
}

// SetGreetings implements pages.Meta.
func (g *Greetings) SetGreetings(_ context.Context, _ string, _ model.MetaPageID, all []model.Greeting) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all = all
	return nil
}

// Examine implements the part of Meta that doctor needs.
func (*Greetings) Examine(context.Context, string, model.MetaPageID) model.PageExam {
	return model.PageExam{Valid: true, Subscribed: true}
}
