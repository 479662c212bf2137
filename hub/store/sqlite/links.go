package sqlite

import (
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"parley/hub/store"
	"parley/model"
)

// Links implements [store.Reader].
func (r reader) Links(id model.ConversationID) ([]store.Link, error) {
	list, err := many[store.Link](r.session, `SELECT doc FROM links WHERE page_id = ? AND conversation_id = ?
		ORDER BY CASE record_type WHEN 'person' THEN 0 ELSE 1 END, record_type, record_id`, id.Page(), id)
	return list, wrap(err, "read links of %s", id)
}

// LinksTo implements [store.Reader].
func (r reader) LinksTo(record model.RecordRef) ([]store.Link, error) {
	list, err := many[store.Link](r.session, `SELECT doc FROM links WHERE record_type = ? AND record_id = ?
		ORDER BY page_id, conversation_id`, record.Type, record.ID)
	return list, wrap(err, "read links to %s", record)
}

// seenLinksQuery begins with what somebody was found to see of late, which is little.
const seenLinksQuery = `SELECT l.conversation_id, l.record_type, l.record_id, COALESCE(k.title, ''), y.doc
	FROM record_sights s JOIN links l ON l.record_type = s.record_type AND l.record_id = s.record_id
	LEFT JOIN records k ON k.record_type = s.record_type AND k.record_id = s.record_id
	LEFT JOIN syncs y ON y.page_id = l.page_id AND y.conversation_id = l.conversation_id
	WHERE s.user_id = ? AND s.until > ? AND l.page_id = ?
	ORDER BY l.conversation_id, CASE l.record_type WHEN 'person' THEN 0 ELSE 1 END, l.record_type, l.record_id`

// SeenLinks implements [store.Reader].
func (r reader) SeenLinks(page model.PageID, viewer store.Viewer) ([]store.SeenLink, error) {
	var list []store.SeenLink
	err := r.each(seenLinksQuery, arguments{viewer.User, micros(viewer.Now), page}, func(rows *sql.Rows) error {
		var l store.SeenLink
		var doc sql.RawBytes
		if err := rows.Scan(&l.Conversation, &l.Type, &l.ID, &l.Title, &doc); err != nil {
			return err
		}
		sync, err := syncOf(doc)
		if err != nil {
			return err
		}
		l.Synced = sync
		list = append(list, l)
		return nil
	})
	return list, wrap(err, "read links of page %s", page)
}

// SeesRecord implements [store.Reader].
func (r reader) SeesRecord(record model.RecordRef, viewer store.Viewer) (bool, error) {
	var sees bool
	err := r.get(`SELECT EXISTS (SELECT 1 FROM record_sights WHERE user_id = ? AND record_type = ? AND record_id = ? AND until > ?)`,
		arguments{viewer.User, record.Type, record.ID, micros(viewer.Now)}, &sees)
	return sees, wrap(err, "read who sees %s", record)
}

// RecordTitle implements [store.Reader].
func (r reader) RecordTitle(record model.RecordRef) (model.Untrusted, error) {
	var title string
	err := r.get(`SELECT title FROM records WHERE record_type = ? AND record_id = ?`, arguments{record.Type, record.ID}, &title)
	return model.Untrusted(title), wrap(err, "read title of %s", record)
}

// RecordState implements [store.Reader].
func (r reader) RecordState(record model.RecordRef) (store.RecordState, error) {
	var state string
	err := r.get(`SELECT state FROM records WHERE record_type = ? AND record_id = ?`, arguments{record.Type, record.ID}, &state)
	if errors.Is(err, store.ErrNotFound) || err == nil && state == "" {
		return store.RecordState{}, nil
	}
	var s store.RecordState
	if err == nil {
		err = json.Unmarshal([]byte(state), &s)
	}
	return s, wrap(err, "read state of %s", record)
}

// LinkedRecords implements [store.Reader].
func (r reader) LinkedRecords() ([]model.RecordRef, error) {
	var list []model.RecordRef
	err := r.each(`SELECT DISTINCT record_type, record_id FROM links ORDER BY record_type, record_id`, nil, func(rows *sql.Rows) error {
		var ref model.RecordRef
		if err := rows.Scan(&ref.Type, &ref.ID); err != nil {
			return err
		}
		list = append(list, ref)
		return nil
	})
	return list, wrap(err, "read linked records")
}

