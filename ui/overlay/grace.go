package overlay

import "time"

// quiet is how long typing must pause before keys go to an overlay that opened by itself.
const quiet = 400 * time.Millisecond

// Grace protects somebody who is typing from an overlay that opens by itself: their keys don't
// go to it. The zero value lets all keys through.
type Grace struct{ last time.Time }

// NewGrace starts when an overlay opens.
func NewGrace(opened time.Time) Grace { return Grace{last: opened} }

// Ignores reports whether to drop a key press at that time. Each dropped one restarts the
// time, since the user is still typing.
func (g *Grace) Ignores(now time.Time) bool {
	if g.last.IsZero() {
		return false
	}
	if now.Sub(g.last) < quiet {
		g.last = now
		return true
	}
	g.last = time.Time{}
	return false
}
