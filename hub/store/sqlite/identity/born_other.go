//go:build !linux

package identity

// born knows nothing of files on these systems: a folder that is put back as a whole is
// not recognised by its files, only by the clients that had followed it.
func born(string) string { return "" }
