package pipedrive

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"parley/model"
)

// The budget of the search API, on every plan and for each token.
//
// Source: Pipedrive, "Rate limiting".
const (
	searchesMost = 10
	searchWindow = 2 * time.Second
	// searchSlack is added to the window: calls may arrive closer together than they left.
	searchSlack = 150 * time.Millisecond
)

// searches keeps each token within the budget of the search API.
type searches struct {
	mu   sync.Mutex
	sent map[string][]time.Time // by holder, oldest first
}

// wait returns when the holder may search, or with the context's error.
func (s *searches) wait(ctx context.Context, holder string) error {
	for {
		d := s.reserve(holder, time.Now())
		if d <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(d)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// reserve takes a turn, or returns how long to wait for one.
func (s *searches) reserve(holder string, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent == nil {
		s.sent = make(map[string][]time.Time)
	}
	for h, list := range s.sent {
		for len(list) > 0 && now.Sub(list[0]) >= searchWindow+searchSlack {
			list = list[1:]
		}
		s.sent[h] = list
		if len(list) == 0 {
			delete(s.sent, h)
		}
	}
	list := s.sent[holder]
	if len(list) >= searchesMost {
		return searchWindow + searchSlack - now.Sub(list[0])
	}
	s.sent[holder] = append(list, now)
	return 0
}

// How long we stop calling after a budget was used up. For the short-term budget a header says
// how long; the daily one is reset at midnight, in an unknown zone, or when somebody buys more;
// how long the firewall blocks us is documented nowhere.
const (
	burstPause = 2 * time.Second
	burstMost  = time.Minute
	dailyPause = 5 * time.Minute
	wallPause  = time.Minute
	// dearest is the price in tokens of the dearest call that we make: with less left, a
	// refusal is because of the daily budget.
	dearest = 40
)

// budgets is what is known about the company's daily budget, and who may not call now.
type budgets struct {
	mu    sync.Mutex
	told  model.CRMBudget
	until map[string]time.Time // by holder
	day   time.Time            // until when nobody may call
}

// Budget returns what Pipedrive last said about the daily budget.
func (c *caller) Budget() model.CRMBudget {
	c.budgets.mu.Lock()
	defer c.budgets.mu.Unlock()
	return c.budgets.told
}

// read reads an answer's headers. Those for the daily budget are not documented, and may be
// missing.
func (b *budgets) read(h http.Header, now time.Time) {
	left, ok := count(h.Get("X-Daily-Ratelimit-Token-Remaining"))
	if !ok {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = model.CRMBudget{DailyLeft: &left, At: now}
	if limit, ok := count(h.Get("X-Daily-Ratelimit-Token-Limit")); ok {
		b.told.DailyLimit = &limit
	}
}

func count(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0
}

// exhausted returns the budget that keeps a holder from calling now, nil if they may.
func (b *budgets) exhausted(holder string, now time.Time) *model.CRMLimit {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Before(b.day) {
		return &model.CRMLimit{Until: b.day, Daily: true}
	}
	for h, until := range b.until {
		if !now.Before(until) {
			delete(b.until, h)
		}
	}
	if until, is := b.until[holder]; is {
		return &model.CRMLimit{Until: until}
	}
	return nil
}

// rateLimited records a 429.
func (b *budgets) rateLimited(holder string, h http.Header, now time.Time) *model.CRMLimit {
	if left, ok := count(h.Get("X-Daily-Ratelimit-Token-Remaining")); ok && left < dearest {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.day = now.Add(dailyPause)
		return &model.CRMLimit{Until: b.day, Daily: true}
	}
	pause := burstPause
	for _, name := range []string{"X-Ratelimit-Reset", "Retry-After"} {
		if n, ok := count(h.Get(name)); ok && n <= int64(burstMost/time.Second) {
			pause = max(pause, time.Duration(n)*time.Second)
		}
	}
	return b.pause(holder, now.Add(pause))
}

// blocked records an answer of the firewall.
func (b *budgets) blocked(holder string, now time.Time) *model.CRMLimit {
	return b.pause(holder, now.Add(wallPause))
}

func (b *budgets) pause(holder string, until time.Time) *model.CRMLimit {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until == nil {
		b.until = make(map[string]time.Time)
	}
	b.until[holder] = until
	return &model.CRMLimit{Until: until}
}
