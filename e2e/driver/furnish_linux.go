package driver

import (
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Where asProgram is set, tmpfsAt names a folder to be put on a small file system,
// tmpfsOptions says how; the process must have a mount namespace of its own.
const (
	TmpfsAt      = "TEST_TMPFS_AT"
	TmpfsOptions = "TEST_TMPFS_OPTIONS"
)

// furnish prepares the world that a process of a test runs in. Writing past a limit of
// file size is an error there, as on a disk that is full, and not the end.
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
	// What is in the folder is in the new file system, too.
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
