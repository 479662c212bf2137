package writer

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// figures are the metrics of a writer.
type figures struct {
	commits      prometheus.Counter
	transactions prometheus.Counter
	seconds      prometheus.Histogram
}

func newFigures() figures {
	return figures{
		commits: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "parley", Name: "store_commits_total", Help: "Commits of the store, each of which waits for the disk once.",
		}),
		transactions: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "parley", Name: "store_transactions_total", Help: "Transactions that these commits held, also those undone.",
		}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "parley", Name: "store_commit_seconds", Help: "How long a commit took to be on the disk.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .5, 2.5},
		}),
	}
}

// committed counts a commit.
func (f figures) committed(transactions int, took time.Duration) {
	f.commits.Inc()
	f.transactions.Add(float64(transactions))
	f.seconds.Observe(took.Seconds())
}

// Collectors returns the writer's metrics.
func (w *Writer) Collectors() []prometheus.Collector {
	return []prometheus.Collector{w.figures.commits, w.figures.transactions, w.figures.seconds}
}
