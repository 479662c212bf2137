// Package txn is a transaction of one Page: what a change of the Page, its conversations
// and their messages brings with it, whoever makes it.
//
// It owns the conversations that a transaction touches and stores each once, at its end,
// with its last message and who waits in it; the time that counts for an event; and what
// came before that which it is about. [Store] has each commit told.
//
// It needs a store, and the time.
//
// It calls nobody outside, decides nothing of what may be sent or who may see what, and
// knows nothing of what is done with what it stores.
package txn
