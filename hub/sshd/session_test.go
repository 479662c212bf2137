package sshd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"parley/hub/sshd"
	"parley/hub/sshd/request"
	"parley/model"
)

// TestSession: a user logs in by key, types, and quits.
func TestSession(t *testing.T) {
	w := newWorld(t, nil)
	s := w.open(w.connect(w.user("aki")))
	var start sshd.Start
	if err := json.Unmarshal([]byte(s.sees("start ")), &start); err != nil {
		t.Fatal(err)
	}
	want := sshd.Start{Hub: "http://hub", Token: "token-1", Drafts: filepath.Join(w.options.Child.State, "aki"), Zone: "Asia/Tokyo", Lang: "ja"}
	if start.Hub != want.Hub || start.Token != want.Token || start.Drafts != want.Drafts || start.Zone != want.Zone || start.Lang != want.Lang {
		t.Errorf("started with %+v", start)
	}
	if info, err := os.Stat(start.Drafts); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder of drafts: %v %v", info, err)
	}
	s.types("s")
	if got := s.sees("size "); got != "100x30" {
		t.Errorf("size %s", got)
	}
	s.types("q")
	if err := s.ends(); err != nil {
		t.Errorf("ended with %v", err)
	}
	s.sees("bye")
	eventually(t, "the token is forgotten", func() bool { return len(w.users.open()) == 0 })
}

func TestExitCode(t *testing.T) {
	w := newWorld(t, nil)
	s := w.open(w.connect(w.user("aki")))
	s.types("x")
	var exit *gossh.ExitError
	if err := s.ends(); !errors.As(err, &exit) || exit.ExitStatus() != 7 {
		t.Errorf("ended with %v", err)
	}
}

// TestWhoMayEnter: only the key that was proved counts, and nothing but keys.
func TestWhoMayEnter(t *testing.T) {
	w := newWorld(t, nil)
	aki, bo := w.user("aki"), w.user("bo")
	for name, auth := range map[string]gossh.AuthMethod{
		"nothing":  gossh.PublicKeys(),
		"stranger": gossh.PublicKeys(newKey(t)),
		"password": gossh.Password("secret"),
		"questions": gossh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) {
			return nil, nil
		}),
		"another's key, not proved": gossh.PublicKeys(forged{bo.PublicKey(), newKey(t)}),
	} {
		if c, err := w.dial("aki", auth); err == nil {
			_ = c.Close()
			t.Errorf("%s: let in", name)
		}
	}
	// A key that is nobody's is named first.
	s := w.open(w.connect(newKey(t), aki))
	if got := w.users.open(); len(got) != 1 || got["token-1"] != "aki" {
		t.Errorf("sessions of %v", got)
	}
	s.types("q")
	_ = s.ends()
}

// forged signs with another key than the one it names.
type forged struct {
	named gossh.PublicKey
	with  gossh.Signer
}

func (f forged) PublicKey() gossh.PublicKey { return f.named }

func (f forged) Sign(r io.Reader, data []byte) (*gossh.Signature, error) { return f.with.Sign(r, data) }

// TestSizes: no terminal is larger than can be drawn.
func TestSizes(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect(w.user("aki"))
	for _, size := range [][2]int{{4000, 3000}, {513, 10}, {10, 257}, {1 << 31, 1}} {
		session, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if err := session.RequestPty("xterm", size[1], size[0], nil); err == nil {
			t.Errorf("%v: granted", size)
		}
		_ = session.Close()
	}
	s := w.open(c)
	if err := s.session.WindowChange(3000, 4000); err != nil {
		t.Fatal(err)
	}
	// The change is on its way to the child beside the keys: it is asked until it knows.
	var got string
	for range 1000 {
		s.types("s")
		if got = s.sees("size "); got != "100x30" {
			break
		}
	}
	if got != "512x256" {
		t.Errorf("size %s", got)
	}
}

