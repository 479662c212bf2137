package graph

import (
	"slices"
	"sync"
	"time"
)

// callsPerSecond is how often a Page's conversations may be read.
//
// Source: Messenger Platform, "Rate limits", Conversations API.
const callsPerSecond = 2

// callWindow is a little less than a second, so that a caller who keeps exactly to the limit is
// not refused because of jitter.
const callWindow = 900 * time.Millisecond

// callLimit counts the calls for the Page's conversations.
type callLimit struct {
	mu        sync.Mutex
	perSecond int
	recent    []time.Time
	made      int // in all
	refused   int // of these
	most      int // the most granted in one window
}

// spend uses one of this second's calls; false if there is none left.
func (l *callLimit) spend(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made++
	l.recent = slices.DeleteFunc(l.recent, func(t time.Time) bool { return now.Sub(t) >= callWindow })
	if len(l.recent) >= l.perSecond {
		l.refused++
		return false
	}
	l.recent = append(l.recent, now)
	l.most = max(l.most, len(l.recent))
	return true
}

// spendCall uses one of the Page's calls of this second.
func (g *Graph) spendCall(c *call) error {
	if c.who != asPage {
		return errNeedPageToken()
	}
	if !g.limit.spend(time.Now()) {
		return errThrottled()
	}
	return nil
}

// Limits returns the limit per second for the Page's conversations, how many calls there were,
// how many were refused, and the most granted in one window.
func (g *Graph) Limits() map[string]int {
	l := &g.limit
	l.mu.Lock()
	defer l.mu.Unlock()
	return map[string]int{
		"conversations_per_second": l.perSecond, "calls": l.made, "refused": l.refused, "most": l.most,
	}
}

// SetLimit changes that limit.
func (g *Graph) SetLimit(perSecond int) {
	g.limit.mu.Lock()
	defer g.limit.mu.Unlock()
	g.limit.perSecond = perSecond
}
