package hub

import (
	"context"
	"time"

	"parley/hub/ids"
	"parley/hub/store"
	"parley/model"
)

// entry begins an entry of the audit log. A user without an id is somebody at the
// hub's own machine.
func entry(kind model.AuditKind, by model.User, at time.Time) model.AuditEntry {
	e := model.AuditEntry{ID: ids.New(), At: at.UTC(), Kind: kind}
	if by.ID != "" {
		ref := by.Ref()
		e.By = &ref
	}
	return e
}

// aboutUser is an entry about a user, made at the hub's own machine.
func aboutUser(kind model.AuditKind, u model.User, at time.Time) model.AuditEntry {
	e := entry(kind, model.User{}, at)
	ref := u.Ref()
	e.User = &ref
	return e
}

// aboutPage is an entry about a Page as a whole.
func aboutPage(kind model.AuditKind, by model.User, page model.PageID, at time.Time) model.AuditEntry {
	e := entry(kind, by, at)
	e.Page = page
	return e
}

// Audit returns a page of the audit log, newest first, for admins. What was done inside
// a Page is told to those who see it, and of records of the CRM nothing to who may not see
// the record.
func (h *Hub) Audit(ctx context.Context, user model.User, cursor string, limit int) ([]model.AuditEntry, string, error) {
	if !user.Admin {
		return nil, "", model.Refuse(model.NotAdmin)
	}
	var out []model.AuditEntry
	var next string
	err := h.store.Read(ctx, func(r store.Reader) error {
		pages, err := r.Pages()
		if err != nil {
			return err
		}
		scopes := []store.AuditScope{{}}
		for _, p := range pages {
			scopes = append(scopes, store.AuditScope{Page: p.ID, Content: model.CanSee(user.ID, p.Page)})
		}
		out, next, err = r.Audit(scopes, store.Viewer{User: user.ID, Now: h.utc()}, cursor, limit)
		return err
	})
	return out, next, err
}
