package notify

import "time"

// Digest is what a user is mailed of while they are away.
type Digest struct {
	// To is the user's address.
	To string
	// Sums are how many events of each kind there are.
	Sums []Sum
	// Said are events with content, where the user asked for that.
	Said []Event
	// Now is when it is sent, Zone the user's.
	Now  time.Time
	Zone *time.Location
}
