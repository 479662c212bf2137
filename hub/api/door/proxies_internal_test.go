package door

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func trusted(cidrs ...string) Proxies {
	var p Proxies
	for _, c := range cidrs {
		p = append(p, netip.MustParsePrefix(c))
	}
	return p
}

// of is whom p takes a request for.
func (p Proxies) of(remote string, header http.Header) string {
	r := &http.Request{RemoteAddr: remote, Header: header}
	if a, ok := p.client(r); ok {
		return a.String()
	}
	return netip.MustParseAddrPort(remote).Addr().String()
}

// The nearest address that no trusted proxy is: what stands left of it may be made up.
func TestWhomAProxySpeaksFor(t *testing.T) {
	t.Parallel()
	const proxy = "10.0.0.1:4000"
	p := trusted("10.0.0.0/8", "fd00::/8", "192.0.2.7/32")
	usual := func(lines ...string) http.Header { return http.Header{"X-Forwarded-For": lines} }
	standard := func(lines ...string) http.Header { return http.Header{"Forwarded": lines} }
	for name, tt := range map[string]struct {
		remote string
		header http.Header
		want   string
	}{
		"no proxy":                         {"203.0.113.9:1", usual("198.51.100.1"), "203.0.113.9"},
		"a proxy that tells nothing":       {proxy, nil, "10.0.0.1"},
		"one hop":                          {proxy, usual("198.51.100.1"), "198.51.100.1"},
		"made up before it":                {proxy, usual("8.8.8.8, 198.51.100.1"), "198.51.100.1"},
		"made up in a line of its own":     {proxy, usual("8.8.8.8", "198.51.100.1"), "198.51.100.1"},
		"a trusted address made up":        {proxy, usual("10.9.9.9, 198.51.100.1"), "198.51.100.1"},
		"two proxies":                      {proxy, usual("8.8.8.8, 198.51.100.1, 192.0.2.7,10.3.3.3"), "198.51.100.1"},
		"proxies alone":                    {proxy, usual("10.3.3.3, 10.4.4.4"), "10.3.3.3"},
		"no address":                       {proxy, usual("198.51.100.1, unknown"), "10.0.0.1"},
		"no address before a proxy":        {proxy, usual("198.51.100.1, unknown, 10.3.3.3"), "10.3.3.3"},
		"empty":                            {proxy, usual(""), "10.0.0.1"},
		"a comma too many":                 {proxy, usual("198.51.100.1,"), "10.0.0.1"},
		"with a port":                      {proxy, usual("198.51.100.1:5555"), "198.51.100.1"},
		"IPv6":                             {proxy, usual("2001:db8::1"), "2001:db8::1"},
		"IPv6 in brackets":                 {proxy, usual("[2001:db8::1]"), "2001:db8::1"},
		"IPv6 with a port":                 {proxy, usual("[2001:db8::1]:99"), "2001:db8::1"},
		"IPv4 in IPv6":                     {proxy, usual("::ffff:198.51.100.1"), "198.51.100.1"},
		"a zone":                           {proxy, usual("fe80::1%eth0"), "fe80::1"},
		"proxy by IPv6":                    {"[fd00::5]:1", usual("198.51.100.1"), "198.51.100.1"},
		"proxy by IPv4 in IPv6":            {"[::ffff:10.0.0.1]:1", usual("198.51.100.1"), "198.51.100.1"},
		"Forwarded":                        {proxy, standard("for=198.51.100.1;proto=https;by=10.0.0.1"), "198.51.100.1"},
		"Forwarded, by another name":       {proxy, standard("By=10.0.0.1; FOR=198.51.100.1"), "198.51.100.1"},
		"Forwarded, made up":               {proxy, standard("for=8.8.8.8", "for=198.51.100.1"), "198.51.100.1"},
		"Forwarded, made up in one line":   {proxy, standard("for=8.8.8.8, for=198.51.100.1"), "198.51.100.1"},
		"Forwarded, quoted":                {proxy, standard(`for="[2001:db8::1]:4711"`), "2001:db8::1"},
		"Forwarded, escaped":               {proxy, standard(`for="198\.51.100.1"`), "198.51.100.1"},
		"Forwarded, a comma in a string":   {proxy, standard(`for=198.51.100.1;host="a,for=8.8.8.8"`), "198.51.100.1"},
		"Forwarded, a quote in a string":   {proxy, standard(`for=198.51.100.1;host="a\",for=8.8.8.8"`), "198.51.100.1"},
		"Forwarded, a string without end":  {proxy, standard(`for=198.51.100.1;host="a, for=8.8.8.8`), "198.51.100.1"},
		"Forwarded, hidden":                {proxy, standard("for=_hidden"), "10.0.0.1"},
		"Forwarded, unknown":               {proxy, standard("for=8.8.8.8, for=unknown"), "10.0.0.1"},
		"Forwarded without for":            {proxy, standard("for=8.8.8.8, proto=https"), "10.0.0.1"},
		"both, which agree":                {proxy, http.Header{"Forwarded": {"for=198.51.100.1"}, "X-Forwarded-For": {"198.51.100.1"}}, "198.51.100.1"},
		"both, of which one is made up":    {proxy, http.Header{"Forwarded": {"for=8.8.8.8"}, "X-Forwarded-For": {"198.51.100.1"}}, "10.0.0.1"},
		"both, and the proxy let one pass": {proxy, http.Header{"Forwarded": {"for=198.51.100.1"}, "X-Forwarded-For": {"8.8.8.8"}}, "10.0.0.1"},
	} {
		if got := p.of(tt.remote, tt.header); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

// Whatever a client sends, it is taken for no one else: the proxy adds the true address.
func TestNobodySpeaksForAnother(t *testing.T) {
	t.Parallel()
	p := trusted("10.0.0.0/8")
	rapid.Check(t, func(t *rapid.T) {
		junk := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"10.0.0.9", "8.8.8.8", `"`, `\`, `for="`, "for=10.0.0.9", ",", ";", "for=8.8.8.8,", "[", "]",
		}))
		made := rapid.SliceOfN(junk, 0, 6).Draw(t, "made up")
		line := strings.Join(made, rapid.SampledFrom([]string{"", ",", ";", ", "}).Draw(t, "joined by"))
		usual := http.Header{"X-Forwarded-For": {line + ", 198.51.100.1"}}
		if got := p.of("10.0.0.1:1", usual); got != "198.51.100.1" {
			t.Fatalf("%q: %s", usual, got)
		}
		// A line of its own, as proxies add it where they don't read what came.
		standard := http.Header{"Forwarded": {line, "for=198.51.100.1"}}
		if got := p.of("10.0.0.1:1", standard); got != "198.51.100.1" {
			t.Fatalf("%q: %s", standard, got)
		}
	})
}
