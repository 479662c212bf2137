package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// figures are the metrics of what is asked of the server, by route. What has no route counts as
// one of the name "none", so that strangers can't make up names.
type figures struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
}

func newFigures(r prometheus.Registerer) *figures {
	f := &figures{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "parley", Name: "http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "parley", Name: "http_request_seconds", Help: "How long requests took to answer, by route; websockets are left out.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}, []string{"route"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "parley", Name: "http_requests_running", Help: "Requests that are being answered; websockets are left out.",
		}),
	}
	r.MustRegister(f.requests, f.seconds, f.running)
	return f
}

// serve answers a request by the handler of its route, and measures it.
func (f *figures) serve(h http.Handler, route string, w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	a := &answered{ResponseWriter: w, status: http.StatusInternalServerError} // unless it says otherwise, or returns
	f.running.Inc()
	defer func() {
		f.running.Dec()
		f.requests.WithLabelValues(route, strconv.Itoa(a.status)).Inc()
		f.seconds.WithLabelValues(route).Observe(time.Since(began).Seconds())
	}()
	h.ServeHTTP(a, r)
	if !a.said {
		a.status = http.StatusOK
	}
}

// answered notes the status of an answer.
type answered struct {
	http.ResponseWriter
	status int
	said   bool
}

// WriteHeader implements [http.ResponseWriter].
func (a *answered) WriteHeader(status int) {
	if !a.said {
		a.status, a.said = status, status >= http.StatusOK
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (a *answered) Write(b []byte) (int, error) {
	if !a.said {
		a.status, a.said = http.StatusOK, true
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }
