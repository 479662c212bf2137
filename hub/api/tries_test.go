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
	req := httptest.NewRequestWithContext(w.Context(), http.MethodPost, "/v1/login", strings.NewReader(`{"code":"`+code+`"}`))
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

// Wrong codes are borne with for a while; then a right one is refused just the same.
func TestWrongCodesAreLimited(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Now()}
	w := newWorld(t, withClock(c.time))
	const here, there = "203.0.113.7:999", "203.0.113.8:999"
	if n := w.exhausts(here); n < 5 || n > 50 {
		t.Errorf("%d wrong codes were taken", n)
	}
	wrong, right := w.loginFrom(here, wrongCode), w.loginFrom(here, w.cat.code)
	right.problem(http.StatusTooManyRequests, "too_many_tries")
	if !indistinct(wrong, right) {
		t.Errorf("a wrong code is answered %s, a right one %s", wrong.body, right.body)
	}
	wait, err := strconv.Atoi(right.header.Get("Retry-After"))
	if err != nil || wait < 1 || wait > 600 {
		t.Errorf("Retry-After is %q", right.header.Get("Retry-After"))
	}
	w.loginFrom("203.0.113.7:1000", w.cat.code).problem(http.StatusTooManyRequests, "too_many_tries")
	w.loginFrom(there, w.cat.code).want(http.StatusOK)
	w.loginFrom(here, w.ben.code).problem(http.StatusTooManyRequests, "too_many_tries")
	c.pass(time.Duration(wait) * time.Second)
	w.loginFrom(here, w.ben.code).want(http.StatusOK)
}

// Who has a network of addresses has the tries of one; all together have an end, too.
func TestWrongCodesOfManyAddresses(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Now()}
	w := newWorld(t, withClock(c.time))
	w.exhausts("[2001:db8::1]:1")
	w.loginFrom("[2001:db8::2]:1", wrongCode).problem(http.StatusTooManyRequests, "too_many_tries")
	w.loginFrom("[2001:db8:0:1::1]:1", wrongCode).problem(http.StatusUnauthorized, "not_signed_in")
	taken := 0
	for n := range 200 {
		got := w.exhausts(fmt.Sprintf("198.51.%d.%d:1", n/100, n%100))
		if taken += got; got == 0 {
			break
		}
	}
	if taken > 1000 {
		t.Errorf("%d wrong codes were taken", taken)
	}
	w.loginFrom("192.0.2.1:1", w.cat.code).problem(http.StatusTooManyRequests, "too_many_tries")
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
