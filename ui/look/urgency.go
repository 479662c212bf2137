package look

import (
	"time"

	"parley/ui/theme"
)

// Urgency is how soon the reply window closes.
type Urgency uint8

// From what can't be answered any more to what must be answered at once.
const (
	Closed Urgency = iota
	Calm
	Open
	Soon
	Urgent
)

// Times left in the reply window at which its colour changes.
const (
	leftCalm   = 6 * time.Hour
	leftSoon   = 2 * time.Hour
	leftUrgent = 30 * time.Minute
)

// UrgencyOf returns how urgent a reply is that can be sent for so long.
func UrgencyOf(left time.Duration) Urgency {
	switch {
	case left > leftCalm:
		return Calm
	case left > leftSoon:
		return Open
	case left > leftUrgent:
		return Soon
	}
	return Urgent
}

// Style is the style of the time that is left.
func (u Urgency) Style(ink theme.Ink) theme.Style {
	switch u {
	case Closed:
		return ink.Faint
	case Calm:
		return ink.Muted
	case Open:
		return ink.Text
	case Soon:
		return ink.Warn
	default:
		return ink.Danger
	}
}
