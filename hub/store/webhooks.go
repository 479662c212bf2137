package store

import (
	"time"
)

// WebhookReader reads what is known about our webhook address.
type WebhookReader interface {
	// TestedAt returns when Meta's dashboard last tried our webhook address; zero if never.
	TestedAt() (time.Time, error)
}

// WebhookWriter stores what is known about our webhook address.
type WebhookWriter interface {
	// SetTestedAt stores when Meta's dashboard tried our webhook address.
	SetTestedAt(at time.Time) error
}
