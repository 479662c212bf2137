package client_test

import (
	"errors"
	"net/http"
	"testing"

	"parley/client"
	"parley/client/clienttest"
)

// A proxy that does not reach its hub is no answer of the hub, and may reach it soon.
func TestAProxyWithoutItsHub(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout} {
		c := clienttest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<h1>The hub is away</h1>"))
		})
		_, err := c.Me(t.Context())
		var u *client.UnreachableError
		if !errors.As(err, &u) || !errors.Is(err, client.ErrNoHub) {
			t.Errorf("%d: got %v", status, err)
		}
	}
}
