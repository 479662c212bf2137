package server

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"parley/cmd/cli"
	"parley/cmd/settings"
	"parley/hub/serve"
	"parley/i18n"
)

// doors are the addresses where a hub is reached: by its clients, by programs on its own
// machine, and for its metrics.
type doors struct {
	listener net.Listener
	// tls is nil if the hub does not serve TLS itself.
	tls *tls.Config
	// domain is the name that the hub gets a certificate for, if it does.
	domain string
	// inner is where the hub's own sessions reach it without TLS; nil: as everybody does.
	inner net.Listener
	// figures serves the metrics; nil: they are not served.
	figures net.Listener
}

// openDoors starts listening.
func (p *commands) openDoors(ctx context.Context, s settings.Settings, log *slog.Logger) (d *doors, err error) {
	d = &doors{domain: s.Domain}
	defer func() {
		if err != nil {
			d.close()
			d = nil
		}
	}()
	if c := certificate(s); !c.None() {
		if d.tls, err = c.TLS(log, p.Now); err != nil {
			return d, cli.Usage(p.Words.Say(i18n.ErrCertificate, "Reason", cli.Plain(err.Error())))
		}
	}
	if d.listener, err = p.listen(ctx, s.Listen); err != nil {
		return d, err
	}
	if d.tls != nil && s.SSH != "" {
		if d.inner, err = p.listen(ctx, "127.0.0.1:0"); err != nil {
			return d, err
		}
	}
	if s.MetricsListen == "" {
		return d, nil
	}
	var lc net.ListenConfig
	l, listenErr := lc.Listen(ctx, "tcp", s.MetricsListen)
	switch {
	case errors.Is(listenErr, syscall.EADDRINUSE): // most likely another hub; the inbox does not need metrics
		log.Warn("the figures are not served: their address is taken; set PARLEY_METRICS_LISTEN to another, or to nothing", "address", s.MetricsListen)
	case listenErr != nil:
		return d, cli.Failed(p.Words.Say(i18n.ErrListen, "Address", cli.Plain(s.MetricsListen), "Reason", cli.Plain(listenErr.Error())))
	default:
		d.figures = serve.Bound(l, serve.Bounds{All: figuresConnections, Strangers: figuresConnections})
	}
	return d, nil
}

// figuresConnections is the most connections for metrics at a time.
const figuresConnections = 32

func (p *commands) listen(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, cli.Failed(p.Words.Say(i18n.ErrListen, "Address", cli.Plain(address), "Reason", cli.Plain(err.Error())))
	}
	return serve.Bound(l, serve.DefaultBounds()), nil
}

// certificate returns where the hub's certificate comes from.
func certificate(s settings.Settings) serve.Certificate {
	c := serve.Certificate{Cert: s.TLSCert, Key: s.TLSKey, Domain: s.Domain, Directory: s.ACMEURL, Email: s.SupportEmail}
	c.Folder = filepath.Join(s.Beside(), "certificates")
	return c
}

func (d *doors) address() string { return d.listener.Addr().String() }

// URL returns the hub's URL as far as it knows it itself.
func (d *doors) URL() string {
	if d.tls == nil {
		return "http://" + d.address()
	}
	if d.domain == "" {
		return "https://" + d.address()
	}
	if _, port, err := net.SplitHostPort(d.address()); err == nil && port != "443" {
		return "https://" + net.JoinHostPort(d.domain, port)
	}
	return "https://" + d.domain
}

// local returns where programs on this machine reach the hub; false if it listens only on one
// address of the network, which needs TLS.
func (d *doors) local() (string, bool) {
	l := d.listener
	if d.inner != nil {
		l = d.inner
	}
	t, ok := l.Addr().(*net.TCPAddr)
	if !ok || !t.IP.IsLoopback() && !t.IP.IsUnspecified() {
		return "", false
	}
	host := "127.0.0.1"
	if t.IP.IsLoopback() {
		host = t.IP.String()
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(t.Port)), true
}

// metrics returns the address of the metrics; "" if they are not served.
func (d *doors) metrics() string {
	if d.figures == nil {
		return ""
	}
	return d.figures.Addr().String()
}

func (d *doors) close() {
	for _, l := range []net.Listener{d.listener, d.inner, d.figures} {
		if l != nil {
			_ = l.Close()
		}
	}
}

// served is a server and its listener.
type served struct {
	*http.Server
	on net.Listener
}

// servers returns the servers of all doors.
func (d *doors) servers(clients, figures http.Handler, log *slog.Logger) []served {
	main := serve.Server(clients, log)
	all := []served{{main, serve.Secure(d.listener, d.tls)}}
	if d.inner != nil {
		all = append(all, served{main, d.inner})
	}
	if d.figures != nil {
		all = append(all, served{serve.Server(figures, log), d.figures})
	}
	return all
}

// trustedProxies parses the trusted proxies: networks, or single addresses.
func trustedProxies(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, one := range list {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		if a, err := netip.ParseAddr(one); err == nil {
			a = a.Unmap()
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(one)
		if err != nil {
			return nil, errTrustedProxy
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

var errTrustedProxy = errors.New("trusted_proxy: must be networks such as 10.0.0.0/8, or addresses")

// checkDoors refuses settings that would admit nobody, or anybody.
func (p *commands) checkDoors(s settings.Settings) error {
	if _, err := trustedProxies(s.TrustedProxy); err != nil {
		return cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	switch {
	case s.TLSCert != "" && s.TLSKey == "":
		return cli.Usage(p.Words.Say(i18n.ErrSettingMissing, "Names", "PARLEY_TLS_KEY"))
	case s.TLSKey != "" && s.TLSCert == "":
		return cli.Usage(p.Words.Say(i18n.ErrSettingMissing, "Names", "PARLEY_TLS_CERT"))
	case s.Domain != "" && s.TLSCert != "":
		return cli.Usage(p.Words.Say(i18n.ErrTwoCertificates))
	case s.MetricsListen != "" && s.MetricsToken == "" && !serve.Loopback(s.MetricsListen):
		return cli.Usage(p.Words.Say(i18n.ErrMetricsOpen, "Address", cli.Plain(s.MetricsListen)))
	}
	return nil
}