// TestEnvironment: a child has what its client may set, and nothing of the server's.
func TestEnvironment(t *testing.T) {
	t.Setenv("PARLEY_META_APP_SECRET", "of the server")
	w := newWorld(t, nil)
	s := w.open(
		w.connect(w.user("aki")), "LANG=ja_JP.UTF-8", "LC_TIME=C", "COLORTERM=truecolor", "NO_COLOR=", "TZ=Europe/Paris",
		"PATH=/evil", "LD_PRELOAD=/evil.so", "PARLEY_TOKEN=other", "TEA_TRACE=/tmp/x", "LC_EVIL=x", "SSH_TTY=x", "LC_ALL="+strings.Repeat("x", 100), "LC_NAME=$(id)",
	)
	s.types("e")
	want := "COLORTERM=truecolor GORACE=atexit_sleep_ms=0 LANG=ja_JP.UTF-8 LC_TIME=C NO_COLOR= " + asChild + "=1 TERM=xterm-256color TZ=Europe/Paris"
	if got := s.sees("env "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What is known of the user stands where their client says nothing.
func TestZoneAndLanguageOfTheUser(t *testing.T) {
	w := newWorld(t, nil)
	key := w.user("aki")
	w.users.mu.Lock()
	w.users.keys[sshd.Fingerprint(key.PublicKey())] = model.User{ID: "aki", Name: "aki", TimeZone: "America/New_York", Language: "en"}
	w.users.mu.Unlock()
	for _, c := range []struct{ set, zone, refused string }{
		{"COLORTERM=truecolor", "America/New_York", ""},
		{"TZ=Europe/Paris", "Europe/Paris", ""},
		{"TZ=:Europe/Paris", ":Europe/Paris", ""},
		{"TZ=/usr/share/zoneinfo/Asia/Tokyo", "/usr/share/zoneinfo/Asia/Tokyo", ""},
		{"TZ=JST-9", "JST-9", ""},
		{"TZ=<+09>-9", "<+09>-9", ""},
		{"TZ=EST5EDT,M3.2.0,M11.1.0", "EST5EDT,M3.2.0,M11.1.0", ""},
		// What is none is told to the user, and never read as a file of the hub's.
		{"TZ=Asia/Tokio", "America/New_York", "Asia/Tokio"},
		{"TZ=/etc/passwd", "America/New_York", "/etc/passwd"},
		{"TZ=/etc/localtime", "America/New_York", "/etc/localtime"},
		{"TZ=JST-9;id", "America/New_York", "JST-9;id"},
		{"TZ=\x1b]0;x\a\xff" + strings.Repeat("x", 100), "America/New_York", "\x1b]0;x\a\uFFFD" + strings.Repeat("x", 57)},
	} {
		var start sshd.Start
		s := w.open(w.connect(key), c.set)
		if err := json.Unmarshal([]byte(s.sees("start ")), &start); err != nil {
			t.Fatal(err)
		}
		if start.Zone != c.zone || start.ZoneRefused != c.refused || start.Lang != "en" {
			t.Errorf("%s: started with %+v", c.set, start)
		}
		s.types("q")
		if err := s.ends(); err != nil {
			t.Errorf("ended with %v", err)
		}
	}
}

// TestTyped: what is typed, or answered by a terminal, reaches the child as it came and as
// soon: only the child knows what belongs together.
func TestTyped(t *testing.T) {
	w := newWorld(t, nil)
	s := w.open(w.connect(w.user("aki")))
	s.types("a\x1b")
	s.sees("<61><1b>")
	s.types("]11;\x1b[")
	s.sees("<61><1b><5d><31><31><3b><1b><5b>")
}

// TestNothingElse: nothing is forwarded, and there are no subsystems.
func TestNothingElse(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect(w.user("aki"))
	if conn, err := c.Dial("tcp", w.address); err == nil {
		_ = conn.Close()
		t.Error("a port was forwarded")
	}
	if l, err := c.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = l.Close()
		t.Error("a port was forwarded back")
	}
	if ch, _, err := c.OpenChannel("direct-streamlocal@openssh.com", nil); err == nil {
		_ = ch.Close()
		t.Error("a socket was forwarded")
	}
	session, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	if err := session.RequestSubsystem("sftp"); err == nil {
		t.Error("there is a subsystem")
	}
	for _, what := range []string{"auth-agent-req@openssh.com", "x11-req"} {
		if ok, err := session.SendRequest(what, true, nil); ok || err != nil {
			t.Errorf("%s: %v %v", what, ok, err)
		}
	}
}

// TestExec: a command is run without a shell, if it may be.
func TestExec(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect(w.user("aki"))
	run := func(line, in string) (out, complaint string, code int) {
		session, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = session.Close() }()
		var stdout, stderr bytes.Buffer
		session.Stdin, session.Stdout, session.Stderr = strings.NewReader(in), &stdout, &stderr
		var exit *gossh.ExitError
		if err := session.Run(line); errors.As(err, &exit) {
			code = exit.ExitStatus()
		} else if err != nil {
			t.Errorf("%s: %v", line, err)
		}
		return stdout.String(), stderr.String(), code
	}
	out, complaint, code := run(`list --json --filter 'all of it' $HOME`, "in\x1b[1;;;;;;;;;;;;;;;;;;;;;;;;;;;m")
	if want := `["list","--json","--filter=all of it","--","$HOME"]` + "\nin\x1b[1;;;;;;;;;;;;;;;;;;;;;;;;;;;m"; out != want || complaint != "to stderr" || code != 3 {
		t.Errorf("%q %q %d", out, complaint, code)
	}
	for _, line := range []string{"hub", "list --db x", "sh -c id", "list --hub=http://evil"} {
		if out, complaint, code := run(line, ""); out != "" || !strings.HasPrefix(complaint, "parley: ") || code != 2 {
			t.Errorf("%s: %q %q %d", line, out, complaint, code)
		}
	}
}

