package tables

import (
	"errors"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// auditList is the audit log's name in a cursor.
const auditList = "audit"

// auditReader reads the audit log.
type auditReader struct{ *pgdb.Session }

// Audit implements [store.Reader]. Each Page has two kinds of rows in an index; they are merged
// as notices are.
func (r auditReader) Audit(scopes []store.AuditScope, viewer store.Viewer, cursor string, limit int) ([]model.AuditEntry, string, error) {
	from, err := engine.ParseCursor(cursor, auditList)
	if err != nil || limit <= 0 {
		return nil, "", pgdb.Wrap(err, "read audit log")
	}
	var keys []engine.Key
	seen := make(map[store.AuditScope]bool)
	for _, scope := range scopes {
		for _, content := range []bool{false, true} {
			part := store.AuditScope{Page: scope.Page, Content: content}
			if content && !scope.Content || seen[part] {
				continue
			}
			seen[part] = true
			found, err := r.auditKeys(part, viewer, from, limit+1)
			if err != nil {
				return nil, "", pgdb.Wrap(err, "read audit log of page %s", scope.Page)
			}
			keys = append(keys, found...)
		}
	}
	keys, more := engine.Newest(keys, limit)
	list := make([]model.AuditEntry, 0, len(keys))
	for _, k := range keys {
		e, err := pgdb.One[model.AuditEntry](r.Session, `SELECT doc FROM audit WHERE page_id = ? AND id = ?`, k.Page, k.ID)
		if err != nil {
			return nil, "", pgdb.Wrap(err, "read audit entry %s", k.ID)
		}
		list = append(list, e)
	}
	if !more {
		return list, "", nil
	}
	next, err := keys[len(keys)-1].Place(auditList).Cursor()
	return list, next, err
}

// auditSeen leaves out entries about records that the viewer may not see.
const auditSeen = ` AND (record = '' OR EXISTS (SELECT 1 FROM record_sights s WHERE s.user_id = ? AND s.until > ?
	AND audit.record = s.record_type || ':' || s.record_id))`

// auditKeys returns the newest entries of one kind of a Page after that place.
func (r auditReader) auditKeys(part store.AuditScope, viewer store.Viewer, from *engine.Place, limit int) ([]engine.Key, error) {
	query := `SELECT at, id FROM audit WHERE page_id = ? AND content = ?` + auditSeen
	args := pgdb.Args{part.Page, part.Content, viewer.User, engine.Micros(viewer.Now)}
	if from != nil {
		query += ` AND (at, id, page_id) < (?, ?, ?)`
		args = append(args, from.At, from.ID, from.Page)
	}
	return pgdb.Keys(r.Session, part.Page, query+` ORDER BY at DESC, id DESC LIMIT ?`, append(args, limit))
}

// pageAuditWriter adds to the audit log of a Page.
type pageAuditWriter struct{ pageBase }

// AddAudit implements [store.PageTx].
func (t pageAuditWriter) AddAudit(e model.AuditEntry) error {
	if err := t.own(e.Page, e.ID); err != nil {
		return pgdb.Wrap(err, "add to audit log")
	}
	if e.Conversation != "" && e.Conversation.Page() != t.page {
		return pgdb.Wrap(t.own(e.Conversation.Page(), e.Conversation), "add to audit log")
	}
	return addAudit(t.Session, e)
}

// AccountAudit adds audit entries that belong to no Page.
type AccountAudit struct{ *pgdb.Session }

// AddAudit implements [store.AccountTx].
func (t AccountAudit) AddAudit(e model.AuditEntry) error {
	if e.Page != "" || e.Content() {
		return errors.New("add to audit log: of a page")
	}
	return addAudit(t.Session, e)
}

func addAudit(s *pgdb.Session, e model.AuditEntry) error {
	if e.ID == "" {
		return errors.New("add to audit log: no id")
	}
	e.At = engine.Exact(e.At)
	record := ""
	if e.Record != nil {
		record = e.Record.String()
	}
	doc, err := pgdb.Encode(e)
	if err == nil {
		err = s.Run(`INSERT INTO audit (page_id, id, content, at, record, doc) VALUES (?, ?, ?, ?, ?, ?)`,
			e.Page, e.ID, e.Content(), engine.Micros(e.At), record, doc)
	}
	return pgdb.Wrap(err, "add to audit log")
}
