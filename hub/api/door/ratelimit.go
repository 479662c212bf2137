package door

import (
	"maps"
	"net/netip"
	"sync"
	"time"
)

// Wrong codes that a network is told of as such, as many at once, which grow back over
// ratePeriod; past them it is told to wait. A right code is taken all the same: a login
// code has 80 bits and is not to be found by trying, and whoever finds a short code, of 34
// bits and ten minutes, lets a stranger's terminal in to their own account.
const (
	codesOfOne = 20
	RatePeriod = 10 * time.Minute
	// networksKept is how many networks are remembered.
	networksKept = 10_000
	// aroundTimes is how many times the allowance of one network a wider one around it has.
	aroundTimes = 4
	// spared is what a network has also where all together have nothing left, so that
	// nobody's many tries shut another out.
	spared = 5
)

// The parts of an address that its holder does not choose, and those of the network that
// such holders get many of.
const (
	networkBits4, aroundBits4 = 32, 24
	networkBits6, aroundBits6 = 64, 48
)

// allowance is how many tries are left, as of a time.
type allowance struct {
	left float64
	at   time.Time
}

// RateLimit counts what is borne with a while, by network, by the wider network around it, and
// together.
type RateLimit struct {
	now func() time.Time
	// most is how many one network has at once, mostAll how many all have together; 0: as
	// many as there are networks.
	most, mostAll float64

	mu  sync.Mutex
	all allowance
	of  map[netip.Prefix]allowance
}

// NewCodeLimit bounds codes that let nobody in.
func NewCodeLimit(now func() time.Time) *RateLimit { return NewRateLimit(now, codesOfOne, 0) }

// NewRateLimit bears with so many of one network, and with so many of all together; 0: as
// many as there are networks.
func NewRateLimit(now func() time.Time, most, mostAll float64) *RateLimit {
	return &RateLimit{now: now, most: most, mostAll: mostAll, of: make(map[netip.Prefix]allowance), all: allowance{left: mostAll, at: now()}}
}

// Count counts one more of a network. Where that is one too many it answers how long to
// wait.
func (t *RateLimit) Count(remote string) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	near, wide := networks(remote)
	one, around := t.grown(near, t.most, now), t.grown(wide, aroundTimes*t.most, now)
	wait = max(one.wait(t.most), around.wait(aroundTimes*t.most))
	all := t.all.grown(now, t.mostAll)
	if t.mostAll > 0 && t.most-one.left >= spared {
		wait = max(wait, all.wait(t.mostAll))
	}
	if wait > 0 {
		return wait
	}
	one.left--
	around.left--
	all.left = max(all.left-1, 0)
	t.of[near], t.of[wide], t.all = one, around, all
	t.forget(now)
	return 0
}

// grown is what a network has left by now.
func (t *RateLimit) grown(of netip.Prefix, most float64, now time.Time) allowance {
	a, known := t.of[of]
	if !known {
		return allowance{left: most, at: now}
	}
	return a.grown(now, most)
}

// forget forgets networks where there are too many: those that have all their tries back,
// then any.
func (t *RateLimit) forget(now time.Time) {
	if len(t.of) <= networksKept {
		return
	}
	maps.DeleteFunc(t.of, func(_ netip.Prefix, a allowance) bool { return now.Sub(a.at) >= RatePeriod })
	for of := range t.of {
		if len(t.of) <= networksKept {
			return
		}
		delete(t.of, of)
	}
}

// grown is the allowance at a later time.
func (a allowance) grown(now time.Time, most float64) allowance {
	since := max(now.Sub(a.at), 0)
	return allowance{left: min(a.left+most*since.Seconds()/RatePeriod.Seconds(), most), at: now}
}

// wait is how long it takes until there is a try; 0 where there is one.
func (a allowance) wait(most float64) time.Duration {
	if a.left >= 1 {
		return 0
	}
	return time.Duration((1 - a.left) / most * float64(RatePeriod))
}

// networks are whom an address stands for, and the wider network around them. What is no
// address counts as one.
func networks(remote string) (near, wide netip.Prefix) {
	host, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}, netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	addr := host.Addr().Unmap().WithZone("")
	bits, around := networkBits6, aroundBits6
	if addr.Is4() {
		bits, around = networkBits4, aroundBits4
	}
	near, _ = addr.Prefix(bits) // an address that was parsed has as many bits
	wide, _ = addr.Prefix(around)
	return near, wide
}

// HostOf is an address without its port.
func HostOf(remote string) string {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return ""
	}
	return a.Addr().Unmap().String()
}
