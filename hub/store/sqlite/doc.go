// Package sqlite keeps a store in one SQLite file.
//
// # Writing
//
// One connection writes. A goroutine owns it and gathers the transactions that
// wait, of any Page, into one commit; each runs in a savepoint of its own, so it
// stands or falls by itself, and its caller hears of it only after the commit,
// which is synced to disk. The caller's function runs on the caller's own
// goroutine when its turn has come; it must not call the Store's writing methods.
//
// A call whose context ends before its turn is not run. One whose context ends
// while its commit is under way answers the context's error, and may still be
// kept.
//
// # Reading
//
// Four connections read, each transaction on its own snapshot, beside the
// writer. A function that reads must not begin another read.
//
// # Deleting
//
// A transaction that deletes what somebody said is answered once no byte of it is left:
// rows are overwritten, the search index forgets the words where they stand, what moving
// rows left behind is overwritten, and the log is emptied. See writer, disk and
// searchindex.
//
// # Times
//
// Times are kept to the microsecond where something is sorted or judged by them.
//
// # Text
//
// Records are kept as JSON, which holds every valid text exactly. Text that is
// not valid UTF-8 is refused with an error instead of being altered.
//
// # Rooms
//
// This package opens the store and puts its parts together. Each part below imports
// only those above it:
//
//	sqldb                   connections, transactions, records, cursors
//	disk, searchindex       the bytes of the files; the index of words
//	identity, tables        is it still the same store; what stands in which table
//	migrations, writer      the schema's steps; who writes, and overwrites
package sqlite
