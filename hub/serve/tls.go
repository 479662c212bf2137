package serve

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// Certificate says where the hub's certificate comes from.
type Certificate struct {
	// Cert and Key are PEM files, which are read again when they change.
	Cert, Key string
	// Domain has a certificate requested and renewed by ACME from the authority at Directory
	// (empty: Let's Encrypt); Folder stores it, Email is where the authority sends warnings.
	Domain, Directory, Folder, Email string
}

// None reports whether the hub does not use TLS itself.
func (c Certificate) None() bool { return c == Certificate{} || c.Cert == "" && c.Domain == "" }

// TLS returns the TLS config of a listener. It allows only HTTP/1.1: a websocket needs it, and
// a connection handles one request at a time.
func (c Certificate) TLS(log *slog.Logger, now func() time.Time) (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	if c.Domain == "" {
		f := &files{cert: c.Cert, key: c.Key, log: log, now: now}
		if err := f.load(); err != nil {
			return nil, err
		}
		t.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.current(), nil }
		return t, nil
	}
	if err := os.MkdirAll(c.Folder, folderMode); err != nil {
		return nil, fmt.Errorf("make folder of certificates: %w", err)
	}
	m := &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(c.Folder), HostPolicy: autocert.HostWhitelist(c.Domain), Email: c.Email,
		Client: &acme.Client{DirectoryURL: c.Directory, UserAgent: "parley", HTTPClient: &http.Client{Timeout: acmeTimeout}},
	}
	t.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		got, err := m.GetCertificate(hello)
		if err != nil && hello.ServerName == c.Domain {
			log.Error("get a certificate", "domain", c.Domain, "error", err)
		}
		return got, err
	}
	t.NextProtos = append(t.NextProtos, acme.ALPNProto) // the authority verifies on this very port
	return t, nil
}

const (
	folderMode  = 0o700
	acmeTimeout = 30 * time.Second
	// lookAgain is how often the files of a certificate are checked, at most.
	lookAgain = time.Second
)

// files are a certificate and its key on disk.
type files struct {
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mu     sync.Mutex
	loaded *tls.Certificate
	stamp  stamps
	// refused is the state of files that could not be used, so that it is logged once.
	refused stamps
	looked  time.Time
}

// stamps tell whether files changed.
type stamps [2]struct {
	at   time.Time
	size int64
}

func (f *files) stamps() (s stamps, err error) {
	for i, name := range []string{f.cert, f.key} {
		info, statErr := os.Stat(name)
		if statErr != nil {
			err = errors.Join(err, statErr)
			continue
		}
		s[i].at, s[i].size = info.ModTime(), info.Size()
	}
	return s, err
}

// load reads the files. Their stamps are taken before, so that a change meanwhile is noticed.
func (f *files) load() error {
	s, err := f.stamps()
	if err != nil {
		return err
	}
	c, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.loaded, f.stamp, f.looked = &c, s, f.now()
	return nil
}

// current returns the certificate in the files, or the last valid one: a renewal writes one
// file after the other.
func (f *files) current() *tls.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.now(); now.Sub(f.looked) >= lookAgain {
		f.looked = now
		if s, err := f.stamps(); err != nil || s != f.stamp {
			if err == nil {
				err = f.load()
			}
			switch {
			case err == nil:
				f.log.Info("certificate read again", "file", f.cert)
			case s != f.refused:
				f.refused = s
				f.log.Warn("certificate could not be read again; the one before goes on", "error", err)
			}
		}
	}
	return f.loaded
}
