package disk

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// holdAt is the byte of the store's file that a hub holds. It is far from those that
// SQLite locks (510 and two from 1 GiB on), and from all that a file can hold.
const holdAt = 1 << 62

// hold locks the store's own file, as long as it is open, and answers false where another
// hub has. The lock is one of an open file description: it goes with this descriptor
// alone, whatever else of the process opens and closes the file. flock(2) would be as
// good on a disk of this machine, but NFS makes of it a POSIX lock of the whole file,
// which SQLite's own would meet.
func hold(f *os.File) (bool, error) {
	err := setHold(f, unix.F_WRLCK)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES):
		return false, nil
	case errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOLCK) || errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS):
		return true, nil // the file system knows no such locks: the one beside the file has to do
	}
	return false, fmt.Errorf("lock store: %w", err)
}

// letGo takes back what hold did.
func letGo(f *os.File) error {
	if err := setHold(f, unix.F_UNLCK); err != nil && !errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("unlock store: %w", err)
	}
	return nil
}

func setHold(f *os.File, kind int16) error {
	return unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: kind, Whence: io.SeekStart, Start: holdAt, Len: 1})
}
