package door

import (
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the proxies that are trusted to say where a request comes from.
type Proxies []netip.Prefix

func (p Proxies) trusts(a netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// Told replaces a request's address by that of the actual client, if a trusted proxy sends it.
func (p Proxies) Told(next http.Handler) http.Handler {
	if len(p) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a, ok := p.client(r); ok {
			r.RemoteAddr = netip.AddrPortFrom(a, 0).String()
		}
		next.ServeHTTP(w, r)
	})
}

// client returns the address of the actual client according to proxies; false if the
// connection's own address stands.
//
// Each proxy appends on the right the address that it was asked by, and leaves the rest, which
// anybody may have made up. So the list is read from the right, as long as each entry comes
// from a trusted proxy.
func (p Proxies) client(r *http.Request) (netip.Addr, bool) {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	peer := remote.Addr().Unmap().WithZone("")
	if !p.trusts(peer) {
		return netip.Addr{}, false
	}
	standard, usual := r.Header.Values("Forwarded"), r.Header.Values("X-Forwarded-For")
	switch {
	case len(standard) == 0 && len(usual) == 0:
		return netip.Addr{}, false
	case len(standard) == 0:
		return p.last(peer, forwardedFor(usual)), true
	case len(usual) == 0:
		return p.last(peer, forwarded(standard)), true
	}
	// A proxy writes one of the two headers and passes the other on: if they differ, nobody can
	// tell which was made up.
	one, other := p.last(peer, forwarded(standard)), p.last(peer, forwardedFor(usual))
	if one != other {
		return netip.Addr{}, false
	}
	return one, true
}

// last returns the nearest hop that is not a trusted proxy. hops are in order, each an address
// or something unreadable.
func (p Proxies) last(peer netip.Addr, hops []string) netip.Addr {
	for i := len(hops) - 1; i >= 0; i-- {
		a, ok := hopAddress(hops[i])
		if !ok {
			return peer // the proxy itself is the last one known
		}
		if peer = a; !p.trusts(a) {
			return a
		}
	}
	return peer
}

// hopAddress parses an address with or without a port.
func hopAddress(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")); err == nil {
		return a.Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddrPort(s)
	return a.Addr().Unmap().WithZone(""), err == nil
}

// forwardedFor returns the list in X-Forwarded-For, over all its lines.
func forwardedFor(lines []string) []string {
	var hops []string
	for _, line := range lines {
		for hop := range strings.SplitSeq(line, ",") {
			hops = append(hops, strings.TrimSpace(hop))
		}
	}
	return hops
}

// forwarded returns the addresses that a Forwarded header (RFC 7239) names with "for"; an
// element without one counts as unreadable.
func forwarded(lines []string) []string {
	var hops []string
	for _, line := range lines {
		for _, element := range splitUnquoted(line, ',') {
			hop := ""
			for _, pair := range splitUnquoted(element, ';') {
				name, value, _ := strings.Cut(pair, "=")
				if strings.EqualFold(strings.TrimSpace(name), "for") {
					hop = unquoted(strings.TrimSpace(value))
				}
			}
			hops = append(hops, hop)
		}
	}
	return hops
}

// splitUnquoted splits at a separator outside of quoted strings.
func splitUnquoted(s string, separator byte) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// unquoted returns a token, or the content of a quoted string.
func unquoted(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '\\' && i+1 < len(s)-1 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
