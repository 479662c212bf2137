package messenger

import (
	"net/http"
	"time"

	"parley/hub/outside"
)

// Bounds of the client's own transport. A connection is closed before Meta would close it
// during a call.
const (
	idleTimeout      = 15 * time.Second
	idleConnections  = 32
	maxResponseBytes = 1 << 20
)

func newTransport() *http.Transport { return outside.Transport(idleTimeout, idleConnections) }
