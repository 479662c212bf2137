package door

import (
	"maps"
	"net/netip"
	"sync"
	"time"
)

// How many wrong codes a network may send before it is told to wait; the allowance grows back
// over ratePeriod. A right code is accepted all the same: a login code has 80 bits and can't be
// found by trying, and whoever finds a short code, of 34 bits and valid for ten minutes, signs
// a stranger's terminal in to their own account.
const (
	codesOfOne = 20
	RatePeriod = 10 * time.Minute
	// networksKept is how many networks are remembered.
	networksKept = 10_000
	// aroundTimes is how many times one network's allowance the wider network around it has.
	aroundTimes = 4
	// spared is what a network may still do when the common allowance is used up, so that one
	// client's many attempts can't shut others out.
	spared = 5
)

// The parts of an address that its owner does not choose, and those of the wider network from
// which such owners get many.
const (
	networkBits4, aroundBits4 = 32, 24
	networkBits6, aroundBits6 = 64, 48
)

// allowance is how many attempts are left, as of a time.
type allowance struct {
	left float64
	at   time.Time
}

// NetworkLimit counts by network, by the wider network around it, and in all.
type NetworkLimit struct {
	now func() time.Time
	// most is how many attempts one network has at once, mostAll how many all have together; 0
	// means no common limit.
	most, mostAll float64

	mu  sync.Mutex
	all allowance
	of  map[netip.Prefix]allowance
}

// NewCodeLimit limits wrong codes.
func NewCodeLimit(now func() time.Time) *NetworkLimit { return NewNetworkLimit(now, codesOfOne, 0) }

// NewNetworkLimit returns a limit of most for each network and mostAll for all together; 0 means
// no common limit.
func NewNetworkLimit(now func() time.Time, most, mostAll float64) *NetworkLimit {
	return &NetworkLimit{now: now, most: most, mostAll: mostAll, of: make(map[netip.Prefix]allowance), all: allowance{left: mostAll, at: now()}}
}

// Count counts an attempt of a network. If that is one too many, it returns how long to wait.
func (t *NetworkLimit) Count(remote string) (wait time.Duration) {
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

// grown returns what a network has left by now.
func (t *NetworkLimit) grown(of netip.Prefix, most float64, now time.Time) allowance {
	a, known := t.of[of]
	if !known {
		return allowance{left: most, at: now}
	}
	return a.grown(now, most)
}

// forget drops networks when there are too many: those with a full allowance, then any.
func (t *NetworkLimit) forget(now time.Time) {
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

// grown returns the allowance at a later time.
func (a allowance) grown(now time.Time, most float64) allowance {
	since := max(now.Sub(a.at), 0)
	return allowance{left: min(a.left+most*since.Seconds()/RatePeriod.Seconds(), most), at: now}
}

// wait returns how long it takes until an attempt is allowed; 0 if one is.
func (a allowance) wait(most float64) time.Duration {
	if a.left >= 1 {
		return 0
	}
	return time.Duration((1 - a.left) / most * float64(RatePeriod))
}

// networks returns the network that an address counts for, and the wider network around it.
// Anything that is not an address counts as one network.
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
	near, _ = addr.Prefix(bits) // a parsed address has as many bits
	wide, _ = addr.Prefix(around)
	return near, wide
}

// HostOf returns an address without its port.
func HostOf(remote string) string {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return ""
	}
	return a.Addr().Unmap().String()
}
