package sshd

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// places are where clients may stand that have nothing yet: to prove a key, or to ask for a
// session. There are so many in all, and so many for each kind: an address, or a key. Who
// comes takes the place of who stood there for long, so that whoever holds places and does
// nothing keeps nobody out:
//
//   - where a kind has all of its places, the one that has stood longest gives way;
//   - where all places are taken, one of the kind that has most gives way to one of a kind
//     that has fewer.
//
// Who has stood for less than the grace gives way to nobody of its own kind: one that comes
// is refused at once instead.
type places struct {
	most, each int
	grace      time.Duration
	now        func() time.Time

	mu    sync.Mutex
	taken int
	of    map[string][]*place
}

// place is one that is taken.
type place struct {
	kind string
	// since is when it was taken, way what is done when it has to be given up.
	since time.Time
	way   func()
}

func newPlaces(most, each int, grace time.Duration) *places {
	return &places{most: most, each: each, grace: grace, now: time.Now, of: map[string][]*place{}}
}

// take takes a place; leave gives it back, and may be called again. giveWay is called, once
// at most, when somebody else has it instead: whoever had it is to go.
func (p *places) take(kind string, giveWay func()) (leave func(), ok bool) {
	taken := &place{kind: kind, since: p.now(), way: giveWay}
	first, ok := p.put(taken)
	if first != nil {
		first.way()
	}
	if !ok {
		return nil, false
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.remove(taken)
	}, true
}

// put takes a place, if there is one; first is who has to give way.
func (p *places) put(taken *place) (first *place, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	own := p.of[taken.kind]
	if len(own) >= p.each || p.taken >= p.most {
		if first = p.first(taken); first == nil {
			return nil, false
		}
		p.remove(first)
	}
	p.of[taken.kind] = append(p.of[taken.kind], taken)
	p.taken++
	return first, true
}

// first finds who has to give way; nil: nobody has to.
func (p *places) first(to *place) *place {
	own := p.of[to.kind]
	from := own
	if len(own) < p.each { // there are none at all
		for _, others := range p.of {
			if len(others) > len(from) || len(others) == len(from) && others[0].since.Before(from[0].since) {
				from = others
			}
		}
	}
	if len(from) == 0 || len(from) <= len(own)+1 && to.since.Sub(from[0].since) < p.grace {
		return nil
	}
	return from[0]
}

// remove gives a place back, if it is still taken.
func (p *places) remove(gone *place) {
	of := p.of[gone.kind]
	for i, one := range of {
		if one != gone {
			continue
		}
		if of = append(of[:i:i], of[i+1:]...); len(of) == 0 {
			delete(p.of, gone.kind)
		} else {
			p.of[gone.kind] = of
		}
		p.taken--
		return
	}
}

// hostOf is what of an address counts as one client: of IPv4 the address, as a network of
// these has many; of IPv6 the network of 64 bits, in which whoever has one address has all.
func hostOf(a net.Addr) string {
	at, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return a.String()
	}
	ip := at.Addr().Unmap().WithZone("")
	const network = 64
	if ip.Is6() {
		if of, err := ip.Prefix(network); err == nil {
			return of.String()
		}
	}
	return ip.String()
}
