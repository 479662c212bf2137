package hub

import (
	"context"

	"parley/model"
)

// PageGraph is what the hub needs of Meta about a Page as a whole, besides connecting
// it.
type PageGraph interface {
	// Greetings returns what the Page greets with; SetGreetings replaces all of it, none
	// deletes it.
	Greetings(ctx context.Context, token string, page model.MetaPageID) ([]model.Greeting, error)
	SetGreetings(ctx context.Context, token string, page model.MetaPageID, all []model.Greeting) error
	// Examine asks what a doctor wants to know of the Page.
	Examine(ctx context.Context, token string, page model.MetaPageID) model.PageExam
}
