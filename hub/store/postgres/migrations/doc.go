// Package migrations brings the schema of a database up to date, from any older version, by goose.
// The steps are the numbered files beside it.
package migrations
