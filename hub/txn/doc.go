// Package txn is a transaction of one Page: what follows from a change of the Page, its
// conversations and their messages, whoever makes the change.
//
// A transaction holds the conversations it touches and stores each once, at its end, with its
// last message and who waits in it. It also decides which time counts for an event, and keeps
// events that come before what they are about. [Store] reports each commit.
//
// It needs a store and the time.
//
// It makes no outside calls, decides neither what may be sent nor who may see what, and does
// not know what its data is used for.
package txn
