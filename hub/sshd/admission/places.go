// Package admission limits how many clients may be in at once, and decides who gives way.
package admission

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Places are for clients that don't do anything yet: those that must prove a key, or ask for a
// session. Their number is limited in all and for each kind, such as an address or a key. A
// newcomer takes the place of a client that has been there for long, so that idle clients keep
// nobody out:
//
//   - if a kind has all of its places, the one that has been there longest gives way;
//   - if all places are taken, a client of the kind that has most gives way to one of a kind
//     that has fewer.
//
// A client that has been there for less than the grace period does not give way to its own
// kind: the newcomer waits in line, if there is one, or is refused. The line is served in
// order, within each kind: among clients that keep coming back, each gets its turn.
type Places struct {
	most, each int
	grace      time.Duration
	now        func() time.Time

	mu    sync.Mutex
	taken int
	of    map[string][]*place
	// line are those that wait for a place, at most longest of them, and share of one kind.
	line           []*place
	longest, share int
}

// place is one that is taken, or waited for.
type place struct {
	kind string
	// since is when it was taken, way is called when it must be given up, enter when one that
	// was waited for is taken.
	since      time.Time
	way, enter func()
}

// NewPlaces returns that many places, of which one kind gets at most each.
func NewPlaces(most, each int, grace time.Duration) *Places {
	return &Places{most: most, each: each, grace: grace, now: time.Now, of: map[string][]*place{}}
}

// WithLine makes clients without a place wait in line.
func (p *Places) WithLine(longest, share int) *Places {
	p.longest, p.share = longest, share
	return p
}

// Enter takes a place; leave frees it, and may be called again. giveWay is called, at most
// once, when another client gets the place and this one must go. The newcomer's goroutine calls
// it, so it must not block.
func (p *Places) Enter(kind string, giveWay func()) (leave func(), ok bool) {
	return p.join(&place{kind: kind, way: giveWay})
}

// LineUp waits in line if no place is free; enter is called when one is taken, now or later,
// and must not block, either. leave also leaves the line.
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

// leave frees a place for the next in line.
func (p *Places) leave(gone *place) {
	p.mu.Lock()
	p.remove(gone)
	p.line = slices.DeleteFunc(p.line, func(one *place) bool { return one == gone })
	p.mu.Unlock()
	p.Serve()
}

// Serve serves the line. It is called when a client leaves, and regularly, because clients come
// to give way as time passes.
func (p *Places) Serve() {
	p.mu.Lock()
	var first, next []*place
	full := map[string]bool{} // of these kinds none gets a place now
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

// put takes a place, if there is one; first is the client that has to give way.
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

// first returns the client that has to give way, nil if there is none.
func (p *Places) first(to *place) *place {
	own := p.of[to.kind]
	from := own
	if len(own) < p.each { // all places are taken
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

// remove frees a place, if it is still taken.
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

// HostOf returns the part of an address that counts as one client: for IPv4 the address, as one
// network has many clients; for IPv6 the /64 network, all of whose addresses are available to
// one client.
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
