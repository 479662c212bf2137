package replies

import (
	"time"

	"parley/hub/txn"
	"parley/model"
)

// Rules is what the ways of replies go by.
type Rules struct {
	// QueueLimit is how long after acceptance a reply may leave by itself.
	QueueLimit time.Duration
	// App is ours.
	App model.AppID
	// Asked counts a reply that asks its writer what to do.
	Asked func()
}

// Tx is a transaction of a Page in which replies go on their ways.
type Tx struct {
	*txn.Tx
	*Rules
}

// In has replies go on their ways in a transaction.
func (r *Rules) In(t *txn.Tx) *Tx { return &Tx{t, r} }
