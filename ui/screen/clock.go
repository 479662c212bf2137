package screen

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// Clock tells the hub's time by this machine's clock, and wakes the screen when
// something on it changes by time alone. Nothing ticks but that.
type Clock struct {
	local func() time.Time
	// After returns a command that hands a message on after some time.
	After func(time.Duration, tea.Msg) tea.Cmd
	// ahead is how far the hub's clock is ahead of this machine's.
	ahead time.Duration
	// told is the hub's time as it was told last.
	told time.Time
	// at is when the screen is woken, by the timer of that generation.
	at         time.Time
	generation uint64
}

// now returns the hub's time. This machine's counts as read from its wall, so that a
// suspend is not slept through.
func (c *Clock) now() time.Time { return c.local().Round(0).Add(c.ahead) }

// Tell takes over the hub's time, where it is news.
func (c *Clock) Tell(hub time.Time) {
	if hub.IsZero() || hub.Equal(c.told) {
		return
	}
	c.told = hub
	c.ahead = hub.Sub(c.local().Round(0))
}

// Waken is the message of the timer.
type Waken struct{ generation uint64 }

// Wake returns a command that wakes the screen at that time, if none does yet. A zero
// time is never.
func (c *Clock) Wake(at time.Time) tea.Cmd {
	if at.IsZero() || !c.at.IsZero() && !at.Before(c.at) && c.at.After(c.now()) {
		return nil
	}
	c.at = at
	c.generation++
	generation := c.generation
	return c.After(max(at.Sub(c.now()), time.Millisecond), Waken{generation})
}

// Timer is a real timer.
func Timer(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// Woken tells whether the timer is the newest one.
func (c *Clock) Woken(w Waken) bool {
	if w.generation != c.generation {
		return false
	}
	c.at = time.Time{}
	return true
}
