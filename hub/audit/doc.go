// Package audit is the log of who did what at the hub: how its entries are made, and who
// reads which of them.
//
// It needs the store to read them. It writes none by itself: an entry is stored in the
// transaction of what it tells of.
package audit
