package overlay

import "time"

// quiet is how long typing must pause before keys go to an overlay that opened by itself.
const quiet = 400 * time.Millisecond

// Grace protects somebody who is typing from an overlay that opens by itself: their keys don't
// go to it. The zero value lets all keys through.
type Grace struct{ last time.Time }

// NewGrace starts when an overlay opens.
func NewGrace(opened time.Time) Grace { return Grace{last: opened} }

// deliberate is how long after the last key nobody types another of the same word.
const deliberate = 150 * time.Millisecond

// Ends ends the grace if a key at that time is no more of what was typed before.
func (g *Grace) Ends(now time.Time) {
	if g.Apart(now) {
		g.last = time.Time{}
	}
}

// Apart reports whether a key at that time is no more of what was typed before.
func (g *Grace) Apart(now time.Time) bool { return now.Sub(g.last) >= deliberate }

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
