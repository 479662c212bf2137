package store

import (
	"parley/model"
)

// UserReader reads the users of the hub.
type UserReader interface {
	User(id model.UserID) (model.User, error)
	Users() ([]model.User, error)
}

// UserWriter changes the users of the hub.
type UserWriter interface {
	CreateUser(u model.User) error
	// ChangeUser stores an existing user.
	ChangeUser(u model.User) error
	// RemoveUser removes a user with all their credentials and their own snippets.
	RemoveUser(id model.UserID) error
}
