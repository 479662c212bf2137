package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/sandbox/web"
)

// What the company may ask in a day and a token in two seconds, on the plan Growth with
// three seats.
//
// Source: Pipedrive, "Rate limiting".
const (
	crmDaily       = 30_000 * 2 * 3
	crmBurstToken  = 40  // an API token
	crmBurstOAuth  = 160 // a user's grant
	crmBurstSearch = 10  // the search API, by whichever
	crmBurstWindow = 2 * time.Second
	// crmPatience is how many refusals in crmBurstWindow a token gets before the wall shuts
	// it out for crmWallTime. Both are guesses: it is told only that it happens.
	crmPatience = 20
	crmWallTime = 5 * time.Second
)

// crmRefusal is which budget is used up.
type crmRefusal int

const (
	budgetLeft crmRefusal = iota
	budgetGone
	budgetWall
)

// crmSpent is what one token asked lately, by the machine's own clock: who has stopped
// the sandbox's waits no shorter.
type crmSpent struct {
	calls, searches, refusals []time.Time
	asked                     []time.Time // searches, refused or not
	walled                    time.Time   // until when
}

// crmBudget is the budgets of a company. Sandbox.mu guards it.
type crmBudget struct {
	daily, left int
	day         string // of left
	tokens      map[string]*crmSpent
	// refused counts what was refused for want of budget. busiest is the most searches that
	// one token asked for within crmBurstWindow, refused or not.
	refused, busiest int
}

func newBudget() crmBudget {
	return crmBudget{daily: crmDaily, left: crmDaily, tokens: make(map[string]*crmSpent)}
}

// lately keeps what is not older than the window.
func lately(list []time.Time, now time.Time) []time.Time {
	for len(list) > 0 && now.Sub(list[0]) >= crmBurstWindow {
		list = list[1:]
	}
	return list
}

// take pays for a call. mu held.
func (b *crmBudget) take(token string, route crmRoute, at time.Time) crmRefusal {
	if day := at.UTC().Format(time.DateOnly); day != b.day {
		if b.day != "" {
			b.left = b.daily
		}
		b.day = day
	}
	t := b.tokens[token]
	if t == nil {
		t = &crmSpent{}
		b.tokens[token] = t
	}
	now := time.Now()
	t.calls, t.searches, t.refusals = lately(t.calls, now), lately(t.searches, now), lately(t.refusals, now)
	if route.search() {
		t.asked = append(lately(t.asked, now), now)
		b.busiest = max(b.busiest, len(t.asked))
	}
	if now.Before(t.walled) {
		return budgetWall
	}
	if len(t.calls) >= burstOf(token) || route.search() && len(t.searches) >= crmBurstSearch || b.left < route.cost {
		b.refused++
		t.refusals = append(t.refusals, now)
		if len(t.refusals) > crmPatience && !isOAuth(token) {
			t.walled = now.Add(crmWallTime)
		}
		return budgetGone
	}
	b.left -= route.cost
	t.calls = append(t.calls, now)
	if route.search() {
		t.searches = append(t.searches, now)
	}
	return budgetLeft
}

func isOAuth(token string) bool { return strings.HasPrefix(token, "Bearer ") }

func burstOf(token string) int {
	if isOAuth(token) {
		return crmBurstOAuth
	}
	return crmBurstToken
}

// tell writes how much is left. mu held.
func (b *crmBudget) tell(h http.Header, token string) {
	most := burstOf(token)
	h.Set("x-ratelimit-limit", strconv.Itoa(most))
	h.Set("x-ratelimit-remaining", strconv.Itoa(max(most-len(b.tokens[token].calls), 0)))
	h.Set("x-ratelimit-reset", strconv.Itoa(int(crmBurstWindow/time.Second)))
	h.Set("x-daily-ratelimit-token-limit", strconv.Itoa(b.daily))
	h.Set("x-daily-ratelimit-token-remaining", strconv.Itoa(max(b.left, 0)))
}

// answer refuses a call. The body of a 429 is nowhere told.
func (r crmRefusal) answer(w http.ResponseWriter) {
	if r == budgetWall {
		crmWall(w)
		return
	}
	web.JSON(w, http.StatusTooManyRequests, map[string]any{"success": false, "error": "request over limit", "errorCode": http.StatusTooManyRequests})
}

// crmWall answers as what stands before Pipedrive does to who asks on after a 429.
func crmWall(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte("<!DOCTYPE html><title>Attention Required! | Cloudflare</title>"))
}
