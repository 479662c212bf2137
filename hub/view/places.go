package view

import "runtime"

// How many reads run at once, so that one user's many requests don't keep others waiting: the
// store has few readers, and the hub itself needs one of them.
const (
	// listing is how many requests for lists, conversations and other quick reads run at once,
	// listingEach how many of them for one user; mostListing is how many of one user may wait.
	listing     = 3
	listingEach = 2
	mostListing = 256
	// searchingMost is how many searches run at once, at most, each of another user. A search
	// may read much of the index, and half of the processors are left to everything else.
	searchingMost = 2
	mostSearching = 32
)

// searching returns how many searches run at once on this machine.
func searching() int { return min(searchingMost, max(1, runtime.GOMAXPROCS(0)/2)) }
