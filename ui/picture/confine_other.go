//go:build !unix

package picture

import "runtime/debug"

const mostMemory = 512 << 20

// Confine bounds this process, which is about to decode what somebody sent, as far as the system
// can: the memory. Whoever started it ends it in time.
func Confine() { debug.SetMemoryLimit(mostMemory) }
