package sshd

import (
	"maps"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// ending is the reason why a session ended. It is a label, so its values are fixed.
type ending string

const (
	endedLeft     ending = "left"     // the child ended by itself
	endedGone     ending = "gone"     // the client closed the channel
	endedStalled  ending = "stalled"  // the client read nothing
	endedIdle     ending = "idle"     // the client sent nothing
	endedLong     ending = "long"     // the session lasted as long as one may
	endedRevoked  ending = "revoked"  // the key is no longer the user's
	endedStopping ending = "stopping" // the server stops
	endedFailed   ending = "failed"   // the child could not be run
)

// refusal is what was refused to a client; a label, too.
type refusal string

const (
	refusedConnection refusal = "connection"
	refusedKey        refusal = "key"
	refusedSession    refusal = "session"
	refusedTerminal   refusal = "terminal"
	refusedCommand    refusal = "command"
)

// Figures are a server's metrics. None is labelled by anything that a client chooses.
type Figures struct {
	Sessions int
	Refused  map[refusal]uint64
	Ended    map[ending]uint64
}

func (f Figures) clone() Figures {
	return Figures{Sessions: f.Sessions, Refused: maps.Clone(f.Refused), Ended: maps.Clone(f.Ended)}
}

// metrics count, and report to Prometheus.
type metrics struct {
	mu sync.Mutex
	// counted are this process's figures, told the last ones of another process that ended.
	counted, told Figures
	// changes counts the changes of the figures.
	changes uint64
	// crashes counts processes that ended by themselves.
	crashes uint64
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		counted: Figures{Refused: map[refusal]uint64{}, Ended: map[ending]uint64{}},
		told:    Figures{Refused: map[refusal]uint64{}, Ended: map[ending]uint64{}},
	}
	if r != nil {
		r.MustRegister(m)
	}
	return m
}

func (m *metrics) refuse(what refusal) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counted.Refused[what]++
	m.changes++
}

func (m *metrics) began() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counted.Sessions++
	m.changes++
}

func (m *metrics) over() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counted.Sessions--
	m.changes++
}

func (m *metrics) ended(why ending) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counted.Ended[why]++
	m.changes++
}

// now returns the figures so far, and how often they changed.
func (m *metrics) now() (f Figures, changes uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counted.clone(), m.changes
}

// replace replaces the figures that another process reported before.
func (m *metrics) replace(f Figures) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counted = f
}

// gone keeps the figures of a process that has ended.
func (m *metrics) gone(crashed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for what, n := range m.counted.Refused {
		m.told.Refused[what] += n
	}
	for why, n := range m.counted.Ended {
		m.told.Ended[why] += n
	}
	m.counted = Figures{}
	if crashed {
		m.crashes++
	}
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("parley_"+name, help, labels, nil)
}

// The descriptions of the metrics.
var (
	sessionsNow   = describe("ssh_sessions", "Sessions over SSH.")
	refusalsTotal = describe("ssh_refusals_total", "What was refused to clients over SSH.", "what")
	endedTotal    = describe("ssh_sessions_ended_total", "Sessions over SSH that ended, by why.", "why")
	crashesTotal  = describe("ssh_crashes_total", "How often what serves SSH ended by itself, and began again.")
)

// Describe implements [prometheus.Collector].
func (m *metrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{sessionsNow, refusalsTotal, endedTotal, crashesTotal} {
		to <- d
	}
}

// Collect implements [prometheus.Collector].
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	m.mu.Lock()
	defer m.mu.Unlock()
	count := func(d *prometheus.Desc, n uint64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	to <- prometheus.MustNewConstMetric(sessionsNow, prometheus.GaugeValue, float64(m.counted.Sessions))
	for _, what := range []refusal{refusedConnection, refusedKey, refusedSession, refusedTerminal, refusedCommand} {
		count(refusalsTotal, m.told.Refused[what]+m.counted.Refused[what], string(what))
	}
	for _, why := range []ending{endedLeft, endedGone, endedStalled, endedIdle, endedLong, endedRevoked, endedStopping, endedFailed} {
		count(endedTotal, m.told.Ended[why]+m.counted.Ended[why], string(why))
	}
	count(crashesTotal, m.crashes)
}