// TestLimits: what ends sessions by itself.
func TestLimits(t *testing.T) {
	for name, change := range map[string]func(*sshd.Limits){
		"idle": func(l *sshd.Limits) { l.Idle = 300 * time.Millisecond },
		"long": func(l *sshd.Limits) { l.Session = 2 * time.Second },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *sshd.Options) { change(&o.Limits) })
			s := w.begin(w.connect(w.user("aki")))
			_ = s.ends()
			eventually(t, "the token is forgotten", func() bool { return len(w.users.open()) == 0 })
		})
	}
}

// TestKeyTakenAway ends the sessions of the key.
func TestKeyTakenAway(t *testing.T) {
	w := newWorld(t, func(o *sshd.Options) { o.Limits.Recheck = 20 * time.Millisecond })
	key := w.user("aki")
	s := w.open(w.connect(key))
	w.users.forget(key.PublicKey())
	_ = s.ends()
}

// TestKeyMoves: a key that becomes another user's ends the sessions that it opened for the
// first; a question that the hub can't answer ends none.
func TestKeyMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *sshd.Options) { o.Limits.Recheck = 20 * time.Millisecond })
	key := newKey(t)
	w.add("aki", key)
	c := w.connect(key)
	s := w.open(c)
	w.users.fails(errors.New("the store is busy"))
	asked := w.users.asks()
	eventually(t, "it was looked up again", func() bool { return w.users.asks() > asked+2 })
	s.types("s")
	s.sees("size 100x30")
	w.users.fails(nil)
	w.add("bo", key)
	var exit *gossh.ExitError
	if err := s.ends(); !errors.As(err, &exit) || exit.ExitStatus() != 128+1 {
		t.Errorf("ended with %v", err)
	}
	s.sees(string(request.NoticeRevoked))
	// Whose it is now comes in by it, also on the same connection.
	next := w.open(c)
	if got := slices.Collect(maps.Values(w.users.open())); len(got) != 1 || got[0] != "bo" {
		t.Errorf("sessions of %v", got)
	}
	next.types("q")
	_ = next.ends()
}

