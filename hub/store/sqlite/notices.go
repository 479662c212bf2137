package sqlite

import (
	"cmp"
	"database/sql"
	"slices"

	"parley/hub/store"
	"parley/model"
)

// Notice implements [store.Reader].
func (r reader) Notice(page model.PageID, id string) (model.Notice, error) {
	n, err := one[model.Notice](r.session, `SELECT doc FROM notices WHERE page_id = ? AND id = ?`, page, id)
	return n, wrap(err, "read notice %s of page %s", id, page)
}

// noticesList names the notices in a cursor.
const noticesList = "notices"

// Notices implements [store.Reader].
func (r reader) Notices(pages []model.PageID, cursor string, limit int) ([]model.Notice, string, error) {
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
func (r reader) noticeKeys(page model.PageID, from *place, limit int) ([]key, error) {
	query := `SELECT created_at, id FROM notices WHERE page_id = ?`
	args := arguments{page}
	if from != nil {
		query += ` AND (created_at, id, page_id) < (?, ?, ?)`
		args = append(args, from.At, from.ID, from.Page)
	}
	return r.keys(page, query+` ORDER BY created_at DESC, id DESC LIMIT ?`, append(args, limit))
}

// PutNotice implements [store.PageTx].
func (t pageTx) PutNotice(n *model.Notice) error {
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

// key is where something stands in a list that goes by time, newest first; lists
// of several Pages are merged by it.
type key struct {
	at   int64
	id   string
	page model.PageID
}

// keys reads the keys of a Page, which come first in each row.
func (r reader) keys(page model.PageID, query string, args arguments) ([]key, error) {
	var list []key
	err := r.each(query, args, func(rows *sql.Rows) error {
		k := key{page: page}
		err := rows.Scan(&k.at, &k.id)
		list = append(list, k)
		return err
	})
	return list, err
}

func (k key) place(list string) place {
	return place{List: list, At: k.at, ID: k.id, Page: string(k.page)}
}

// newest sorts keys and returns the first of them; more tells that others follow.
func newest(keys []key, limit int) (first []key, more bool) {
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.id, a.id), cmp.Compare(b.page, a.page))
	})
	if len(keys) > limit {
		return keys[:limit], true
	}
	return keys, false
}
