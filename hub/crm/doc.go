// Package crm finds, shows, creates and changes records of the CRM with the permissions of the
// user who asks, links conversations to them, and follows what happens to linked records.
//
// It owns links, what is known about records and who may see them, and the lines in
// conversations about what happened to a record. Users learn nothing here about a record that
// the CRM would not show them, not even that it exists.
//
// It needs the CRM's records and webhooks, hub/company for the grants and the token to call
// them with, and the transactions of hub/txn. Functions and interfaces in [Options] write
// transcripts, authorize conversations and guess the regions of telephone numbers.
package crm
