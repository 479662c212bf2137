package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"parley/hub/store"
)

const (
	folderMode = 0o700
	fileMode   = 0o600
)

// A hub holds two locks. That on the file beside the store is there before the store is,
// but whoever deletes that file lets another one in; so the store's own file is locked,
// too (see hold).
//
// SQLite has POSIX locks on that file, and those have a trap: the process loses all of
// them as soon as it closes any descriptor of the file. So the descriptor of ours is
// closed after SQLite's.

// mostLinks are as many symbolic links as a system follows.
const mostLinks = 40

// Real is the path of a store without symbolic links, where the files beside it are, also
// where there is none yet.
func Real(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	for range mostLinks {
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return "", err
		}
		path = filepath.Join(dir, filepath.Base(path))
		to, err := os.Readlink(path)
		if err != nil {
			return path, nil // no link, or nothing
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(dir, to)
		}
		path = to
	}
	return "", fmt.Errorf("%s: too many symbolic links", path)
}

// ownFile is the store's own file, as long as the store is open.
type ownFile struct {
	// path is as it was asked for; real is it without symbolic links: the files beside it
	// are there, whatever name it was opened by.
	path, real string
	file       *os.File     // nil before it is open
	lock       *flock.Flock // nil without the locks
}

// newOwnFile names the file; its folder is there.
func newOwnFile(path string) (*ownFile, error) {
	real, err := Real(path)
	if err != nil {
		return nil, cantWrite(err)
	}
	return &ownFile{path: path, real: real}, nil
}

// makeFolder makes the folder that a file is in.
func makeFolder(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		return cantWrite(err)
	}
	return nil
}

// isOpen tells whether the file is open.
func (o *ownFile) isOpen() bool { return o.file != nil }

// isLocked tells whether the locks are held.
func (o *ownFile) isLocked() bool { return o.lock != nil }

// stat tells what the open file is.
func (o *ownFile) stat() (os.FileInfo, error) { return o.file.Stat() }

// hold locks the open file itself, and answers false where another process has.
func (o *ownFile) hold() (bool, error) { return hold(o.file) }

// open opens the store's file; with [os.O_CREATE] it makes it where there is none,
// with narrow permissions, which SQLite then gives to the files beside it.
func (o *ownFile) open(create int) error {
	f, err := os.OpenFile(o.path, os.O_RDWR|create, fileMode)
	if err != nil {
		return cantWrite(err)
	}
	o.file = f
	return nil
}

// cantWrite says that the file system refused to make the file.
func cantWrite(err error) error { return fmt.Errorf("%w: %w", store.ErrUnavailable, err) }

// takeLock takes both locks, and answers false where another process holds one.
func (o *ownFile) takeLock() (bool, error) {
	lock := flock.New(o.real+".lock", flock.SetPermissions(fs.FileMode(fileMode)))
	held, err := lock.TryLock()
	if err != nil {
		_ = lock.Close()
		return false, cantWrite(err)
	}
	if !held {
		return false, lock.Close()
	}
	if o.file != nil {
		if held, err = hold(o.file); err != nil || !held {
			return false, errors.Join(err, lock.Close())
		}
	}
	o.lock = lock
	return true, nil
}

// unlock gives both locks back. The file stays open: see above.
func (o *ownFile) unlock() error {
	if o == nil || o.lock == nil {
		return nil
	}
	var err error
	if o.file != nil {
		err = letGo(o.file)
	}
	err = errors.Join(err, o.lock.Close())
	o.lock = nil
	return wrap(err, "release lock")
}

// close closes the descriptor of ours, after SQLite's.
func (o *ownFile) close() error {
	if o == nil || o.file == nil {
		return nil
	}
	err := o.file.Close()
	o.file = nil
	return err
}
