// Package pgdb talks to PostgreSQL: the statements of one transaction, which go out in as few
// round trips as its reads allow, the text of keys, and the meaning of PostgreSQL's errors. It
// knows no table.
package pgdb
