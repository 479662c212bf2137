package fault

import (
	"math/rand/v2"
	"strings"
	"sync"
)

// List is the faults in force, oldest first: the first that fits wins. Its lock may be
// taken with any other one held; it takes none itself.
type List struct {
	mu   sync.Mutex
	rng  *rand.Rand
	list []*Fault
}

// NewList makes an empty list. Chance decides over faults of some probability.
func NewList(chance *rand.Rand) *List { return &List{rng: chance} }

// Add puts a fault in force, that has not fired yet.
func (l *List) Add(f Fault) {
	f.Fired = 0
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, &f)
}

// All returns the faults in force, with how often each fired.
func (l *List) All() []Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []Fault{}
	for _, f := range l.list {
		out = append(out, *f)
	}
	return out
}

// Clear puts all faults out of force and returns how many there were.
func (l *List) Clear() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.list)
	l.list = nil
	return n
}

// Chance returns a number of the faults' own chance.
func (l *List) Chance() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rng.Uint64()
}

// Take finds the fault of one of these kinds that strikes, and counts it; nil: none does.
// call is which call of Pipedrive's it is. The fault is the caller's own copy.
func (l *List) Take(on, psid string, kinds func(string) bool, call ...string) *Fault {
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

// TakeEcho gathers the faults that strike the echo of one send, one of each kind at most.
func (l *List) TakeEcho(psid string) []*Fault {
	var struck []*Fault
	for _, kind := range []string{"echo_missing", "echo_without_metadata", "echo_late", "echo_early"} {
		if f := l.Take("send", psid, func(k string) bool { return k == kind }); f != nil {
			struck = append(struck, f)
		}
	}
	return struck
}
