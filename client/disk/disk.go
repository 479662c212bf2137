// Package disk writes files that survive a crash.
package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// dirMode is the mode of new folders.
const dirMode = 0o700

// Replace writes a whole file, readable by the user alone. It is atomic: after a crash the
// file has either the old or the new content. When Replace returns, the new content is
// durable.
func Replace(path string, b []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	f, err := os.CreateTemp(dir, ".new-*") // has mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	return Settle(dir)
}

// Settle makes changes of a folder durable, if the system can.
func Settle(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync() // some file systems can't, but keep the order anyway
	return d.Close()
}
