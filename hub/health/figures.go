package health

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/hub/logkey"
	"parley/hub/receive"
	"parley/hub/store"
	"parley/hub/wake"
)

// storeFigures are what the hub has in hand, as it was kept.
type storeFigures struct {
	kept *keptFigures
	now  func() time.Time
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

// Run keeps the figures until ctx ends.
func (h *Health) Run(ctx context.Context) error {
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
func (h *Health) keepFigures(ctx context.Context) error {
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
		age = s.now().Sub(f.OldestQueued).Seconds()
	}
	gauge(descQueueAge, age)
	gauge(descRawEvents, float64(f.NotUnderstood))
	gauge(descUnknown, float64(unknown))
}
