package hub

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/hub/logkey"
	"parley/hub/receive"
	"parley/hub/store"
	"parley/hub/wake"
)

// metrics are the hub's own figures. None is labelled by anything that a client or a
// customer chooses, nor by Page.
type metrics struct {
	registry *prometheus.Registry

	asks prometheus.Counter
}

func newMetrics(h *Hub) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		asks: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "parley", Name: "asks_total", Help: "Replies that asked their writer what to do.",
		}),
	}
	m.registry.MustRegister(m.asks, &storeFigures{hub: h, kept: &h.figures})
	return m
}

// Registry takes the figures of what runs beside the hub.
func (h *Hub) Registry() prometheus.Registerer { return h.metrics.registry }

// Metrics serves the hub's figures to Prometheus, whoever asks.
func (h *Hub) Metrics() http.Handler {
	return promhttp.HandlerFor(h.metrics.registry, promhttp.HandlerOpts{})
}

// storeFigures are what the hub has in hand, as it was kept.
type storeFigures struct {
	hub  *Hub
	kept *keptFigures
}

// keptFigures are the newest figures of the store. Whoever asks for them costs the store
// nothing: they are read after changes, at most so often.
type keptFigures struct {
	changed wake.Signal

	mu      sync.Mutex
	known   bool
	figures store.Figures
	unknown int64
}

// figuresPause is the least time between two readings of the figures.
const figuresPause = time.Second

// runFigures keeps the figures until ctx ends.
func (h *Hub) runFigures(ctx context.Context) error {
	for failed := false; ; {
		err := h.keepFigures(ctx)
		if err != nil && ctx.Err() == nil {
			if !failed { // it goes on for as long as the store can't be read
				h.log.Warn("read figures", logkey.Error, err)
			}
			h.figures.changed.Notify()
		}
		failed = err != nil
		wake.Pause(ctx, figuresPause)
		select {
		case <-ctx.Done():
			return nil
		case <-h.figures.changed:
		}
	}
}

// keepFigures reads the figures. A store that can't be read has none.
func (h *Hub) keepFigures(ctx context.Context) error {
	var f store.Figures
	var unknown int64
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		if f, err = r.Figures(); err == nil {
			unknown, err = r.Counter(receive.CounterUnknownPage)
		}
		return err
	})
	k := &h.figures
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known, k.figures, k.unknown = err == nil, f, unknown
	return err
}

var (
	descQueueAge  = prometheus.NewDesc("parley_queue_age_seconds", "Age of the oldest reply that waits to be sent.", nil, nil)
	descQueued    = prometheus.NewDesc("parley_replies", "Replies by state.", []string{"state"}, nil)
	descRawEvents = prometheus.NewDesc("parley_events_not_understood", "Events kept raw because they are not understood.", nil, nil)
	descUnknown   = prometheus.NewDesc("parley_events_of_unknown_pages", "Events of Pages that are not connected here.", nil, nil)
)

// Describe implements [prometheus.Collector].
func (*storeFigures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descQueueAge, descQueued, descRawEvents, descUnknown} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (s *storeFigures) Collect(ch chan<- prometheus.Metric) {
	s.kept.mu.Lock()
	known, f, unknown := s.kept.known, s.kept.figures, s.kept.unknown
	s.kept.mu.Unlock()
	if !known {
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for state, n := range f.Replies {
		gauge(descQueued, float64(n), string(state))
	}
	age := 0.0
	if !f.OldestQueued.IsZero() {
		age = s.hub.utc().Sub(f.OldestQueued).Seconds()
	}
	gauge(descQueueAge, age)
	gauge(descRawEvents, float64(f.NotUnderstood))
	gauge(descUnknown, float64(unknown))
}
