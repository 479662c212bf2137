package ui

import (
	"context"

	"parley/model"
)

// PageHub is what the screen needs of a hub about a Page as a whole.
type PageHub interface {
	// ReadNotice marks a notice as read, for all who see its Page.
	ReadNotice(ctx context.Context, page model.PageID, id string) (model.Notice, error)
	// Greetings returns what a Page greets with, by locale.
	Greetings(ctx context.Context, page model.PageID) ([]model.Greeting, error)
	// SetGreeting sets the greeting of a locale, DeleteGreeting deletes it; both return all
	// that there are then.
	SetGreeting(ctx context.Context, page model.PageID, g model.Greeting) ([]model.Greeting, error)
	DeleteGreeting(ctx context.Context, page model.PageID, locale string) ([]model.Greeting, error)
}
