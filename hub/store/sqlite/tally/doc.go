// Package tally keeps how many conversations of a Page there are of each kind, so that counts
// need not read them.
package tally
