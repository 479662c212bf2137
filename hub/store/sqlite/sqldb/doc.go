// Package sqldb talks to SQLite: connections and the pool of readers, the statements of one
// transaction, the encoding of records and times in columns, the cursors of lists, and the
// meaning of SQLite's errors. It knows no table.
package sqldb
