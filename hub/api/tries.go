package api

import (
	"net/netip"
	"sync"
	"time"
)

// Wrong login codes that are borne with: as many at once, which grow back over
// triesPeriod. A code has 80 bits and lives ten minutes, so these bound the load and
// the log more than the guessing.
const (
	triesOfOne  = 20
	triesOfAll  = 500
	triesPeriod = 10 * time.Minute
	// triesKept is how many addresses are remembered; past it those that have all their
	// tries back are forgotten.
	triesKept = 10_000
	// networkBits is the part of an IPv6 address that its holder does not choose.
	networkBits = 64
)

// allowance is how many tries are left, as of a time.
type allowance struct {
	left float64
	at   time.Time
}

// tries counts wrong login codes, by address and together.
type tries struct {
	now func() time.Time
	// most is how many one address has at once, mostAll how many all have together.
	most, mostAll float64

	mu  sync.Mutex
	all allowance
	of  map[netip.Addr]allowance
}

func newTries(now func() time.Time, most, mostAll float64) *tries {
	return &tries{now: now, most: most, mostAll: mostAll, of: make(map[netip.Addr]allowance), all: allowance{left: mostAll, at: now()}}
}

// begin takes a try, before the code is looked at, so that many at once are no way
// around; back gives it back where the code was right. Where none is left it answers
// how long to wait. Then a right code is refused like a wrong one.
func (t *tries) begin(remote string) (back func(), wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, from := t.now(), network(remote)
	one, known := t.of[from]
	if !known {
		one = allowance{left: t.most, at: now}
	}
	one, all := one.grown(now, t.most), t.all.grown(now, t.mostAll)
	wait = max(one.wait(t.most), all.wait(t.mostAll))
	if wait > 0 {
		return nil, wait
	}
	one.left--
	all.left--
	t.of[from], t.all = one, all
	if len(t.of) > triesKept {
		t.forget(now)
	}
	return func() { t.giveBack(from) }, 0
}

func (t *tries) giveBack(from netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all.left = min(t.all.left+1, t.mostAll)
	if one, known := t.of[from]; known {
		one.left = min(one.left+1, t.most)
		t.of[from] = one
	}
}

func (t *tries) forget(now time.Time) {
	for from, a := range t.of {
		if a.grown(now, t.most).left >= t.most {
			delete(t.of, from)
		}
	}
}

// grown is the allowance at a later time.
func (a allowance) grown(now time.Time, most float64) allowance {
	since := max(now.Sub(a.at), 0)
	return allowance{left: min(a.left+most*since.Seconds()/triesPeriod.Seconds(), most), at: now}
}

// wait is how long it takes until there is a try; 0 where there is one.
func (a allowance) wait(most float64) time.Duration {
	if a.left >= 1 {
		return 0
	}
	return time.Duration((1 - a.left) / most * float64(triesPeriod))
}

// network is whom an address stands for. What is no address counts as one.
func network(remote string) netip.Addr {
	host, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	addr := host.Addr().Unmap().WithZone("")
	if !addr.Is6() {
		return addr
	}
	prefix, err := addr.Prefix(networkBits)
	if err != nil {
		return addr
	}
	return prefix.Addr()
}
