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
	// ChangeUser stores a user who is there as they are now.
	ChangeUser(u model.User) error
	// RemoveUser removes a user, with all that signs them in.
	RemoveUser(id model.UserID) error
}
