package screen

import (
	"os"
	"runtime/debug"
)

// heapGrowth is by how many percent what is held may grow before it is collected. An inbox of
// 100,000 conversations holds some 45 MB that stay, and little beside: collecting more often costs
// little, and the default would take twice that room.
const heapGrowth = 40

// keepSmall keeps the memory of a client small, unless its user has set GOGC.
func keepSmall() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}
