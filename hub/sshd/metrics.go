package sshd

import "github.com/prometheus/client_golang/prometheus"

// metrics are the server's figures. None is labelled by anything that a client chooses.
type metrics struct {
	sessions prometheus.Gauge
	refused  *prometheus.CounterVec
	ended    *prometheus.CounterVec
}

// ending is why a session ended. It is a label, so it is one of these.
type ending string

const (
	endedLeft     ending = "left"     // the child ended by itself
	endedGone     ending = "gone"     // the client closed the channel
	endedStalled  ending = "stalled"  // the client took in nothing
	endedIdle     ending = "idle"     // the client sent nothing
	endedLong     ending = "long"     // the session lasted as long as one may
	endedRevoked  ending = "revoked"  // the key is the user's no more
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

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		sessions: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "parley", Name: "ssh_sessions", Help: "Sessions over SSH."}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "parley", Name: "ssh_refusals_total", Help: "What was refused to clients over SSH.",
		}, []string{"what"}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "parley", Name: "ssh_sessions_ended_total", Help: "Sessions over SSH that ended, by why.",
		}, []string{"why"}),
	}
	if r != nil {
		r.MustRegister(m.sessions, m.refused, m.ended)
	}
	return m
}

func (m *metrics) refuse(what refusal) { m.refused.WithLabelValues(string(what)).Inc() }
