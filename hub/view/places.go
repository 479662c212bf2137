package view

import "runtime"

// What users read at once, so that nobody's many questions keep another's waiting: the
// store has a few readers, of which the hub itself needs one.
const (
	// listing is how many read lists, conversations and what else is quick, listingEach how
	// many of them for one user; mostListing is how many of one user's may wait.
	listing     = 3
	listingEach = 2
	mostListing = 256
	// searchingMost is how many search at once, at most: a search may read much of the index,
	// and half of the processors are left to everything else. Each is another user's.
	searchingMost = 2
	mostSearching = 32
)

// searching is how many search at once here.
func searching() int { return min(searchingMost, max(1, runtime.GOMAXPROCS(0)/2)) }
