// Package crm is what the hub does with the records of the CRM: it finds, shows, makes and
// changes them by the permissions of who asks, links conversations to them, and follows what
// becomes of those that are linked.
//
// It owns links, what is known of records and who sees them, and the lines that tell in a
// conversation what happened. Nobody learns here of a record that the CRM would not show them,
// nor that there is one.
//
// It needs the CRM's records and webhooks, hub/company, by whose grants or token they are
// asked, and the transactions of hub/txn. That a transcript is to be written, who sees a
// conversation and of which region its telephone numbers are it is told by what it is given.
package crm
