// Package pages connects, checks and disconnects Pages, reads and sets their greetings, reads
// the part of their past that the hub lacks, and asks Meta for customers' names.
//
// It owns the installations with their tokens, how far a Page's inbox was read, and the names
// of customers. A Page's row is committed before its webhooks are subscribed to, so that the
// first event finds it. When a change of visibility returns, users who lost access are sent
// nothing of the Page any more.
//
// It needs Meta, hub/company for who is an admin, the transactions of hub/txn, and hub/receive,
// in whose transactions past messages are stored. Functions in [Options] announce a changed
// Page, fail its queued replies and leave notices.
package pages
