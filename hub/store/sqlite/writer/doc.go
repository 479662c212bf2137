// Package writer owns the connection that writes: the transactions that wait for their turn,
// the commits that they share, and after these the folding of the log into the file and the
// overwriting of deleted data.
package writer
