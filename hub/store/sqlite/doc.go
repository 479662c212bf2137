// Package sqlite is a store in one SQLite file.
//
// # Writing
//
// One connection writes. A goroutine owns it and groups waiting transactions, of any Page, into
// one commit; each runs in a savepoint of its own, so that it succeeds or fails by itself, and
// its caller gets the result only after the commit, which is synced to disk. The caller's
// function runs on the caller's own goroutine when its turn comes; it must not call the Store's
// writing methods.
//
// A call whose context ends before its turn is not run. One whose context ends during its
// commit returns the context's error, and may still be committed.
//
// # Reading
//
// Six connections read alongside the writer, each transaction on its own snapshot. A function
// that reads must not begin another read.
//
// # Deleting
//
// A transaction that deletes what somebody said returns once no byte of it is left: rows are
// overwritten, the search index forgets the words in place, copies left behind by moved rows
// are overwritten, and the write-ahead log is emptied. See writer, disk and searchindex.
//
// # Times
//
// Times that are compared or sorted by are stored to the microsecond.
//
// # Text
//
// Records are stored as JSON, which holds every valid text exactly. Text that is not valid
// UTF-8 is refused instead of being altered.
//
// # Packages
//
// This package opens the store and assembles its parts. Each part imports only those above it:
//
//	sqldb                   connections, transactions, records, cursors
//	disk, searchindex       the bytes of the files; the index of words
//	identity, desk          is it still the same store; what users keep for their work
//	tables                  the roles of hub/store
//	migrations, writer      the steps of the schema; the writing connection
package sqlite
