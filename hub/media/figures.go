package media

import "github.com/prometheus/client_golang/prometheus"

// figures are what is counted for Prometheus.
type figures struct {
	fetched, expired prometheus.Counter
	bytes            prometheus.Counter
	failed           *prometheus.CounterVec
	kept             prometheus.Collector
}

func newFigures(folder *Folder) figures {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "parley", Name: name, Help: help})
	}
	return figures{
		fetched: counter("media_fetched_total", "Attachments fetched from Meta."),
		bytes:   counter("media_fetched_bytes_total", "Bytes of attachments fetched from Meta."),
		expired: counter("media_expired_total", "Attachments removed because of their age, or to make room."),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "parley", Name: "media_failed_total", Help: "Attachments that were given up, by reason.",
		}, []string{"reason"}),
		kept: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: "parley", Name: "media_kept_bytes", Help: "Bytes of attachments on the hub's disk.",
		}, func() float64 {
			if folder == nil {
				return 0
			}
			return float64(folder.total())
		}),
	}
}

// Collectors returns the metrics.
func (l *Library) Collectors() []prometheus.Collector {
	f := l.figures
	return []prometheus.Collector{f.fetched, f.bytes, f.expired, f.failed, f.kept}
}
