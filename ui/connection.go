package ui

import (
	"parley/ui/conversation"
	"parley/ui/screen"
)

// Connection tells how the connection to the hub stands.
type Connection = screen.Connection

// The states of a connection.
const (
	Connecting = screen.Connecting
	Live       = screen.Live
	Offline    = screen.Offline
	SignedOut  = screen.SignedOut
)

// Files looks at files of the user's machine.
type Files = conversation.Files

// Drafts keeps what was typed and not sent.
type Drafts = conversation.Drafts
