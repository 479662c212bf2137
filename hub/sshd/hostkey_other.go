//go:build !unix

package sshd

import "io/fs"

// exposed reports whether others than its owner may open a file; here modes don't tell.
func exposed(fs.FileInfo) bool { return false }
