package graph

import (
	"slices"
	"sync"
	"time"
)

// callsPerSecond is how often a Page's conversations may be asked for.
//
// Source: Messenger Platform, "Rate limits", Conversations API.
const callsPerSecond = 2

// callWindow is a little less than a second, so that a caller who keeps to exactly
// the limit is not refused for the jitter of the way.
const callWindow = 900 * time.Millisecond

// callLimit counts the calls on the Page's conversations.
type callLimit struct {
	mu        sync.Mutex
	perSecond int
	recent    []time.Time
	made      int // in all
	refused   int // of these
	most      int // the most that were granted in one window
}

// spend takes one of the calls of this second; false if there is none left.
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

// spendCall takes one of the calls a second that a Page has.
func (g *Graph) spendCall(c *call) error {
	if c.who != asPage {
		return errNeedPageToken()
	}
	if !g.limit.spend(time.Now()) {
		return errThrottled()
	}
	return nil
}

// Limits tells how often the Page's conversations may be asked for a second, how often they
// were, how often that was too often, and the most that was granted at once.
func (g *Graph) Limits() map[string]int {
	l := &g.limit
	l.mu.Lock()
	defer l.mu.Unlock()
	return map[string]int{
		"conversations_per_second": l.perSecond, "calls": l.made, "refused": l.refused, "most": l.most,
	}
}

// SetLimit changes how often they may be.
func (g *Graph) SetLimit(perSecond int) {
	g.limit.mu.Lock()
	defer g.limit.mu.Unlock()
	g.limit.perSecond = perSecond
}
