// Package outbox sends what users write: replies, which leave at most once without a person
// asking, their files, reactions, and sender actions.
//
// [Outbox] accepts replies, has workers send them when due, records the outcome of each
// attempt, and looks into the Page's inbox when the outcome is unknown. [Reactions] and
// [SenderActions] may reach Meta twice. [Files] keeps uploads.
//
// It needs the store, Meta, the Pages' tokens, and package replies.
//
// No call is made before its attempt is on disk, and a call that may have arrived is repeated
// only by a person. It does not notify clients: they learn of changes from the store's log.
package outbox