// TestStalled: a client that reads nothing loses its session, not the connection's time.
func TestStalled(t *testing.T) {
	w := newWorld(t, func(o *sshd.Options) { o.Limits.Stall, o.Limits.HangUp = 200*time.Millisecond, 200*time.Millisecond })
	c := w.connect(w.user("aki"))
	channel, requests, err := c.OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	go gossh.DiscardRequests(requests)
	pty := gossh.Marshal(struct {
		Term                 string
		W, H, PixelW, PixelH uint32
		Modes                string
	}{"xterm", 80, 24, 0, 0, ""})
	for _, r := range []struct {
		name    string
		payload []byte
	}{{"pty-req", pty}, {"shell", nil}} {
		if ok, err := channel.SendRequest(r.name, true, r.payload); !ok || err != nil {
			t.Fatal(r.name, ok, err)
		}
	}
	if _, err := io.WriteString(channel, "f"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the session began", func() bool { return len(w.users.open()) == 1 })
	eventually(t, "the session ended", func() bool { return len(w.users.open()) == 0 })
}

// TestSeats: there are only so many sessions, of one key and in all.
func TestSeats(t *testing.T) {
	w := newWorld(t, func(o *sshd.Options) { o.Limits.Sessions, o.Limits.PerKey = 3, 2 })
	aki, bo := w.connect(w.user("aki")), w.connect(w.user("bo"))
	first := w.open(aki)
	w.open(aki)
	if s, err := aki.NewSession(); err == nil {
		_ = s.Close()
		t.Error("a third session of one key")
	}
	w.open(bo)
	if s, err := bo.NewSession(); err == nil {
		_ = s.Close()
		t.Error("a fourth session")
	}
	first.types("q")
	_ = first.ends()
	eventually(t, "there is room again", func() bool {
		s, err := bo.NewSession()
		if err == nil {
			_ = s.Close()
		}
		return err == nil
	})
}

// TestHandshake: who does not prove a key in time is gone, and makes room.
func TestHandshake(t *testing.T) {
	w := newWorld(t, func(o *sshd.Options) { o.Limits.Handshake, o.Limits.Handshakes = 3*time.Second, 1 })
	c, err := net.Dial("tcp", w.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("kept")
	}
	key := w.user("aki")
	eventually(t, "there is room", func() bool {
		c, err := w.dial("aki", gossh.PublicKeys(key))
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

// TestGuests come in by name, to a server that nobody else reaches.
func TestGuests(t *testing.T) {
	guests := map[string]model.User{"rep": {ID: "rep", Name: "Rep"}}
	w := newWorld(t, func(o *sshd.Options) { o.Guests = guests })
	c, err := w.dial("rep")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	s := w.open(c)
	if got := w.users.open(); got["token-1"] != "rep" {
		t.Errorf("sessions of %v", got)
	}
	s.types("q")
	_ = s.ends()
	if c, err := w.dial("root"); err == nil {
		_ = c.Close()
		t.Error("a stranger was let in")
	}
	options := w.options
	options.Registry = nil
	server, err := sshd.New(options)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Serve(t.Context(), far{l}); !errors.Is(err, sshd.ErrGuestsFar) {
		t.Errorf("serves guests from afar: %v", err)
	}
}

// far is a listener that others reach.
type far struct{ net.Listener }

func (far) Close() error { return nil }

func (far) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4zero, Port: 22} }

// TestHostKey: the key stays, and nobody else may read it.
func TestHostKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	first, err := sshd.HostKey(path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := sshd.HostKey(path)
	if err != nil || !bytes.Equal(first.PublicKey().Marshal(), second.PublicKey().Marshal()) {
		t.Errorf("another key: %v", err)
	}
	if !strings.HasPrefix(sshd.Fingerprint(first.PublicKey()), "SHA256:") {
		t.Error("no fingerprint")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := sshd.HostKey(path); err == nil {
		t.Error("a key that others may read is used")
	}
}
