// Package postgres is a store in one PostgreSQL database.
//
// # Writing
//
// A transaction of a Page locks the Page's row first: under READ COMMITTED two transactions could
// otherwise both judge the same state, and both act on it. What it writes waits, and goes out in
// one round trip with the next read, or with the commit, so that the row is held for few of them.
// The transactions of one Page stand in line within the hub; those that wait go into one commit,
// each in a savepoint of its own. See lanes.
//
// A transaction on accounts locks a row of the store; each of its statements may fail by itself.
//
// Nothing is repeated that may have been committed. If the connection is lost during a commit, the
// Page's row tells whether it was done: it counts transactions.
//
// # Reading
//
// A read is one REPEATABLE READ, READ ONLY transaction, which sees the store as it is at its first
// statement.
//
// # One hub
//
// A row says which hub holds the store. It renews that by the database's clock, and each commit
// checks it. See holder.
//
// # Text
//
// Records are JSON in bytes, as PostgreSQL's text and jsonb refuse U+0000. Keys are text that is
// compared by its bytes; in them U+0000 is escaped (pgdb).
//
// # Search
//
// Words are ours, in a tsvector. It keeps 255 positions of a word and 16,383 of a text; a longer
// text keeps none, is found by its words alone, and is then looked through.
//
// # Deleting
//
// PostgreSQL overwrites nothing that is deleted: see [Store.Erased].
//
// # Portable
//
// Keys of a Page's data begin with its id and no transaction spans Pages; there is no serial, LISTEN
// or advisory lock. So Pages can be divided among machines.
//
// # Packages
//
// This package opens the store and assembles its parts:
//
//	pgdb                      statements of a transaction, text, errors
//	accounts, lists, tables   the roles of hub/store
//	migrations                the steps of the schema
//	lanes, holder             commits; one hub at a time
//	pgtest                    a server for tests
package postgres
