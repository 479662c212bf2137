//go:build unix

package sshd

import "io/fs"

// exposed reports whether others than its owner may open a file.
func exposed(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
