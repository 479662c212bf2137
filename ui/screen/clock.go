package screen

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// Clock derives the hub's time from this machine's clock, and wakes the screen when something
// on it changes by time alone. There is no other ticker.
type Clock struct {
	local func() time.Time
	// After returns a command that delivers a message after some time.
	After func(time.Duration, tea.Msg) tea.Cmd
	// ahead is how far the hub's clock is ahead of this machine's.
	ahead time.Duration
	// hubTime is the hub's time as last received.
	hubTime time.Time
	// at is when the screen will be woken, by the timer of that generation.
	at         time.Time
	generation uint64
}

// now returns the hub's time. It reads this machine's wall clock, so that a suspend counts.
func (c *Clock) now() time.Time { return c.local().Round(0).Add(c.ahead) }

// Local returns the time of this machine's clock.
func (c *Clock) Local() time.Time { return c.local() }

// SetHubTime sets the hub's time, if it is new.
func (c *Clock) SetHubTime(hub time.Time) {
	if hub.IsZero() || hub.Equal(c.hubTime) {
		return
	}
	c.hubTime = hub
	c.ahead = hub.Sub(c.local().Round(0))
}

// FromLocal returns the hub's time at a time of this machine's clock.
func (c *Clock) FromLocal(t time.Time) time.Time { return t.Round(0).Add(c.ahead) }

// Waken is the message of the timer.
type Waken struct{ generation uint64 }

// Wake returns a command that wakes the screen at that time, unless it will be woken before.
// A zero time is never.
func (c *Clock) Wake(at time.Time) tea.Cmd {
	if at.IsZero() || !c.at.IsZero() && !at.Before(c.at) && c.at.After(c.now()) {
		return nil
	}
	c.at = at
	c.generation++
	generation := c.generation
	return c.After(max(at.Sub(c.now()), time.Millisecond), Waken{generation})
}

// Timer is a timer of real time.
func Timer(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// Woken reports whether a message is of the newest timer.
func (c *Clock) Woken(w Waken) bool {
	if w.generation != c.generation {
		return false
	}
	c.at = time.Time{}
	return true
}
