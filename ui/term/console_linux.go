package term

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// reopened opens a terminal once more, so that writing to it can be given up; nil where
// that is not allowed.
func reopened(f *os.File) *os.File {
	again, err := os.OpenFile("/proc/self/fd/"+strconv.Itoa(int(f.Fd())), os.O_WRONLY|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	return again
}

// flush throws away what the terminal has not taken yet.
func (c *console) flush() {
	_ = unix.IoctlSetInt(int(c.out.Fd()), unix.TCFLSH, unix.TCOFLUSH) // where there is none any more, it fails
}
