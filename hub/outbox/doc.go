// Package outbox sends what users write: replies, at most once each by itself, their files,
// reactions, and that somebody types or has read.
//
// [Outbox] accepts replies, has workers send them when they are due, says what became of
// each attempt, and looks into the Page's inbox where nobody knows. [Reactions] and
// [SenderActions] may reach Meta twice; [Files] keeps what is uploaded.
//
// It needs the store, Meta, the Pages' tokens, and how replies stand on their way
// (package replies).
//
// No call leaves before its attempt is on disk, and none that may have arrived is made again
// but by a person. It tells no client of anything: that is done by who reads the store's log.
package outbox
