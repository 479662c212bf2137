package term

import "golang.org/x/sys/unix"

// drop throws away what the terminal has not taken yet.
func (c *console) drop() {
	_ = unix.IoctlSetInt(int(c.out.Fd()), unix.TCFLSH, unix.TCOFLUSH)
}
