// Package sqldb speaks to SQLite: connections and the pool of those that read, the
// statements of one transaction, records and times as columns hold them, the cursors of
// lists, and what SQLite's errors mean. It knows no table.
package sqldb
