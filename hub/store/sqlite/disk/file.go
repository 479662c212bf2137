package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
)

// Permissions of what is made.
const (
	FolderMode = 0o700
	FileMode   = 0o600
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

// File is the store's own file, as long as the store is open.
type File struct {
	// Path is as it was asked for; Real is it without symbolic links: the files beside it
	// are there, whatever name it was opened by.
	Path, Real string
	file       *os.File     // nil before it is open
	lock       *flock.Flock // nil without the locks
}

// NewFile names the file; its folder is there.
func NewFile(path string) (*File, error) {
	f := &File{Path: path}
	var err error
	if f.Real, err = Real(path); err != nil {
		return nil, Unwritable(err)
	}
	return f, nil
}

// MakeFolder makes the folder that a file is in.
func MakeFolder(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), FolderMode); err != nil {
		return Unwritable(err)
	}
	return nil
}

// IsOpen tells whether the file is open.
func (f *File) IsOpen() bool { return f.file != nil }

// IsLocked tells whether the locks are held.
func (f *File) IsLocked() bool { return f.lock != nil }

// Stat tells what the open file is.
func (f *File) Stat() (os.FileInfo, error) { return f.file.Stat() }

// Hold locks the open file itself, and answers false where another process has.
func (f *File) Hold() (bool, error) { return hold(f.file) }

// Open opens the store's file; with [os.O_CREATE] it makes it where there is none,
// with narrow permissions, which SQLite then gives to the files beside it.
func (f *File) Open(create int) error {
	file, err := os.OpenFile(f.Path, os.O_RDWR|create, FileMode)
	if err != nil {
		return Unwritable(err)
	}
	f.file = file
	return nil
}

// Unwritable says that the file system refused to make the file.
func Unwritable(err error) error { return fmt.Errorf("%w: %w", store.ErrUnavailable, err) }

// TakeLock takes both locks, and answers false where another process holds one.
func (f *File) TakeLock() (bool, error) {
	lock := flock.New(f.Real+".lock", flock.SetPermissions(fs.FileMode(FileMode)))
	held, err := lock.TryLock()
	if err != nil {
		_ = lock.Close()
		return false, Unwritable(err)
	}
	if !held {
		return false, lock.Close()
	}
	if f.file != nil {
		if held, err = hold(f.file); err != nil || !held {
			return false, errors.Join(err, lock.Close())
		}
	}
	f.lock = lock
	return true, nil
}

// Unlock gives both locks back. The file stays open: see above.
func (f *File) Unlock() error {
	if f == nil || f.lock == nil {
		return nil
	}
	var err error
	if f.file != nil {
		err = letGo(f.file)
	}
	err = errors.Join(err, f.lock.Close())
	f.lock = nil
	return sqldb.Wrap(err, "release lock")
}

// Close closes the descriptor of ours, after SQLite's.
func (f *File) Close() error {
	if f == nil || f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}
