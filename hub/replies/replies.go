package replies

import (
	"time"

	"parley/hub/txn"
	"parley/model"
)

// Rules are the limits and settings that replies follow.
type Rules struct {
	// QueueLimit is how long after it was accepted a reply may still leave by itself.
	QueueLimit time.Duration
	// App is the id of our Meta app.
	App model.AppID
	// Asked counts a reply that asks its writer what to do.
	Asked func()
}

// Tx is a transaction of a Page that changes replies.
type Tx struct {
	*txn.Tx
	*Rules
}

// In returns a Tx that changes replies within an existing transaction.
func (r *Rules) In(t *txn.Tx) *Tx { return &Tx{t, r} }
