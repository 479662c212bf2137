package driver

import (
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// With asProgram set, TmpfsAt names a folder to put on a small file system with TmpfsOptions; the
// process must have a mount namespace of its own.
const (
	TmpfsAt      = "TEST_TMPFS_AT"
	TmpfsOptions = "TEST_TMPFS_OPTIONS"
)

// furnish prepares the environment of a process under test. Writing past a limit of file size is
// an error there, as on a full disk, and does not end the process.
func furnish() error {
	signal.Ignore(unix.SIGXFSZ)
	if at := os.Getenv(TmpfsAt); at != "" {
		return mountAt(at)
	}
	return nil
}

func mountAt(at string) error {
	var flags uintptr
	options := os.Getenv(TmpfsOptions)
	if options == "ro" {
		flags, options = unix.MS_RDONLY, ""
	}
	// The new file system gets the folder's files.
	before := os.DirFS(at)
	files, err := fs.Glob(before, "*")
	if err != nil {
		return err
	}
	content := make(map[string][]byte, len(files))
	for _, f := range files {
		if content[f], err = fs.ReadFile(before, f); err != nil {
			return err
		}
	}
	if err := unix.Mount("tmpfs", at, "tmpfs", flags, options); err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	for f, b := range content {
		if err := os.WriteFile(filepath.Join(at, f), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}
