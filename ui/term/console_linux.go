package term

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// reopened opens a terminal again, so that a write can be cancelled; nil if that is not
// allowed.
func reopened(f *os.File) *os.File {
	again, err := os.OpenFile("/proc/self/fd/"+strconv.Itoa(int(f.Fd())), os.O_WRONLY|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	return again
}

// flush discards what the terminal has not accepted yet.
func (c *console) flush() {
	_ = unix.IoctlSetInt(int(c.out.Fd()), unix.TCFLSH, unix.TCOFLUSH) // fails if the terminal is gone
}
