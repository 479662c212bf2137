package identity

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// born names a file so that no copy of it has the same name: by its creation time, or, if the
// file system has none, by its inode number. It is empty if neither is known.
func born(path string) string {
	var s unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_BTIME|unix.STATX_INO, &s); err != nil {
		return ""
	}
	if s.Mask&unix.STATX_BTIME != 0 {
		return fmt.Sprintf("born %d.%09d", s.Btime.Sec, s.Btime.Nsec)
	}
	return fmt.Sprintf("number %d", s.Ino)
}
