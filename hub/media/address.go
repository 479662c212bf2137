package media

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"parley/hub/outside"
	"parley/model"
)

// errForeign means that an address is none that is fetched from.
var errForeign = errors.New("address is none of Meta's")

// domains are Meta's, whose subdomains hold what is sent.
//
// Source: Messenger Platform, "messages", attachments: CDN addresses that expire.
var domains = []string{"fbcdn.net", "fbsbx.com"}

// addresses knows which addresses are fetched from: those of Meta's domains, by https, and those
// of the Graph API's own host.
type addresses struct {
	// graph is the Graph API's address, nil if there is none. local: it is this machine, which is a sandbox.
	graph *url.URL
	local bool
}

// newAddresses returns the addresses of a Graph API's URL; with an invalid one it has no host of
// its own.
func newAddresses(graphURL string) addresses {
	u, err := outside.Address(graphURL, true)
	if err != nil {
		return addresses{}
	}
	return addresses{graph: u, local: outside.Loopback(u.Hostname())}
}

// allows reports whether an address is one to fetch from.
func (a addresses) allows(u *url.URL) bool {
	if u == nil || u.User != nil || u.Hostname() == "" {
		return false
	}
	if a.graph != nil && u.Scheme == a.graph.Scheme && hostPort(u) == hostPort(a.graph) {
		return true
	}
	if u.Scheme != "https" || hostPort(u) != net.JoinHostPort(strings.ToLower(u.Hostname()), "443") {
		return false
	}
	host := strings.ToLower(u.Hostname())
	for _, d := range domains {
		if strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

// hostPort returns host and port of an address, the scheme's port if it names none.
func hostPort(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "http":
		port = "80"
	default:
		port = "443"
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// parse returns an attachment's address.
func parse(address model.Untrusted) (*url.URL, error) {
	u, err := url.Parse(string(address))
	if err != nil {
		return nil, errForeign // without the address, which is somebody's text
	}
	return u, nil
}

// control returns the check of a connection's own address, made after a name is resolved and
// before anything is sent there. to is the host and port that was asked for.
func (a addresses) control(to string) func(network, address string, c syscall.RawConn) error {
	own := a.local && strings.EqualFold(to, hostPort(a.graph))
	return func(network, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || network != "tcp4" && network != "tcp6" {
			return errForeign
		}
		if own && at.Addr().Unmap().IsLoopback() || public(at.Addr()) {
			return nil
		}
		return errForeign
	}
}

// inner are networks that are not the open Internet, besides those that [netip.Addr] knows.
//
// Source: IANA, special-purpose address registries of IPv4 and IPv6.
var inner = func() (list []netip.Prefix) {
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4",
		"::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
		"3fff::/20", "5f00::/16", "fec0::/10",
	} {
		list = append(list, netip.MustParsePrefix(p))
	}
	return list
}()

// public reports whether an address is of the open Internet. One in which another is embedded
// (NAT64, 6to4, Teredo, IPv4-mapped) is not: it may lead back inside.
func public(ip netip.Addr) bool {
	if ip.Is4In6() || ip.Zone() != "" || !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, p := range inner {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
