package pipedrive

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/sandbox/web"
)

// The company's budget of a day and a token's of two seconds, on the plan Growth with three
// seats.
//
// Source: Pipedrive, "Rate limiting".
const (
	dailyTokens = 30_000 * 2 * 3
	burstToken  = 40  // an API token
	burstOAuth  = 160 // a user's grant
	burstSearch = 10  // the search API, with either
	burstWindow = 2 * time.Second
	// patience is how many refusals in burstWindow a token gets before the wall blocks it for
	// wallTime. Both are guesses: the documentation only says that it happens.
	patience = 20
	wallTime = 5 * time.Second
)

// refusal is the budget that is used up.
type refusal int

const (
	budgetLeft refusal = iota
	budgetGone
	budgetWall
)

// spent is a token's recent calls, by the machine's own clock: stopping the sandbox's clock does
// not shorten the wait.
type spent struct {
	calls, searches, refusals []time.Time
	asked                     []time.Time // searches, including refused ones
	walled                    time.Time   // until when
}

// budget holds the budgets of a company. Pipedrive.mu guards it.
type budget struct {
	daily, left int
	day         string // the day that left is of
	tokens      map[string]*spent
	// refused counts calls refused for lack of budget. busiest is the most searches of one token
	// within burstWindow, including refused ones.
	refused, busiest int
}

func newBudget() budget {
	return budget{daily: dailyTokens, left: dailyTokens, tokens: make(map[string]*spent)}
}

// lately returns the entries within the window.
func lately(list []time.Time, now time.Time) []time.Time {
	for len(list) > 0 && now.Sub(list[0]) >= burstWindow {
		list = list[1:]
	}
	return list
}

// charge charges a call. mu must be held.
func (b *budget) charge(token string, route route, at time.Time) refusal {
	if day := at.UTC().Format(time.DateOnly); day != b.day {
		if b.day != "" {
			b.left = b.daily
		}
		b.day = day
	}
	t := b.tokens[token]
	if t == nil {
		t = &spent{}
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
	if len(t.calls) >= burstOf(token) || route.search() && len(t.searches) >= burstSearch || b.left < route.cost {
		b.refused++
		t.refusals = append(t.refusals, now)
		if len(t.refusals) > patience && !isOAuth(token) {
			t.walled = now.Add(wallTime)
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
		return burstOAuth
	}
	return burstToken
}

// setHeaders sets the headers with what is left. mu must be held.
func (b *budget) setHeaders(h http.Header, token string) {
	most := burstOf(token)
	h.Set("x-ratelimit-limit", strconv.Itoa(most))
	h.Set("x-ratelimit-remaining", strconv.Itoa(max(most-len(b.tokens[token].calls), 0)))
	h.Set("x-ratelimit-reset", strconv.Itoa(int(burstWindow/time.Second)))
	h.Set("x-daily-ratelimit-token-limit", strconv.Itoa(b.daily))
	h.Set("x-daily-ratelimit-token-remaining", strconv.Itoa(max(b.left, 0)))
}

// answer refuses a call. The body of a 429 is not documented.
func (r refusal) answer(w http.ResponseWriter) {
	if r == budgetWall {
		wall(w)
		return
	}
	web.JSON(w, http.StatusTooManyRequests, map[string]any{"success": false, "error": "request over limit", "errorCode": http.StatusTooManyRequests})
}

// wall answers like the firewall before Pipedrive when a client goes on after a 429.
func wall(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte("<!DOCTYPE html><title>Attention Required! | Cloudflare</title>"))
}
