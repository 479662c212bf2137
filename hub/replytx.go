package hub

import (
	"time"

	"parley/hub/txn"
	"parley/model"
)

// rules is what the ways of replies go by.
type rules struct {
	// QueueLimit is how long after acceptance a reply may leave by itself.
	QueueLimit time.Duration
	// App is ours.
	App model.AppID
	// Asked counts a reply that asks its writer what to do.
	Asked func()
}

// repliesTx is a transaction of a Page in which replies go on their ways.
type repliesTx struct {
	*txn.Tx
	*rules
}

// in has replies go on their ways in a transaction.
func (r *rules) in(t *txn.Tx) *repliesTx { return &repliesTx{t, r} }
