package messenger

import (
	"net/http"
	"time"

	"parley/hub/outside"
)

// Bounds of the client's own transport, and of what it reads. A connection is given up
// before Meta's end would close it under a call.
const (
	idleTimeout      = 15 * time.Second
	idleConnections  = 32
	maxResponseBytes = 1 << 20
)

func newTransport() *http.Transport { return outside.Transport(idleTimeout, idleConnections) }
