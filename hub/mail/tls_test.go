package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"parley/hub/mail"
)

// secured is a mail server with a certificate, that lets one user in.
type secured struct {
	mu    sync.Mutex
	mails int
	users []string
	// unknown: no address is one of its.
	unknown bool
	// plain: how many connections gave a mail or a password without TLS.
	plain int
}

// session is one connection to a [secured].
type session struct {
	s    *secured
	conn *smtp.Conn
}

func (s *secured) note(c *smtp.Conn, f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := c.TLSConnectionState(); !ok {
		s.plain++
	}
	f()
}

func (s session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		s.s.note(s.conn, func() { s.s.users = append(s.s.users, name) })
		if password != "p@ss/word" {
			return errors.New("wrong password")
		}
		return nil
	}), nil
}
func (s session) Mail(string, *smtp.MailOptions) error { return nil }
func (s session) Reset()                               {}
func (s session) Logout() error                        { return nil }

func (s session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.s.mu.Lock()
	defer s.s.mu.Unlock()
	if s.s.unknown {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + "> is not known here"}
	}
	return nil
}

func (s session) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	s.s.note(s.conn, func() { s.s.mails++ })
	return err
}

// certificate is one for this machine, and who vouches for it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(c)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// serve starts a mail server, with TLS from the first byte or by STARTTLS.
func serve(t *testing.T, cert tls.Certificate, implicit bool) (*secured, string) {
	t.Helper()
	s := &secured{}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return session{s, c}, nil }))
	srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	srv.ErrorLog = discard{}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if implicit {
		l = tls.NewListener(l, srv.TLSConfig)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = srv.Serve(l)
	}()
	t.Cleanup(func() {
		_ = srv.Close()
		<-ended
	})
	return s, address
}

type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

// TestMailIsProtected: by TLS from the first byte, or by STARTTLS before anything is
// told; who vouches for the server counts, and a wrong password is an error that does
// not tell it.
func TestMailIsProtected(t *testing.T) {
	t.Parallel()
	cert, roots := certificate(t)
	for scheme, implicit := range map[string]bool{"smtps": true, "smtp": false} {
		s, address := serve(t, cert, implicit)
		c := mail.Config{URL: scheme + "://aoi:p%40ss%2Fword@" + address, Roots: roots}
		m := newMailer(t, c, "en")
		if err := m.MailPolicy(t.Context(), block(m)); err != nil {
			t.Fatalf("%s: %v", scheme, err)
		}
		c.URL = scheme + "://aoi:wrong-word@" + address
		m = newMailer(t, c, "en")
		if err := m.MailPolicy(t.Context(), block(m)); err == nil || strings.Contains(err.Error(), "wrong-word") {
			t.Errorf("%s with a wrong password: %v", scheme, err)
		}
		c.Roots = x509.NewCertPool()
		m = newMailer(t, c, "en")
		if err := m.MailPolicy(t.Context(), block(m)); err == nil {
			t.Errorf("%s: took a certificate that nobody vouches for", scheme)
		}
		s.mu.Lock()
		if s.mails != 1 || s.plain != 0 || len(s.users) != 2 {
			t.Errorf("%s: %d mails, users %v, %d without TLS", scheme, s.mails, s.users, s.plain)
		}
		s.mu.Unlock()
	}
}
