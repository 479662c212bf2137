// Package tables has the roles about what one Page holds, on PostgreSQL: conversations, messages,
// replies on their way, the Page's log. A transaction has the Page's row locked before it reads
// anything: under READ COMMITTED two transactions could both find a reply queued, and send it.
package tables
