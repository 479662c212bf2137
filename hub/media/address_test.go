package media

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"testing"

	"parley/model"
)

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"157.240.1.1": true, "2a03:2880:f10c::1": true,
		"0.0.0.0": false, "127.0.0.1": false, "127.9.9.9": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "100.127.255.255": false, "224.0.0.1": false, "239.1.1.1": false,
		"255.255.255.255": false, "240.0.0.1": false, "192.0.0.1": false, "198.18.0.1": false, "203.0.113.9": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12:3456::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:157.240.1.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false,
		"2002:7f00:1::1": false, "2001::1": false, "2001:db8::1": false, "fec0::1": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestAllowedAddresses(t *testing.T) {
	t.Parallel()
	meta, local := newAddresses("https://graph.facebook.com"), newAddresses("http://127.0.0.1:7000")
	for address, want := range map[string][2]bool{
		"https://scontent.xx.fbcdn.net/v/1.jpg?oe=1":  {true, true},
		"https://SCONTENT.FBCDN.NET:443/1.jpg":        {true, true},
		"https://cdn.fbsbx.com/v/a.pdf":               {true, true},
		"https://graph.facebook.com/v27.0/x":          {true, false},
		"http://127.0.0.1:7000/media/desk.jpg":        {false, true},
		"http://127.0.0.1:7001/media/desk.jpg":        {false, false},
		"https://127.0.0.1:7000/media/desk.jpg":       {false, false},
		"http://scontent.xx.fbcdn.net/1.jpg":          {false, false},
		"https://scontent.xx.fbcdn.net:8443/1.jpg":    {false, false},
		"https://fbcdn.net/1.jpg":                     {false, false},
		"https://evilfbcdn.net/1.jpg":                 {false, false},
		"https://x.fbcdn.net.evil.example/1.jpg":      {false, false},
		"https://user@scontent.xx.fbcdn.net/1.jpg":    {false, false},
		"https://www.facebook.com/reel/1":             {false, false},
		"https://":                                    {false, false},
		"//scontent.xx.fbcdn.net/1.jpg":               {false, false},
		"ftp://scontent.xx.fbcdn.net/1.jpg":           {false, false},
		"https://scontent.xx.fbcdn.net.:443/1.jpg":    {false, false},
		"https://127.0.0.1/#@scontent.xx.fbcdn.net/x": {false, false},
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{meta.allows(u), local.allows(u)}; got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// TestANameThatLeadsInside: whoever answers for a name of Meta's can't lead the hub into its own
// network: no connection is made.
func TestANameThatLeadsInside(t *testing.T) {
	t.Parallel()
	for _, ip := range []string{"127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1"} {
		f := newFetcher("http://127.0.0.1:9", resolverTo(t, netip.MustParseAddr(ip)))
		_, err := f.fetch(t.Context(), model.Untrusted("https://scontent.xx.fbcdn.net/1.jpg"))
		if !errors.Is(err, errForeign) {
			t.Errorf("%s: %v", ip, err)
		}
		f.close()
	}
}

// resolverTo returns a resolver by which every name has that address.
func resolverTo(t *testing.T, ip netip.Addr) *net.Resolver {
	t.Helper()
	server, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = server.WriteTo(dnsAnswer(b[:n], ip), from)
		}
	}()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// dnsAnswer answers a question of DNS: with the address if it asks for one of IPv4, else with
// none.
func dnsAnswer(query []byte, ip netip.Addr) []byte {
	end := 12
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	question := query[12 : end+5]
	isA := binary.BigEndian.Uint16(question[len(question)-4:]) == 1
	b := append([]byte{}, query[:2]...)
	b = append(b, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
	b = append(b, question...)
	if isA {
		b[7] = 1
		b = append(b, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4)
		b = append(b, ip.AsSlice()...)
	}
	return b
}