// PutLink implements [store.PageTx].
func (t pageTx) PutLink(l store.Link) error {
	if err := t.own(l.Conversation.Page(), l.Conversation); err != nil {
		return wrap(err, "put link")
	}
	if _, err := t.Conversation(l.Conversation); err != nil {
		return wrap(err, "put link")
	}
	if _, err := t.change(store.KindLink, store.LinkID(l.Conversation, l.Record)); err != nil {
		return wrap(err, "put link")
	}
	l.At = exact(l.At)
	doc, err := encode(l)
	if err == nil {
		err = t.run(`INSERT INTO links (page_id, conversation_id, record_type, record_id, doc) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (page_id, conversation_id, record_type, record_id) DO UPDATE SET doc = excluded.doc`,
			t.page, l.Conversation, l.Record.Type, l.Record.ID, doc)
	}
	return t.spoil(wrap(err, "put link of %s to %s", l.Conversation, l.Record))
}

// RemoveLink implements [store.PageTx].
func (t pageTx) RemoveLink(id model.ConversationID, record model.RecordRef) error {
	if err := t.own(id.Page(), id); err != nil {
		return wrap(err, "remove link")
	}
	n, err := t.exec(`DELETE FROM links WHERE page_id = ? AND conversation_id = ? AND record_type = ? AND record_id = ?`,
		t.page, id, record.Type, record.ID)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return wrap(err, "remove link of %s", id)
	}
	_, err = t.change(store.KindLink, store.LinkID(id, record))
	return t.spoil(wrap(err, "remove link of %s", id))
}

// SetRecordTitle implements [store.AccountTx].
func (t accountTx) SetRecordTitle(record model.RecordRef, title model.Untrusted) error {
	err := t.run(`INSERT INTO records (record_type, record_id, title) VALUES (?, ?, ?)
		ON CONFLICT (record_type, record_id) DO UPDATE SET title = excluded.title`, record.Type, record.ID, string(title))
	return wrap(err, "set title of %s", record)
}

// SetRecordState implements [store.AccountTx].
func (t accountTx) SetRecordState(record model.RecordRef, s store.RecordState) error {
	doc, err := json.Marshal(s)
	if err == nil {
		err = t.run(`INSERT INTO records (record_type, record_id, title, state) VALUES (?, ?, '', ?)
			ON CONFLICT (record_type, record_id) DO UPDATE SET state = excluded.state`, record.Type, record.ID, string(doc))
	}
	return wrap(err, "set state of %s", record)
}

// SetSights implements [store.AccountTx].
func (t accountTx) SetSights(record model.RecordRef, users []model.UserID, until time.Time) error {
	err := t.run(`DELETE FROM record_sights WHERE record_type = ? AND record_id = ?`, record.Type, record.ID)
	for _, u := range users {
		if err == nil {
			err = t.SetSight(record, u, until)
		}
	}
	return wrap(err, "set who sees %s", record)
}

// SetSight implements [store.AccountTx].
func (t accountTx) SetSight(record model.RecordRef, user model.UserID, until time.Time) error {
	if until.IsZero() {
		err := t.run(`DELETE FROM record_sights WHERE user_id = ? AND record_type = ? AND record_id = ?`, user, record.Type, record.ID)
		return wrap(err, "set that %s does not see %s", user, record)
	}
	err := t.run(`INSERT INTO record_sights (user_id, record_type, record_id, until) VALUES (?, ?, ?, ?)
		ON CONFLICT (user_id, record_type, record_id) DO UPDATE SET until = excluded.until`, user, record.Type, record.ID, micros(until))
	return wrap(err, "set that %s sees %s", user, record)
}

// ForgetSights implements [store.AccountTx].
func (t accountTx) ForgetSights(before time.Time) error {
	return wrap(t.run(`DELETE FROM record_sights WHERE until <= ?`, micros(before)), "forget who saw which record")
}
