// Package migrations brings the file of a store up to date, from any older version. The steps
// are the numbered files beside it.
package migrations
