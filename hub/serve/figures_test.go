package serve_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"parley/hub/serve"
)

func TestWhoMayKnowTheFigures(t *testing.T) {
	t.Parallel()
	figures := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("parley_replies 1")) })
	const token = "the token of the figures"
	for name, tt := range map[string]struct {
		token, method, from, host, path, brings string
		want                                    int
	}{
		"here":                          {from: "127.0.0.1:5", host: "127.0.0.1:9095", want: 200},
		"here, by IPv6":                 {from: "[::1]:5", host: "[::1]:9095", want: 200},
		"here, by name":                 {from: "127.0.0.1:5", host: "localhost:9095", want: 200},
		"here, without a port":          {from: "127.0.0.1:5", host: "localhost", want: 200},
		"from elsewhere":                {from: "192.0.2.1:5", host: "127.0.0.1:9095", want: 403},
		"a name that points here":       {from: "127.0.0.1:5", host: "evil.example:9095", want: 403},
		"no name":                       {from: "127.0.0.1:5", host: "", want: 403},
		"another path":                  {from: "127.0.0.1:5", host: "localhost", path: "/", want: 404},
		"another method":                {from: "127.0.0.1:5", host: "localhost", method: http.MethodPost, want: 405},
		"token":                         {token: token, from: "192.0.2.1:5", host: "hub.example", brings: "Bearer " + token, want: 200},
		"token wanted here, too":        {token: token, from: "127.0.0.1:5", host: "localhost", want: 401},
		"another token":                 {token: token, from: "192.0.2.1:5", host: "hub.example", brings: "Bearer x", want: 401},
		"the token by another scheme":   {token: token, from: "192.0.2.1:5", host: "hub.example", brings: "Basic " + token, want: 401},
		"the token by no scheme":        {token: token, from: "192.0.2.1:5", host: "hub.example", brings: token, want: 401},
		"a token where none is wanted":  {from: "192.0.2.1:5", host: "hub.example", brings: "Bearer ", want: 403},
		"an empty one where one is set": {token: token, from: "192.0.2.1:5", host: "hub.example", brings: "Bearer ", want: 401},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
		if tt.method != "" {
			r.Method = tt.method
		}
		if tt.path != "" {
			r.URL.Path = tt.path
		}
		r.RemoteAddr, r.Host = tt.from, tt.host
		if tt.brings != "" {
			r.Header.Set("Authorization", tt.brings)
		}
		rec := httptest.NewRecorder()
		serve.Figures(figures, tt.token).ServeHTTP(rec, r)
		if rec.Code != tt.want {
			t.Errorf("%s: %d, want %d", name, rec.Code, tt.want)
		}
	}
}

// Profiles are served to this machine alone, under an address that is its own.
func TestWhoMayProfile(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		method, from, host, path string
		want                     int
	}{
		"here":                    {from: "127.0.0.1:5", host: "127.0.0.1:6060", want: 200},
		"from elsewhere":          {from: "192.0.2.1:5", host: "127.0.0.1:6060", want: 403},
		"a name that points here": {from: "127.0.0.1:5", host: "evil.example:6060", want: 403},
		"the command line":        {from: "127.0.0.1:5", host: "localhost", path: "/debug/pprof/cmdline", want: 404},
		"another method":          {from: "127.0.0.1:5", host: "localhost", method: http.MethodPost, want: 405},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/debug/pprof/goroutine", nil)
		if tt.method != "" {
			r.Method = tt.method
		}
		if tt.path != "" {
			r.URL.Path = tt.path
		}
		r.RemoteAddr, r.Host = tt.from, tt.host
		rec := httptest.NewRecorder()
		serve.Profiler().ServeHTTP(rec, r)
		if rec.Code != tt.want {
			t.Errorf("%s: %d, want %d", name, rec.Code, tt.want)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"127.0.0.1:9095": true, "127.1.2.3:0": true, "[::1]:9095": true, "localhost:9095": true, "[::ffff:127.0.0.1]:1": true,
		":9095": false, "0.0.0.0:9095": false, "[::]:9095": false, "192.0.2.1:9095": false, "hub.example:9095": false, "9095": false, "": false,
	} {
		if got := serve.Loopback(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}
