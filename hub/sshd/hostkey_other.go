//go:build !unix

package sshd

import "io/fs"

// exposed tells whether others than its owner may open a file; here modes don't say.
func exposed(fs.FileInfo) bool { return false }
