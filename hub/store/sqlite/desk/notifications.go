package desk

import (
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
	"parley/model/notify"
)

// NotificationReader reads what users want to be notified of.
type NotificationReader struct{ *sqldb.Session }

// NotificationPreferences implements [store.Reader].
func (r NotificationReader) NotificationPreferences(user model.UserID) (notify.Preferences, error) {
	p, err := sqldb.One[notify.Preferences](r.Session, `SELECT doc FROM notification_preferences WHERE user_id = ?`, user)
	return p, sqldb.Wrap(err, "read notification preferences of user %s", user)
}

// NotificationWriter changes what users want to be notified of.
type NotificationWriter struct{ *sqldb.Session }

// PutNotificationPreferences implements [store.AccountTx].
func (t NotificationWriter) PutNotificationPreferences(user model.UserID, p notify.Preferences) error {
	doc, err := sqldb.Encode(p)
	if err == nil {
		err = t.Run(`INSERT INTO notification_preferences (user_id, doc) VALUES (?, ?)
			ON CONFLICT (user_id) DO UPDATE SET doc = excluded.doc`, user, doc)
	}
	return sqldb.Wrap(err, "put notification preferences of user %s", user)
}
