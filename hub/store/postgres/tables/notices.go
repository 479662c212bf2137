package tables

import (
	"time"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// noticeReader reads notices, and the mails about them.
type noticeReader struct{ *pgdb.Session }

// Notice implements [store.Reader].
func (r noticeReader) Notice(page model.PageID, id string) (model.Notice, error) {
	n, err := pgdb.One[model.Notice](r.Session, `SELECT doc FROM notices WHERE page_id = ? AND id = ?`, page, id)
	return n, pgdb.Wrap(err, "read notice %s of page %s", id, page)
}

// noticesList is the notices' name in a cursor.
const noticesList = "notices"

// Notices implements [store.Reader].
func (r noticeReader) Notices(pages []model.PageID, cursor string, limit int) ([]model.Notice, string, error) {
	from, err := engine.ParseCursor(cursor, noticesList)
	if err != nil || limit <= 0 {
		return nil, "", pgdb.Wrap(err, "read notices")
	}
	var keys []engine.Key
	seen := make(map[model.PageID]bool)
	for _, page := range pages {
		if seen[page] {
			continue
		}
		seen[page] = true
		found, err := r.noticeKeys(page, from, limit+1)
		if err != nil {
			return nil, "", pgdb.Wrap(err, "read notices of page %s", page)
		}
		keys = append(keys, found...)
	}
	keys, more := engine.Newest(keys, limit)
	list := make([]model.Notice, 0, len(keys))
	for _, k := range keys {
		n, err := r.Notice(k.Page, k.ID)
		if err != nil {
			return nil, "", err
		}
		list = append(list, n)
	}
	if !more {
		return list, "", nil
	}
	next, err := keys[len(keys)-1].Place(noticesList).Cursor()
	return list, next, err
}

// noticeKeys returns a Page's newest notices after that place.
func (r noticeReader) noticeKeys(page model.PageID, from *engine.Place, limit int) ([]engine.Key, error) {
	query := `SELECT created_at, id FROM notices WHERE page_id = ?`
	args := pgdb.Args{page}
	if from != nil {
		query += ` AND (created_at, id, page_id) < (?, ?, ?)`
		args = append(args, from.At, from.ID, from.Page)
	}
	return pgdb.Keys(r.Session, page, query+` ORDER BY created_at DESC, id DESC LIMIT ?`, append(args, limit))
}

const dueMailsQuery = `SELECT doc FROM mails WHERE wake_at <> 0 ORDER BY wake_at, page_id, notice_id LIMIT ?`

// DueMails implements [store.Reader].
func (r noticeReader) DueMails(now time.Time, limit int) ([]store.Mail, time.Time, error) {
	limit = max(limit, 0)
	list, err := pgdb.Many[store.Mail](r.Session, dueMailsQuery, limit+1)
	if err != nil {
		return nil, time.Time{}, pgdb.Wrap(err, "read due mails")
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
		return pgdb.Wrap(err, "put notice")
	}
	seq, err := t.change(store.KindNotice, n.ID)
	if err != nil {
		return pgdb.Wrap(err, "put notice")
	}
	n.Seq = seq
	stored := *n
	stored.CreatedAt = engine.Exact(n.CreatedAt)
	doc, err := pgdb.Encode(stored)
	if err == nil {
		err = t.Run(`INSERT INTO notices (page_id, id, created_at, doc) VALUES (?, ?, ?, ?)
			ON CONFLICT (page_id, id) DO UPDATE SET created_at = excluded.created_at, doc = excluded.doc`,
			t.page, n.ID, engine.Micros(stored.CreatedAt), doc)
	}
	return t.Spoil(pgdb.Wrap(err, "put notice %s", n.ID))
}

// PutMail implements [store.PageTx].
func (t noticeWriter) PutMail(m store.Mail) error {
	if err := t.own(m.Page, m.Notice); err != nil {
		return pgdb.Wrap(err, "put mail")
	}
	m.WakeAt = engine.Exact(m.WakeAt)
	doc, err := pgdb.Encode(m)
	if err != nil {
		return pgdb.Wrap(err, "put mail about %s", m.Notice)
	}
	err = t.Run(`INSERT INTO mails (page_id, notice_id, wake_at, doc) VALUES (?, ?, ?, ?)
		ON CONFLICT (page_id, notice_id) DO UPDATE SET wake_at = excluded.wake_at, doc = excluded.doc`,
		t.page, m.Notice, engine.Micros(m.WakeAt), doc)
	return pgdb.Wrap(err, "put mail about %s", m.Notice)
}
