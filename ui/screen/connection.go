package screen

// ConnectionState is how the connection to the hub stands.
type ConnectionState uint8

// The states of a connection.
const (
	Connecting ConnectionState = iota
	Live
	Offline
	// SignedOut: the hub no longer knows the user's token.
	SignedOut
)

// Connection tells how the connection to the hub stands.
type Connection struct {
	State ConnectionState
	// Reason says why it is not live, in the user's words.
	Reason string
}
