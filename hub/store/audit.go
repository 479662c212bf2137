package store

import (
	"parley/model"
)

// AuditReader reads the audit log.
type AuditReader interface {
	// Audit returns a page of the audit log, newest first. An entry about a record of the
	// CRM is among them for a viewer who may see the record.
	Audit(scopes []AuditScope, viewer Viewer, cursor string, limit int) ([]model.AuditEntry, string, error)
}

// AuditWriter adds to the audit log, without a seq.
type AuditWriter interface {
	// AddAudit adds an entry about the transaction's Page to the audit log; of a transaction
	// on accounts, an entry about no Page.
	AddAudit(e model.AuditEntry) error
}

// AuditScope is a part of the audit log: what is about a Page, or, where that is empty,
// about none.
type AuditScope struct {
	Page model.PageID
	// Content: also what was done inside the Page.
	Content bool
}
