package store

import (
	"parley/model"
)

// AuditReader reads the audit log.
type AuditReader interface {
	// Audit returns one page of the audit log, newest first. It leaves out entries about CRM
	// records that the viewer may not see.
	Audit(scopes []AuditScope, viewer Viewer, cursor string, limit int) ([]model.AuditEntry, string, error)
}

// AuditWriter adds to the audit log. It takes no seq.
type AuditWriter interface {
	// AddAudit adds an entry about the transaction's Page; in a transaction on accounts, an
	// entry about no Page.
	AddAudit(e model.AuditEntry) error
}

// AuditScope is a part of the audit log: the entries about a Page, or, if Page is empty, those
// about none.
type AuditScope struct {
	Page model.PageID
	// Content includes what was done inside the Page.
	Content bool
}
