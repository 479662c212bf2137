//go:build !linux

package identity

// born knows nothing about files on these systems: a folder that is restored as a whole is
// recognised not by its files, but only by clients that had followed the store.
func born(string) string { return "" }
