package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
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
func (w *world) loginFrom(remote, code string) answer {
	w.Helper()
	return w.loginBy(remote, code, nil)
}

// loginBy tries a code from an address, with what a proxy adds.
func (w *world) loginBy(remote, code string, header http.Header) answer {
	w.Helper()
	return w.from(remote, "/v1/login", `{"code":"`+code+`"}`, header)
}

// from posts from an address.
func (w *world) from(remote, path, body string, header http.Header) answer {
	w.Helper()
	req := httptest.NewRequestWithContext(w.Context(), http.MethodPost, path, strings.NewReader(body))
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json")
	req.RemoteAddr = remote
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, req)
	return answer{TB: w.TB, status: rec.Code, header: rec.Header(), body: rec.Body.Bytes()}
}

const wrongCode = "ABCD-EFGH-JKLM-NPQR"

// exhausts tries wrong codes until no more are taken, and returns how many were.
func (w *world) exhausts(remote string) int {
	w.Helper()
	for n := range 1000 {
		a := w.loginFrom(remote, wrongCode)
		if a.status == http.StatusTooManyRequests {
			return n
		}
		a.problem(http.StatusUnauthorized, "not_signed_in")
	}
	w.Fatalf("a thousand wrong codes were taken from %s", remote)
	return 0
}

// Wrong codes are borne with for a while, by network.
func TestWrongCodesAreLimited(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Now()}
	w := newWorld(t, withClock(c.time))
	const here, there = "203.0.113.7:999", "203.0.113.8:999"
	if n := w.exhausts(here); n < 5 || n > 50 {
		t.Errorf("%d wrong codes were taken", n)
	}
	refused := w.loginFrom(here, wrongCode)
	refused.problem(http.StatusTooManyRequests, "too_many_tries")
	wait, err := strconv.Atoi(refused.header.Get("Retry-After"))
	if err != nil || wait < 1 || wait > 600 {
		t.Errorf("Retry-After is %q", refused.header.Get("Retry-After"))
	}
	w.loginFrom("203.0.113.7:1000", wrongCode).problem(http.StatusTooManyRequests, "too_many_tries")
	w.loginFrom(there, wrongCode).problem(http.StatusUnauthorized, "not_signed_in")
	c.pass(time.Duration(wait) * time.Second)
	w.loginFrom(here, wrongCode).problem(http.StatusUnauthorized, "not_signed_in")

	w.exhausts("[2001:db8::1]:1")
	w.loginFrom("[2001:db8::2]:1", wrongCode).problem(http.StatusTooManyRequests, "too_many_tries")
	w.loginFrom("[2001:db8:0:1::1]:1", wrongCode).problem(http.StatusUnauthorized, "not_signed_in")
}

// Nobody's wrong codes refuse another's right one: not from the same address, behind which
// a whole team or a proxy may be, nor from many.
func TestARightCodeIsTakenAfterWrongOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const here = "203.0.113.7:999"
	w.exhausts(here)
	w.loginFrom(here, w.cat.code).want(http.StatusOK)
	for n := range 60 {
		w.exhausts(fmt.Sprintf("198.51.%d.1:1", n))
	}
	w.loginFrom("192.0.2.1:1", w.ben.code).want(http.StatusOK)
	w.loginFrom(here, w.ben.code).problem(http.StatusTooManyRequests, "too_many_tries") // it was used
}

// Behind a proxy that is trusted each client has tries of its own; what a client says of
// itself counts for nothing.
func TestTriesBehindAProxy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withProxies("10.0.0.0/8"))
	by := func(header, value string) answer {
		return w.loginBy("10.0.0.1:999", wrongCode, http.Header{header: {value}})
	}
	for n := 0; by("X-Forwarded-For", fmt.Sprintf("8.8.8.%d, 198.51.100.1", n)).status != http.StatusTooManyRequests; n++ {
		if n > 100 {
			t.Fatal("what a client made up was believed")
		}
	}
	by("Forwarded", "for=198.51.100.1").problem(http.StatusTooManyRequests, "too_many_tries")
	by("X-Forwarded-For", "198.51.100.2").problem(http.StatusUnauthorized, "not_signed_in")
	w.loginBy("203.0.113.7:1", wrongCode, http.Header{"X-Forwarded-For": {"198.51.100.1"}}).problem(http.StatusUnauthorized, "not_signed_in")
}

// Sign-ins begun by some keep nobody else from beginning one, though there is an end to
// how many are begun.
func TestManySignInsBegun(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t, crmSetup{companyToken: true})
	begin := func(remote string) int {
		return w.from(remote, "/v1/login/device", "", nil).status
	}
	begun := 0
	for network := range 40 {
		for begin(fmt.Sprintf("198.%d.100.1:1", network)) == http.StatusOK {
			if begun++; begun > 3000 {
				t.Fatal("there is no end to sign-ins that are begun")
			}
		}
	}
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
	w := newWorld(t, withClock(c.time))
	for n := range 60 {
		w.loginFrom("203.0.113.7:1", w.addUser(fmt.Sprintf("User %d", n), false).code).want(http.StatusOK)
	}
}
