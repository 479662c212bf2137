package store

import (
	"parley/model"
	"parley/model/query"
)

// ViewReader reads the views that users saved.
type ViewReader interface {
	// SavedViews returns a user's views in their order.
	SavedViews(user model.UserID) ([]query.Saved, error)
}

// ViewWriter changes the views that users saved.
type ViewWriter interface {
	// PutSavedViews replaces all views of a user, who must exist.
	PutSavedViews(user model.UserID, views []query.Saved) error
}
