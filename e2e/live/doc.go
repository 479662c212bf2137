// Package live tests clients that follow a hub through all kinds of trouble, inside one process:
// they run with the race detector.
package live
