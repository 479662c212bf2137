package overlay

import "time"

// quiet is how long nothing has to be typed before keys go to what opened by itself.
const quiet = 400 * time.Millisecond

// Grace keeps the keys of somebody who is just typing from an overlay that opened by
// itself. The zero value lets everything through.
type Grace struct{ last time.Time }

// NewGrace begins when an overlay opens.
func NewGrace(opened time.Time) Grace { return Grace{last: opened} }

// Ignores tells whether a key press at that time is to be dropped. Each that is makes
// the time begin anew, since it is of the same typing.
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
