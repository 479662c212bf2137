package sqlite

import (
	"time"

	"parley/hub/store"
	"parley/model"
)

// noticeReader reads notices, and the mails about them.
type noticeReader struct{ *session }

// Notice implements [store.Reader].
func (r noticeReader) Notice(page model.PageID, id string) (model.Notice, error) {
	n, err := one[model.Notice](r.session, `SELECT doc FROM notices WHERE page_id = ? AND id = ?`, page, id)
	return n, wrap(err, "read notice %s of page %s", id, page)
}

// noticesList names the notices in a cursor.
const noticesList = "notices"

// Notices implements [store.Reader].
func (r noticeReader) Notices(pages []model.PageID, cursor string, limit int) ([]model.Notice, string, error) {
	from, err := parseCursor(cursor, noticesList)
	if err != nil || limit <= 0 {
		return nil, "", wrap(err, "read notices")
	}
	var keys []key
	seen := make(map[model.PageID]bool)
	for _, page := range pages {
		if seen[page] {
			continue
		}
		seen[page] = true
		found, err := r.noticeKeys(page, from, limit+1)
		if err != nil {
			return nil, "", wrap(err, "read notices of page %s", page)
		}
		keys = append(keys, found...)
	}
	keys, more := newest(keys, limit)
	list := make([]model.Notice, 0, len(keys))
	for _, k := range keys {
		n, err := r.Notice(k.page, k.id)
		if err != nil {
			return nil, "", err
		}
		list = append(list, n)
	}
	if !more {
		return list, "", nil
	}
	next, err := keys[len(keys)-1].place(noticesList).cursor()
	return list, next, err
}

// noticeKeys returns a Page's newest notices after that place.
func (r noticeReader) noticeKeys(page model.PageID, from *place, limit int) ([]key, error) {
	query := `SELECT created_at, id FROM notices WHERE page_id = ?`
	args := arguments{page}
	if from != nil {
		query += ` AND (created_at, id, page_id) < (?, ?, ?)`
		args = append(args, from.At, from.ID, from.Page)
	}
	return keysOf(r.session, page, query+` ORDER BY created_at DESC, id DESC LIMIT ?`, append(args, limit))
}

const dueMailsQuery = `SELECT doc FROM mails WHERE wake_at <> 0 ORDER BY wake_at, page_id, notice_id LIMIT ?`

// DueMails implements [store.Reader].
func (r noticeReader) DueMails(now time.Time, limit int) ([]store.Mail, time.Time, error) {
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

// noticeWriter writes notices, and the mails about them.
type noticeWriter struct{ pageBase }

// PutNotice implements [store.PageTx].
func (t noticeWriter) PutNotice(n *model.Notice) error {
	if err := t.own(n.PageID, n.ID); err != nil {
		return wrap(err, "put notice")
	}
	seq, err := t.change(store.KindNotice, n.ID)
	if err != nil {
		return wrap(err, "put notice")
	}
	n.Seq = seq
	stored := *n
	stored.CreatedAt = exact(n.CreatedAt)
	doc, err := encode(stored)
	if err == nil {
		err = t.run(`INSERT INTO notices (page_id, id, created_at, doc) VALUES (?, ?, ?, ?)
			ON CONFLICT (page_id, id) DO UPDATE SET created_at = excluded.created_at, doc = excluded.doc`,
			t.page, n.ID, micros(stored.CreatedAt), doc)
	}
	return t.spoil(wrap(err, "put notice %s", n.ID))
}

// PutMail implements [store.PageTx].
func (t noticeWriter) PutMail(m store.Mail) error {
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
