// Package disk deals with the bytes of the store's files: their locks, the format of the
// write-ahead log, and what deleted rows leave behind in pages and log. It knows no table.
package disk
