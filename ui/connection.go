package ui

import "parley/ui/screen"

// Connection tells how the connection to the hub stands.
type Connection = screen.Connection

// The states of a connection.
const (
	Connecting = screen.Connecting
	Live       = screen.Live
	Offline    = screen.Offline
	SignedOut  = screen.SignedOut
)
