// Package transcripts keeps what was said in linked conversations in the CRM, as notes on the
// records that they are linked to.
//
// It owns when each transcript is written and what was written of it; both stand in the store,
// so that a hub that was killed goes on. What a transcript says is made in hub/transcript.
//
// It needs the CRM's notes, hub/company, by whose grants or token they are written, and what
// hub/crm says of links. It decides nothing of who sees a conversation or a record.
package transcripts
