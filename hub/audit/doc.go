// Package audit is the log of who did what at the hub: it makes the entries and decides who
// reads which.
//
// It needs the store to read them. It writes none itself: an entry is stored in the transaction
// that it reports.
package audit
