package hub

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/hub/store"
	"parley/model"
)

// metrics are the hub's own figures. None is labelled by anything that a client or a
// customer chooses, nor by Page.
type metrics struct {
	registry *prometheus.Registry

	events      prometheus.Counter
	lag         prometheus.Histogram
	clients     prometheus.Gauge
	resumes     prometheus.Counter
	reloads     prometheus.Counter
	slowClients prometheus.Counter
	asks        prometheus.Counter
	uncertain   prometheus.Counter
}

func newMetrics(h *Hub) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "parley", Name: name, Help: help})
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		events:   counter("events_total", "Events of Meta's webhooks taken in, repeated ones too."),
		lag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "parley", Name: "ingest_lag_seconds", Help: "From Meta's time of an event to its commit.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 60, 600, 3600},
		}),
		clients:     prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "parley", Name: "clients", Help: "Connected clients."}),
		resumes:     counter("resumes_total", "Pages that a client went on with where it was."),
		reloads:     counter("reloads_total", "Pages that a client had to read anew."),
		slowClients: counter("slow_clients_total", "Times that a client's queue was full."),
		asks:        counter("asks_total", "Replies that asked their writer what to do."),
		uncertain:   counter("uncertain_total", "Attempts of unknown outcome."),
	}
	m.registry.MustRegister(m.events, m.lag, m.clients, m.resumes, m.reloads, m.slowClients, m.asks, m.uncertain,
		&storeFigures{hub: h})
	return m
}

// welcomed counts how the Pages that a client named go on.
func (m *metrics) welcomed(hello model.Hello, w model.Welcome) {
	for page := range hello.Resume {
		switch w.Pages[page].Resume {
		case model.ResumeOK:
			m.resumes.Inc()
		case model.ResumeReload:
			m.reloads.Inc()
		}
	}
}

// Registry takes the figures of what runs beside the hub.
func (h *Hub) Registry() prometheus.Registerer { return h.metrics.registry }

// Metrics serves the hub's figures to Prometheus.
func (h *Hub) Metrics() http.Handler {
	return promhttp.HandlerFor(h.metrics.registry, promhttp.HandlerOpts{})
}

// storeFigures are read from the store when they are asked for.
type storeFigures struct{ hub *Hub }

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

// figuresTimeout bounds what a scrape may take of the store.
const figuresTimeout = 2 * time.Second

// Collect implements [prometheus.Collector]. A store that can't be read has no
// figures.
func (s *storeFigures) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), figuresTimeout)
	defer cancel()
	states := map[model.State]int{model.Queued: 0, model.Posting: 0, model.Unknown: 0, model.Ask: 0}
	var counters map[string]int64
	var oldest time.Time
	err := s.hub.store.Read(ctx, func(r store.Reader) error {
		pages, err := r.Pages()
		if err != nil {
			return err
		}
		for _, p := range pages {
			replies, err := r.RepliesIn(p.ID, model.Queued, model.Posting, model.Unknown, model.Ask)
			if err != nil {
				return err
			}
			for _, reply := range replies {
				states[reply.State]++
				if reply.State == model.Queued && (oldest.IsZero() || reply.AcceptedAt.Before(oldest)) {
					oldest = reply.AcceptedAt
				}
			}
		}
		counters, err = r.Counters()
		return err
	})
	if err != nil {
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for state, n := range states {
		gauge(descQueued, float64(n), string(state))
	}
	age := 0.0
	if !oldest.IsZero() {
		age = s.hub.utc().Sub(oldest).Seconds()
	}
	gauge(descQueueAge, age)
	gauge(descRawEvents, float64(counters[CounterNotUnderstood]))
	gauge(descUnknown, float64(counters[CounterUnknownPage]))
}
