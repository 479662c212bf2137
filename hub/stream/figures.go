package stream

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/model"
)

// figures are what is counted of clients.
type figures struct {
	clients     prometheus.Gauge
	resumes     prometheus.Counter
	reloads     prometheus.Counter
	slowClients prometheus.Counter
}

func newFigures() figures {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "parley", Name: name, Help: help})
	}
	return figures{
		clients:     prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "parley", Name: "clients", Help: "Connected clients."}),
		resumes:     counter("resumes_total", "Pages that a client went on with where it was."),
		reloads:     counter("reloads_total", "Pages that a client had to read anew."),
		slowClients: counter("slow_clients_total", "Times that a client's queue was full."),
	}
}

// welcomed counts how the Pages that a client named go on.
func (f figures) welcomed(hello model.Hello, w model.Welcome) {
	for page := range hello.Resume {
		switch w.Pages[page].Resume {
		case model.ResumeOK:
			f.resumes.Inc()
		case model.ResumeReload:
			f.reloads.Inc()
		}
	}
}

// Collectors are the stream's own figures.
func (st *Stream) Collectors() []prometheus.Collector {
	f := st.figures
	return []prometheus.Collector{f.clients, f.resumes, f.reloads, f.slowClients}
}

// OtherStream is when a client last proved that the store was put back to an earlier copy;
// nil: none did.
func (st *Stream) OtherStream() *time.Time { return st.otherStream.Load() }
