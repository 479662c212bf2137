// Package admission counts who may be in at once, and who gives way to whom.
package admission

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Places are where clients may stand that have nothing yet: to prove a key, or to ask for a
// session. There are so many in all, and so many for each kind: an address, or a key. Who
// comes takes the place of who stood there for long, so that whoever holds places and does
// nothing keeps nobody out:
//
//   - where a kind has all of its places, the one that has stood longest gives way;
//   - where all places are taken, one of the kind that has most gives way to one of a kind
//     that has fewer.
//
// Who has stood for less than the grace gives way to nobody of its own kind: one that comes
// stands in line, where there is one, and else is refused at once. The line is served in its
// order, of each kind: among many that come again and again, each has its turn.
type Places struct {
	most, each int
	grace      time.Duration
	now        func() time.Time

	mu    sync.Mutex
	taken int
	of    map[string][]*place
	// line are those that wait for a place, at most as many as longest, and of a kind as
	// share.
	line           []*place
	longest, share int
}

// place is one that is taken, or waited for.
type place struct {
	kind string
	// since is when it was taken, way what is done when it has to be given up, and enter when
	// it is taken after all.
	since      time.Time
	way, enter func()
}

// NewPlaces makes so many places, of which one kind has at most each.
func NewPlaces(most, each int, grace time.Duration) *Places {
	return &Places{most: most, each: each, grace: grace, now: time.Now, of: map[string][]*place{}}
}

// WithLine has who finds no place stand in line.
func (p *Places) WithLine(longest, share int) *Places {
	p.longest, p.share = longest, share
	return p
}

// Enter takes a place; leave gives it back, and may be called again. giveWay is called, once
// at most, when somebody else has it instead: whoever had it is to go. It is called by who
// comes, and so must wait for nothing.
func (p *Places) Enter(kind string, giveWay func()) (leave func(), ok bool) {
	return p.join(&place{kind: kind, way: giveWay})
}

// LineUp stands in line for a place, if none is free; enter is called when it is taken, now or
// later, and must wait for nothing either. leave leaves the line, too.
func (p *Places) LineUp(kind string, giveWay, enter func()) (leave func(), ok bool) {
	comes := &place{kind: kind, way: giveWay, enter: enter}
	p.mu.Lock()
	of := 0
	for _, one := range p.line {
		if one.kind == kind {
			of++
		}
	}
	room := len(p.line) < p.longest && of < p.share
	if room {
		p.line = append(p.line, comes)
	}
	p.mu.Unlock()
	if !room {
		if of > 0 {
			return nil, false
		}
		leave, ok := p.join(comes)
		if ok {
			enter()
		}
		return leave, ok
	}
	p.Serve()
	return func() { p.leave(comes) }, true
}

// join takes a place at once.
func (p *Places) join(comes *place) (leave func(), ok bool) {
	p.mu.Lock()
	first, ok := p.put(comes)
	p.mu.Unlock()
	if !ok {
		return nil, false
	}
	if first != nil {
		first.way()
	}
	return func() { p.leave(comes) }, true
}

// leave gives a place back, for the next in line.
func (p *Places) leave(gone *place) {
	p.mu.Lock()
	p.remove(gone)
	p.line = slices.DeleteFunc(p.line, func(one *place) bool { return one == gone })
	p.mu.Unlock()
	p.Serve()
}

// Serve serves the line: whoever leaves calls it, and time does, as who has stood for long
// gives way.
func (p *Places) Serve() {
	p.mu.Lock()
	var first, next []*place
	full := map[string]bool{} // none of these has a place now
	p.line = slices.DeleteFunc(p.line, func(one *place) bool {
		if full[one.kind] {
			return false
		}
		gives, ok := p.put(one)
		if full[one.kind] = !ok; !ok {
			return false
		}
		if gives != nil {
			first = append(first, gives)
		}
		next = append(next, one)
		return true
	})
	p.mu.Unlock()
	for _, one := range first {
		one.way()
	}
	for _, one := range next {
		one.enter()
	}
}

// put takes a place, if there is one; first is who has to give way.
func (p *Places) put(taken *place) (first *place, ok bool) {
	taken.since = p.now()
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
func (p *Places) first(to *place) *place {
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
func (p *Places) remove(gone *place) {
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

// HostOf is what of an address counts as one client: of IPv4 the address, as a network of
// these has many; of IPv6 the network of 64 bits, in which whoever has one address has all.
func HostOf(a net.Addr) string {
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
