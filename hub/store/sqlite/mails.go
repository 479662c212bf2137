package sqlite

import (
	"time"

	"parley/hub/store"
)

const dueMailsQuery = `SELECT doc FROM mails WHERE wake_at <> 0 ORDER BY wake_at, page_id, notice_id LIMIT ?`

// DueMails implements [store.Reader].
func (r reader) DueMails(now time.Time, limit int) ([]store.Mail, time.Time, error) {
	limit = max(limit, 0)
	list, err := many[store.Mail](r.session, dueMailsQuery, limit+1)
	if err != nil {
		return nil, time.Time{}, wrap(err, "read due mails")
	}
	for i, m := range list {
		if i == limit || m.WakeAt.After(now) {
			return list[:i], m.WakeAt, nil
		}
	}
	return list, time.Time{}, nil
}

// PutMail implements [store.PageTx].
func (t pageTx) PutMail(m store.Mail) error {
	if err := t.own(m.Page, m.Notice); err != nil {
		return wrap(err, "put mail")
	}
	m.WakeAt = exact(m.WakeAt)
	doc, err := encode(m)
	if err != nil {
		return wrap(err, "put mail about %s", m.Notice)
	}
	err = t.run(`INSERT INTO mails (page_id, notice_id, wake_at, doc) VALUES (?, ?, ?, ?)
		ON CONFLICT (page_id, notice_id) DO UPDATE SET wake_at = excluded.wake_at, doc = excluded.doc`,
		t.page, m.Notice, micros(m.WakeAt), doc)
	return wrap(err, "put mail about %s", m.Notice)
}
