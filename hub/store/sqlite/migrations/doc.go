// Package migrations brings the file of a store up to date, from whichever version on. The
// steps are the numbered files beside it.
package migrations
