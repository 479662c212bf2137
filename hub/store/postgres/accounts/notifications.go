package accounts

import (
	"parley/hub/store/postgres/pgdb"
	"parley/model"
	"parley/model/notify"
)

// NotificationReader reads what users want to be notified of.
type NotificationReader struct{ *pgdb.Session }

// NotificationPreferences implements [store.Reader].
func (r NotificationReader) NotificationPreferences(user model.UserID) (notify.Preferences, error) {
	p, err := pgdb.One[notify.Preferences](r.Session, `SELECT doc FROM notification_preferences WHERE user_id = ?`, user)
	return p, pgdb.Wrap(err, "read notification preferences of user %s", user)
}

// NotificationWriter changes what users want to be notified of.
type NotificationWriter struct{ *pgdb.Session }

// PutNotificationPreferences implements [store.AccountTx].
func (t NotificationWriter) PutNotificationPreferences(user model.UserID, p notify.Preferences) error {
	doc, err := pgdb.Encode(p)
	if err == nil {
		err = t.Run(`INSERT INTO notification_preferences (user_id, doc) VALUES (?, ?)
			ON CONFLICT (user_id) DO UPDATE SET doc = excluded.doc`, user, doc)
	}
	return pgdb.Wrap(err, "put notification preferences of user %s", user)
}
