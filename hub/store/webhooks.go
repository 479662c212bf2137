package store

import (
	"time"
)

// WebhookReader reads what is known of our address for webhooks.
type WebhookReader interface {
	// TestedAt returns when Meta's dashboard last tried our address for webhooks; zero:
	// never.
	TestedAt() (time.Time, error)
}

// WebhookWriter keeps what is known of our address for webhooks.
type WebhookWriter interface {
	// SetTestedAt keeps when Meta's dashboard tried our address for webhooks.
	SetTestedAt(at time.Time) error
}
