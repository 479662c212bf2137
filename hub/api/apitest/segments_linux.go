package apitest

import (
	"syscall"
)

// smallSegments has a connection move what it carries in pieces as small as those of a
// real network. On loopback they are larger than a small buffer, and a slow reader
// would stand still between them.
func smallSegments(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 1400)
		if failed == nil {
			failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10)
		}
	})
	if err != nil {
		return err
	}
	return failed
}
