package sshd_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	gossh "golang.org/x/crypto/ssh"

	"parley/hub/sshd"
	"parley/hub/sshd/request"
	"parley/model"
)

// patience is how long what should happen at once may take on a busy machine.
const patience = 20 * time.Second

// users are those that the server asks for.
type users struct {
	mu     sync.Mutex
	keys   map[string]model.User
	tokens map[string]model.UserID
	made   int
	// asked counts what was asked for keys; broken is answered to it.
	asked  int
	broken error
}

// fails has every question for a key fail; nil: no more.
func (u *users) fails(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.broken = err
}

func (u *users) asks() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.asked
}

func (u *users) UserOfKey(_ context.Context, fingerprint string) (model.User, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.asked++; u.broken != nil {
		return model.User{}, u.broken
	}
	user, ok := u.keys[fingerprint]
	if !ok {
		return model.User{}, sshd.ErrNobody
	}
	return user, nil
}

func (u *users) OpenSession(_ context.Context, user model.UserID, _ string) (string, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.made++
	token := "token-" + string(rune('0'+u.made))
	u.tokens[token] = user
	return token, nil
}

func (u *users) CloseSession(_ context.Context, token string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.tokens, token)
	return nil
}

func (u *users) CheckSession(_ context.Context, token string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, ok := u.tokens[token]; !ok {
		return sshd.ErrNobody
	}
	return nil
}

// open is whose sessions have a token now.
func (u *users) open() map[string]model.UserID {
	u.mu.Lock()
	defer u.mu.Unlock()
	return maps.Clone(u.tokens)
}

func (u *users) forget(key gossh.PublicKey) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.keys, sshd.Fingerprint(key))
}

// world is a server, and what its clients need.
type world struct {
	testing.TB
	users   *users
	address string
	host    gossh.PublicKey
	options sshd.Options
	// stop stops the server, and waits for it.
	stop func()
}

func newKey(t testing.TB) gossh.Signer {
	t.Helper()
	key, _ := newKeyPair(t)
	return key
}

// newKeyPair makes a key, and its private half as OpenSSH reads it.
func newKeyPair(t testing.TB) (gossh.Signer, ed25519.PrivateKey) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := gossh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s, private
}

func verbs() request.Verbs {
	return request.Verbs{"list": {Values: []string{"filter"}, Switches: []string{"json"}}}
}

func say(what request.Notice, langs ...string) string { return string(what) + " in " + langs[0] }

// newWorld starts a server, changed as the test wants it.
func newWorld(t testing.TB, change func(*sshd.Options)) *world {
	t.Helper()
	w := furnish(t, filepath.Join(t.TempDir(), "host"))
	if change != nil {
		change(&w.options)
	}
	s, err := sshd.New(w.options)
	if err != nil {
		t.Fatal(err)
	}
	w.serve(s.Serve)
	return w
}

// furnish prepares a world with that host key.
func furnish(t testing.TB, hostKey string) *world {
	t.Helper()
	host, err := sshd.HostKey(hostKey)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, host: host.PublicKey(), users: &users{keys: map[string]model.User{}, tokens: map[string]model.UserID{}}}
	w.options = sshd.Options{
		HostKey: host, Users: w.users, Limits: sshd.DefaultLimits(), Registry: prometheus.NewRegistry(),
		Say: say, Verbs: verbs(), Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Child: sshd.Child{Path: self, Env: []string{asChild + "=1", "GORACE=atexit_sleep_ms=0", coverage + t.TempDir()}, Hub: "http://hub", State: t.TempDir(), Zone: "Asia/Tokyo", Lang: "ja"},
	}
	return w
}

// serve has the world's server serve, until the test ends.
func (w *world) serve(serve func(context.Context, net.Listener) error) {
	w.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	w.address = l.Addr().String()
	ctx, stop := context.WithCancel(w.Context())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, l) }()
	w.stop = sync.OnceFunc(func() {
		stop()
		if err := <-served; err != nil {
			w.Errorf("serve: %v", err)
		}
	})
	w.Cleanup(w.stop)
}

// user adds a user, and returns their key.
func (w *world) user(name string) gossh.Signer {
	w.Helper()
	key := newKey(w.TB)
	w.add(name, key)
	return key
}

// add adds a user with that key.
func (w *world) add(name string, key gossh.Signer) {
	w.users.mu.Lock()
	defer w.users.mu.Unlock()
	w.users.keys[sshd.Fingerprint(key.PublicKey())] = model.User{ID: model.UserID(name), Name: name}
}

func (w *world) dial(name string, auth ...gossh.AuthMethod) (*gossh.Client, error) {
	return gossh.Dial("tcp", w.address, &gossh.ClientConfig{
		User: name, Auth: auth, HostKeyCallback: gossh.FixedHostKey(w.host), Timeout: patience,
	})
}

// connect is the connection of somebody with a key.
func (w *world) connect(keys ...gossh.Signer) *gossh.Client {
	w.Helper()
	c, err := w.dial("anybody", gossh.PublicKeys(keys...))
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = c.Close() })
	return c
}

// terminal is a session at a terminal.
type terminal struct {
	testing.TB
	session *gossh.Session
	in      io.WriteCloser
	mu      sync.Mutex
	out     bytes.Buffer
	ended   chan error
}

// Write implements [io.Writer].
func (s *terminal) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(b)
}

func (s *terminal) written() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// open opens a session at a terminal, in which the child runs.
func (w *world) open(c *gossh.Client, env ...string) *terminal {
	w.Helper()
	s := w.begin(c, env...)
	s.sees("start ")
	return s
}

// begin opens a session at a terminal.
func (w *world) begin(c *gossh.Client, env ...string) *terminal {
	w.Helper()
	session, err := c.NewSession()
	if err != nil {
		w.Fatal(err)
	}
	s := &terminal{TB: w.TB, session: session, ended: make(chan error, 1)}
	session.Stdout = s
	if s.in, err = session.StdinPipe(); err != nil {
		w.Fatal(err)
	}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		_ = session.Setenv(name, value) // refused, for some
	}
	if err := session.RequestPty("xterm-256color", 30, 100, nil); err != nil {
		w.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		w.Fatal(err)
	}
	go func() { s.ended <- session.Wait() }()
	w.Cleanup(func() { _ = session.Close() })
	return s
}

func (s *terminal) types(keys string) {
	s.Helper()
	if _, err := io.WriteString(s.in, keys); err != nil {
		s.Fatalf("type: %v", err)
	}
}

// sees waits for text from the child.
func (s *terminal) sees(text string) string {
	s.Helper()
	var found string
	eventually(s.TB, "sees "+text, func() bool {
		_, rest, ok := strings.Cut(s.written(), text)
		line, _, whole := strings.Cut(rest, "\r\n")
		found = line
		return ok && (whole || line == "")
	})
	return found
}

// ends waits for the session to end, and returns how.
func (s *terminal) ends() error {
	s.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(patience):
		s.Fatalf("the session goes on\n%s", s.written())
		return nil
	}
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s: not within %s", what, patience)
		}
	}
}
