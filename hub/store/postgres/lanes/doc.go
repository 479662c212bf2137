// Package lanes commits what is written to the store. The transactions of one Page stand in line:
// one of them at a time has the Page's row, and those that wait behind it go into the same commit,
// each in a savepoint of its own, so that each succeeds or fails by itself. Different Pages are
// written at the same time, on a connection each.
package lanes
