package disk

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// holdAt is the byte of the store's file that a hub locks. It is far from the 512 that SQLite
// locks from 1 GiB on, and beyond anything that a file can hold.
const holdAt = 1 << 62

// hold locks the store's own file while it is open, and returns false if another hub has locked
// it. The lock belongs to the open file description: it ends only with this descriptor,
// whatever else in the process opens and closes the file. flock(2) would do as well on a local
// disk, but NFS turns it into a POSIX lock of the whole file, which would conflict with
// SQLite's own.
func hold(f *os.File) (bool, error) {
	err := setHold(f, unix.F_WRLCK)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES):
		return false, nil
	case errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOLCK) || errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS):
		return true, nil // the file system has no such locks: the one beside the file has to do
	}
	return false, fmt.Errorf("lock store: %w", err)
}

// letGo releases the lock.
func letGo(f *os.File) error {
	if err := setHold(f, unix.F_UNLCK); err != nil && !errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("unlock store: %w", err)
	}
	return nil
}

func setHold(f *os.File, kind int16) error {
	return unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: kind, Whence: io.SeekStart, Start: holdAt, Len: 1})
}
