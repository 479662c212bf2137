// Package live has the tests of clients that follow a hub through every trouble, inside
// one process: they run with the race detector.
package live
