package ui

import (
	"context"

	"parley/model"
)

// PageHub is what the screen needs of a hub about a Page as a whole.
type PageHub interface {
	// ReadNotice marks a notice as read, for all who see its Page.
	ReadNotice(ctx context.Context, page model.PageID, id string) error
}
