package store

import (
	"parley/model"
	"parley/model/notify"
)

// NotificationReader reads what users want to be notified of.
type NotificationReader interface {
	// NotificationPreferences returns a user's preferences, or [ErrNotFound] if they set none.
	NotificationPreferences(user model.UserID) (notify.Preferences, error)
}

// NotificationWriter changes what users want to be notified of.
type NotificationWriter interface {
	// PutNotificationPreferences stores a user's preferences. They go with the user.
	PutNotificationPreferences(user model.UserID, p notify.Preferences) error
}
