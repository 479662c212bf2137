// Package disk writes files that outlast a crash.
package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// dirMode is that of folders that are made.
const dirMode = 0o700

// Replace writes a file as a whole, readable by the user alone: whatever happens
// meanwhile, it holds what it held or what it is to hold. When Replace returns, the
// new content survives a crash.
func Replace(path string, b []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	f, err := os.CreateTemp(dir, ".new-*") // which nobody else may read
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

// Settle makes what changed in a folder outlast a loss of power, where the system
// can.
func Settle(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync() // some file systems can't, and keep the order by themselves
	return d.Close()
}
