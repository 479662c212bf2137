package look

import (
	"time"

	"parley/ui/theme"
)

// Urgency is how soon the reply window closes.
type Urgency uint8

// From no longer answerable to most urgent.
const (
	closed Urgency = iota
	Calm
	open
	soon
	urgent
)

// Remaining times in the reply window at which its colour changes.
const (
	// SoonOver is the remaining time from which a row of the inbox says it.
	SoonOver   = 6 * time.Hour
	leftSoon   = 2 * time.Hour
	leftUrgent = 30 * time.Minute
)

// UrgencyOf returns the urgency of a reply by the time left to send it.
func UrgencyOf(left time.Duration) Urgency {
	switch {
	case left > SoonOver:
		return Calm
	case left > leftSoon:
		return open
	case left > leftUrgent:
		return soon
	}
	return urgent
}

// Style returns the style of the remaining time.
func (u Urgency) Style(ink theme.Ink) theme.Style {
	switch u {
	case closed:
		return ink.Faint
	case Calm:
		return ink.Muted
	case open:
		return ink.Text
	case soon:
		return ink.Warn
	default:
		return ink.Danger
	}
}
