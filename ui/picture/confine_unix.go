//go:build unix

package picture

import (
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// Bounds of the decoder's process.
const (
	mostMemory  = 512 << 20
	mostSeconds = 5
	mostFiles   = 16
)

// Confine bounds this process, which is about to decode what somebody sent: the time that it may
// take, and that it writes no file and opens hardly any. What it can't bound is left as it is.
func Confine() {
	debug.SetMemoryLimit(mostMemory)
	limit := func(what int, n uint64) { _ = unix.Setrlimit(what, &unix.Rlimit{Cur: n, Max: n}) }
	limit(unix.RLIMIT_CPU, mostSeconds)
	limit(unix.RLIMIT_FSIZE, 0)
	limit(unix.RLIMIT_NOFILE, mostFiles)
	limit(unix.RLIMIT_CORE, 0)
}
