package replies

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/hub/txn"
	"parley/model"
)

// Rules are the limits and settings that replies follow.
type Rules struct {
	// QueueLimit is how long after it was accepted a reply may still leave by itself.
	QueueLimit time.Duration
	// App is the id of our Meta app.
	App model.AppID
	// asks counts the replies that asked their writer what to do.
	asks prometheus.Counter
}

// NewRules returns rules for the replies of an app.
func NewRules(queueLimit time.Duration, app model.AppID) *Rules {
	return &Rules{QueueLimit: queueLimit, App: app, asks: prometheus.NewCounter(prometheus.CounterOpts{
		Namespace: "parley", Name: "asks_total", Help: "Replies that asked their writer what to do.",
	})}
}

// Collectors returns the metrics of replies.
func (r *Rules) Collectors() []prometheus.Collector { return []prometheus.Collector{r.asks} }

// Tx is a transaction of a Page that changes replies.
type Tx struct {
	*txn.Tx
	*Rules
}

// In returns a Tx that changes replies within an existing transaction.
func (r *Rules) In(t *txn.Tx) *Tx { return &Tx{t, r} }
