package client

import (
	"context"
	"net/http"

	"parley/model"
)

// AuditList is one page of the audit log, newest first.
type AuditList struct {
	Entries []model.AuditEntry `json:"entries"`
	// Cursor is that of the next page; empty at the end.
	Cursor string `json:"cursor"`
}

// Audit returns a page of the audit log; only admins may read it.
func (c *Client) Audit(ctx context.Context, q model.ListQuery) (AuditList, error) {
	var out AuditList
	err := c.call(ctx, http.MethodGet, "/v1/audit", values(q), nil, &out)
	return out, err
}
