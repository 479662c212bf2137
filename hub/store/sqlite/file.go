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

// openFile opens the store's file; with [os.O_CREATE] it makes it where there is none,
// with narrow permissions, which SQLite then gives to the files beside it.
func (s *Store) openFile(create int) error {
	f, err := os.OpenFile(s.path, os.O_RDWR|create, fileMode)
	if err != nil {
		return cantWrite(err)
	}
	s.file = f
	return nil
}

// cantWrite says that the file system refused to make the file.
func cantWrite(err error) error { return fmt.Errorf("%w: %w", store.ErrUnavailable, err) }

// takeLock takes both locks, and answers false where another process holds one.
func (s *Store) takeLock() (bool, error) {
	lock := flock.New(s.real+".lock", flock.SetPermissions(fs.FileMode(fileMode)))
	held, err := lock.TryLock()
	if err != nil {
		_ = lock.Close()
		return false, cantWrite(err)
	}
	if !held {
		return false, lock.Close()
	}
	if s.file != nil {
		if held, err = hold(s.file); err != nil || !held {
			return false, errors.Join(err, lock.Close())
		}
	}
	s.lock = lock
	return true, nil
}

// unlock gives both locks back. The file stays open: see above.
func (s *Store) unlock() error {
	if s.lock == nil {
		return nil
	}
	var err error
	if s.file != nil {
		err = letGo(s.file)
	}
	err = errors.Join(err, s.lock.Close())
	s.lock = nil
	return wrap(err, "release lock")
}

// closeFile closes the descriptor of ours, after SQLite's.
func (s *Store) closeFile() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}
