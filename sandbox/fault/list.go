package fault

import (
	"math/rand/v2"
	"strings"
	"sync"
)

// List holds the active faults, oldest first: the first that matches wins. Its lock may be taken
// with any other one held; it takes none itself.
type List struct {
	mu   sync.Mutex
	rng  *rand.Rand
	list []*Fault
}

// NewList returns an empty list. chance decides about faults with a probability.
func NewList(chance *rand.Rand) *List { return &List{rng: chance} }

// Add activates a fault with its counter at 0.
func (l *List) Add(f Fault) {
	f.Fired = 0
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, &f)
}

// All returns the active faults, with how often each fired.
func (l *List) All() []Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []Fault{}
	for _, f := range l.list {
		out = append(out, *f)
	}
	return out
}

// Clear removes all faults and returns how many there were.
func (l *List) Clear() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.list)
	l.list = nil
	return n
}

// Chance returns a random number of the list's own source.
func (l *List) Chance() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rng.Uint64()
}

// Match finds the fault of one of these kinds that applies, and counts it; nil: none. call is the
// call to Pipedrive. The result is a copy.
func (l *List) Match(on, psid string, kinds func(string) bool, call ...string) *Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.list {
		if f.On != on && (f.On != "graph" || on == "webhook" || on == "smtp" || strings.HasPrefix(on, "pipedrive")) {
			continue
		}
		if f.Call != "" && (len(call) == 0 || !strings.HasPrefix(call[0], f.Call)) {
			continue
		}
		if !kinds(f.Kind) || (f.PSID != "" && f.PSID != psid) || (f.Count > 0 && f.Fired >= f.Count) {
			continue
		}
		if f.Probability != nil && l.rng.Float64() >= *f.Probability {
			continue
		}
		f.Fired++
		struck := *f
		return &struck
	}
	return nil
}

// MatchEcho returns the faults that apply to the echo of one send, at most one of each kind.
func (l *List) MatchEcho(psid string) []*Fault {
	var struck []*Fault
	for _, kind := range []string{"echo_missing", "echo_without_metadata", "echo_late", "echo_early"} {
		if f := l.Match("send", psid, func(k string) bool { return k == kind }); f != nil {
			struck = append(struck, f)
		}
	}
	return struck
}
