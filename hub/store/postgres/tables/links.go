package tables

import (
	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// linkReader reads links to CRM records.
type linkReader struct{ *pgdb.Session }

// Links implements [store.Reader].
func (r linkReader) Links(id model.ConversationID) ([]store.Link, error) {
	list, err := pgdb.Many[store.Link](r.Session, `SELECT doc FROM links WHERE page_id = ? AND conversation_id = ?
		ORDER BY CASE record_type WHEN 'person' THEN 0 ELSE 1 END, record_type, record_id`, id.Page(), id)
	return list, pgdb.Wrap(err, "read links of %s", id)
}

// LinksTo implements [store.Reader].
func (r linkReader) LinksTo(record model.RecordRef) ([]store.Link, error) {
	list, err := pgdb.Many[store.Link](r.Session, `SELECT doc FROM links WHERE record_type = ? AND record_id = ?
		ORDER BY page_id, conversation_id`, record.Type, record.ID)
	return list, pgdb.Wrap(err, "read links to %s", record)
}

// seenLinksQuery starts from the viewer's current permissions, which are few.
const seenLinksQuery = `SELECT l.conversation_id, l.record_type, l.record_id, COALESCE(k.title, ''::bytea), y.doc
	FROM record_sights s JOIN links l ON l.record_type = s.record_type AND l.record_id = s.record_id
	LEFT JOIN records k ON k.record_type = s.record_type AND k.record_id = s.record_id
	LEFT JOIN syncs y ON y.page_id = l.page_id AND y.conversation_id = l.conversation_id
	WHERE s.user_id = ? AND s.until > ? AND l.page_id = ?
	ORDER BY l.conversation_id, CASE l.record_type WHEN 'person' THEN 0 ELSE 1 END, l.record_type, l.record_id`

// SeenLinks implements [store.Reader].
func (r linkReader) SeenLinks(page model.PageID, viewer store.Viewer) ([]store.SeenLink, error) {
	var list []store.SeenLink
	err := r.Each(seenLinksQuery, pgdb.Args{viewer.User, engine.Micros(viewer.Now), page}, func(rows pgx.Rows) error {
		var l store.SeenLink
		var title, doc []byte
		if err := rows.Scan(&l.Conversation, &l.Type, &l.ID, &title, &doc); err != nil {
			return err
		}
		l.Title = model.Untrusted(title)
		sync, err := syncOf(doc)
		if err != nil {
			return err
		}
		l.Synced = sync
		list = append(list, l)
		return nil
	})
	return list, pgdb.Wrap(err, "read links of page %s", page)
}

// LinkedRecords implements [store.Reader].
func (r linkReader) LinkedRecords() ([]model.RecordRef, error) {
	var list []model.RecordRef
	err := r.Each(`SELECT DISTINCT record_type, record_id FROM links ORDER BY record_type, record_id`, nil, func(rows pgx.Rows) error {
		var ref model.RecordRef
		if err := rows.Scan(&ref.Type, &ref.ID); err != nil {
			return err
		}
		list = append(list, ref)
		return nil
	})
	return list, pgdb.Wrap(err, "read linked records")
}

// linkWriter writes links to CRM records.
type linkWriter struct{ pageBase }

// PutLink implements [store.PageTx].
func (t linkWriter) PutLink(l store.Link) error {
	if err := t.own(l.Conversation.Page(), l.Conversation); err != nil {
		return pgdb.Wrap(err, "put link")
	}
	if err := t.exists(l.Conversation); err != nil {
		return pgdb.Wrap(err, "put link")
	}
	if _, err := t.change(store.KindLink, store.LinkID(l.Conversation, l.Record)); err != nil {
		return pgdb.Wrap(err, "put link")
	}
	l.At = engine.Exact(l.At)
	doc, err := pgdb.Encode(l)
	if err == nil {
		err = t.Run(`INSERT INTO links (page_id, conversation_id, record_type, record_id, doc) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (page_id, conversation_id, record_type, record_id) DO UPDATE SET doc = excluded.doc`,
			t.page, l.Conversation, l.Record.Type, l.Record.ID, doc)
	}
	return t.Spoil(pgdb.Wrap(err, "put link of %s to %s", l.Conversation, l.Record))
}

// RemoveLink implements [store.PageTx].
func (t linkWriter) RemoveLink(id model.ConversationID, record model.RecordRef) error {
	if err := t.own(id.Page(), id); err != nil {
		return pgdb.Wrap(err, "remove link")
	}
	n, err := t.Exec(`DELETE FROM links WHERE page_id = ? AND conversation_id = ? AND record_type = ? AND record_id = ?`,
		t.page, id, record.Type, record.ID)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return pgdb.Wrap(err, "remove link of %s", id)
	}
	_, err = t.change(store.KindLink, store.LinkID(id, record))
	return t.Spoil(pgdb.Wrap(err, "remove link of %s", id))
}
