package audit

import (
	"context"
	"time"

	"parley/hub/store"
	"parley/model"
)

// Log reads the audit log.
type Log struct {
	store store.Store
	now   func() time.Time
}

// NewLog returns the audit log of a store.
func NewLog(s store.Store, now func() time.Time) *Log { return &Log{store: s, now: now} }

// Audit returns one page of the audit log for an admin, newest first. Actions inside a Page
// show only to those who see the Page, and entries about a CRM record only to those who may see
// the record.
func (l *Log) Audit(ctx context.Context, user model.User, cursor string, limit int) ([]model.AuditEntry, string, error) {
	if !user.Admin {
		return nil, "", model.Refuse(model.NotAdmin)
	}
	var out []model.AuditEntry
	var next string
	err := l.store.Read(ctx, func(r store.Reader) error {
		pages, err := r.Pages()
		if err != nil {
			return err
		}
		scopes := []store.AuditScope{{}}
		for _, p := range pages {
			scopes = append(scopes, store.AuditScope{Page: p.ID, Content: model.CanSee(user.ID, p.Page)})
		}
		out, next, err = r.Audit(scopes, store.Viewer{User: user.ID, Now: l.now()}, cursor, limit)
		return err
	})
	return out, next, err
}
