package audit

import (
	"time"

	"parley/hub/ids"
	"parley/model"
)

// Entry begins an entry of the audit log. A user without an id is somebody at the hub's own
// machine.
func Entry(kind model.AuditKind, by model.User, at time.Time) model.AuditEntry {
	e := model.AuditEntry{ID: ids.New(), At: at.UTC(), Kind: kind}
	if by.ID != "" {
		ref := by.Ref()
		e.By = &ref
	}
	return e
}

// AboutUser is an entry about a user, made at the hub's own machine.
func AboutUser(kind model.AuditKind, u model.User, at time.Time) model.AuditEntry {
	e := Entry(kind, model.User{}, at)
	ref := u.Ref()
	e.User = &ref
	return e
}

// AboutPage is an entry about a Page as a whole.
func AboutPage(kind model.AuditKind, by model.User, page model.PageID, at time.Time) model.AuditEntry {
	e := Entry(kind, by, at)
	e.Page = page
	return e
}
