package look

import (
	"time"

	"parley/ui/theme"
)

// Urgency is how soon the reply window closes.
type Urgency uint8

// From no longer answerable to most urgent.
const (
	Closed Urgency = iota
	Calm
	Open
	Soon
	Urgent
)

// Remaining times in the reply window at which its colour changes.
const (
	leftCalm   = 6 * time.Hour
	leftSoon   = 2 * time.Hour
	leftUrgent = 30 * time.Minute
)

// UrgencyOf returns the urgency of a reply by the time left to send it.
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

// Style returns the style of the remaining time.
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
