package screen

import "time"

// ConnectionState is the state of the connection to the hub.
type ConnectionState uint8

// The states of a connection.
const (
	Connecting ConnectionState = iota
	Live
	Offline
	// SignedOut: the hub no longer accepts the user's token.
	SignedOut
)

// Connection is the state of the connection to the hub, with the reason.
type Connection struct {
	State ConnectionState
	// Reason says why it is not live, in the user's words.
	Reason string
	// RetryAt is when the next try to connect comes, by this machine's clock; zero: not known.
	RetryAt time.Time
}
