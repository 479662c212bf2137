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

// Permissions of new files and folders.
const (
	FolderMode = 0o700
	FileMode   = 0o600
)

// A hub holds two locks. The one on the file beside the store can be taken before the store
// exists, but whoever deletes that file lets another hub in; so the store's own file is locked,
// too (see hold).
//
// SQLite takes POSIX locks on that file, and those have a trap: a process loses all of them as
// soon as it closes any descriptor of the file. So our descriptor is closed after SQLite's.

// mostLinks is how many symbolic links a system follows.
const mostLinks = 40

// Real returns the path of a store without symbolic links, which is where the files beside it
// are. The store need not exist.
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
			return path, nil // not a link, or nothing there
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(dir, to)
		}
		path = to
	}
	return "", fmt.Errorf("%s: too many symbolic links", path)
}

// File is the store's own file while the store is open.
type File struct {
	// Path is the path that was asked for; Real is without symbolic links, and the files beside
	// it are there, whatever name it was opened by.
	Path, Real string
	file       *os.File     // nil before it is opened
	lock       *flock.Flock // nil without the locks
}

// NewFile returns the file of that path, not yet open. Its folder must exist.
func NewFile(path string) (*File, error) {
	f := &File{Path: path}
	var err error
	if f.Real, err = Real(path); err != nil {
		return nil, Unwritable(err)
	}
	return f, nil
}

// MakeFolder creates the folder of a file.
func MakeFolder(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), FolderMode); err != nil {
		return Unwritable(err)
	}
	return nil
}

// IsOpen reports whether the file is open.
func (f *File) IsOpen() bool { return f.file != nil }

// IsLocked reports whether the locks are held.
func (f *File) IsLocked() bool { return f.lock != nil }

// Stat returns the open file's info.
func (f *File) Stat() (os.FileInfo, error) { return f.file.Stat() }

// Hold locks the open file itself, and returns false if another process has locked it.
func (f *File) Hold() (bool, error) { return hold(f.file) }

// Open opens the store's file; with [os.O_CREATE] it creates it if it does not exist, with
// narrow permissions, which SQLite then gives to the files beside it.
func (f *File) Open(create int) error {
	file, err := os.OpenFile(f.Path, os.O_RDWR|create, FileMode)
	if err != nil {
		return Unwritable(err)
	}
	f.file = file
	return nil
}

// Unwritable is the error when the file system refused to create the file.
func Unwritable(err error) error { return fmt.Errorf("%w: %w", store.ErrUnavailable, err) }

// TakeLock takes both locks, and returns false if another process holds one.
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

// Unlock releases both locks. The file stays open: see above.
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

// Close closes our descriptor, after SQLite's.
func (f *File) Close() error {
	if f == nil || f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}
