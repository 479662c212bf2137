// Package writer owns the connection that writes: the transactions that wait for their turn,
// the commits that several of them share, and after these the folding of the log into the
// file and the overwriting of what was deleted.
package writer
