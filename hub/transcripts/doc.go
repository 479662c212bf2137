// Package transcripts keeps what was said in linked conversations in the CRM, as notes on the
// records that they are linked to.
//
// It owns when each transcript is written and what was written; both are in the store, so that
// a hub that was killed continues. The text of a transcript is composed in hub/transcript.
//
// It needs the CRM's notes, hub/company for the grants or the token to write them with, and
// what hub/crm knows about links. It does not decide who may see a conversation or a record.
package transcripts
