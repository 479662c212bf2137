package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub/api/apitest"
)

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// loginFrom tries a code from an address.
func loginFrom(w *apitest.World, remote, code string) apitest.Answer {
	w.Helper()
	return loginBy(w, remote, code, nil)
}

// loginBy tries a code from an address, with what a proxy adds.
func loginBy(w *apitest.World, remote, code string, header http.Header) apitest.Answer {
	w.Helper()
	return postFrom(w, remote, "/v1/login", `{"code":"`+code+`"}`, header)
}

// postFrom posts from an address.
func postFrom(w *apitest.World, remote, path, body string, header http.Header) apitest.Answer {
	w.Helper()
	req := httptest.NewRequestWithContext(w.Context(), http.MethodPost, path, strings.NewReader(body))
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json")
	req.RemoteAddr = remote
	rec := httptest.NewRecorder()
	w.Handler.ServeHTTP(rec, req)
	return apitest.Answer{TB: w.TB, Status: rec.Code, Header: rec.Header(), Body: rec.Body.Bytes()}
}

const wrongCode = "ABCD-EFGH-JKLM-NPQR"

// exhaustCodes tries wrong codes until no more are taken, and returns how many were.
func exhaustCodes(w *apitest.World, remote string) int {
	w.Helper()
	for n := range 1000 {
		a := loginFrom(w, remote, wrongCode)
		if a.Status == http.StatusTooManyRequests {
			return n
		}
		a.Problem(http.StatusUnauthorized, "not_signed_in")
	}
	w.Fatalf("a thousand wrong codes were taken from %s", remote)
	return 0
}

// Wrong codes are borne with for a while, by network.
func TestWrongCodesAreLimited(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Now()}
	w := apitest.New(t, apitest.WithClock(c.time))
	const here, there = "203.0.113.7:999", "203.0.113.8:999"
	if n := exhaustCodes(w, here); n < 5 || n > 50 {
		t.Errorf("%d wrong codes were taken", n)
	}
	refused := loginFrom(w, here, wrongCode)
	refused.Problem(http.StatusTooManyRequests, "too_many_tries")
	wait, err := strconv.Atoi(refused.Header.Get("Retry-After"))
	if err != nil || wait < 1 || wait > 600 {
		t.Errorf("Retry-After is %q", refused.Header.Get("Retry-After"))
	}
	loginFrom(w, "203.0.113.7:1000", wrongCode).Problem(http.StatusTooManyRequests, "too_many_tries")
	loginFrom(w, there, wrongCode).Problem(http.StatusUnauthorized, "not_signed_in")
	c.pass(time.Duration(wait) * time.Second)
	loginFrom(w, here, wrongCode).Problem(http.StatusUnauthorized, "not_signed_in")

	exhaustCodes(w, "[2001:db8::1]:1")
	loginFrom(w, "[2001:db8::2]:1", wrongCode).Problem(http.StatusTooManyRequests, "too_many_tries")
	loginFrom(w, "[2001:db8:0:1::1]:1", wrongCode).Problem(http.StatusUnauthorized, "not_signed_in")
}

// Nobody's wrong codes refuse another's right one: not from the same address, behind which
// a whole team or a proxy may be, nor from many.
func TestARightCodeIsTakenAfterWrongOnes(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	const here = "203.0.113.7:999"
	exhaustCodes(w, here)
	loginFrom(w, here, w.Cat.Code).Want(http.StatusOK)
	for n := range 60 {
		exhaustCodes(w, fmt.Sprintf("198.51.%d.1:1", n))
	}
	loginFrom(w, "192.0.2.1:1", w.Ben.Code).Want(http.StatusOK)
	loginFrom(w, here, w.Ben.Code).Problem(http.StatusTooManyRequests, "too_many_tries") // it was used
}

// Behind a proxy that is trusted each client has tries of its own; what a client says of
// itself counts for nothing.
func TestTriesBehindAProxy(t *testing.T) {
	t.Parallel()
	w := apitest.New(t, apitest.WithProxies("10.0.0.0/8"))
	by := func(header, value string) apitest.Answer {
		return loginBy(w, "10.0.0.1:999", wrongCode, http.Header{header: {value}})
	}
	for n := 0; by("X-Forwarded-For", fmt.Sprintf("8.8.8.%d, 198.51.100.1", n)).Status != http.StatusTooManyRequests; n++ {
		if n > 100 {
			t.Fatal("what a client made up was believed")
		}
	}
	by("Forwarded", "for=198.51.100.1").Problem(http.StatusTooManyRequests, "too_many_tries")
	by("X-Forwarded-For", "198.51.100.2").Problem(http.StatusUnauthorized, "not_signed_in")
	loginBy(w, "203.0.113.7:1", wrongCode, http.Header{"X-Forwarded-For": {"198.51.100.1"}}).Problem(http.StatusUnauthorized, "not_signed_in")
}

// Sign-ins begun by some keep nobody else from beginning one, though there is an end to
// how many are begun.
func TestManySignInsBegun(t *testing.T) {
	t.Parallel()
	w := apitest.NewCRM(t, apitest.CRMSetup{CompanyToken: true})
	begin := func(remote string) int {
		return postFrom(w.World, remote, "/v1/login/device", "", nil).Status
	}
	var begun atomic.Int64
	var networks sync.WaitGroup
	for network := range 40 {
		networks.Go(func() {
			for begin(fmt.Sprintf("198.%d.100.1:1", network)) == http.StatusOK {
				if begun.Add(1) > 3000 {
					t.Error("there is no end to sign-ins that are begun")
					return
				}
			}
		})
	}
	networks.Wait()
	for n := range 5 {
		if got := begin("203.0.113.1:1"); got != http.StatusOK {
			t.Fatalf("sign-in %d of another network: %d", n+1, got)
		}
	}
}

// Right codes cost no try: a whole team may sign in from behind one address.
func TestRightCodesAreNotLimited(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Now()}
	w := apitest.New(t, apitest.WithClock(c.time))
	for n := range 60 {
		loginFrom(w, "203.0.113.7:1", w.AddUser(fmt.Sprintf("User %d", n), false).Code).Want(http.StatusOK)
	}
}
