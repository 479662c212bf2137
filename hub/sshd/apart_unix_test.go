//go:build unix

package sshd_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	gossh "golang.org/x/crypto/ssh"

	"parley/hub/sshd"
	"parley/hub/sshd/request"
	"parley/model"
)

// log is what the hub's log says.
type log struct {
	mu   sync.Mutex
	said bytes.Buffer
}

// Write implements [io.Writer].
func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.String()
}

// newWorldApart starts a server in a process of its own.
func newWorldApart(t *testing.T, change func(*sshd.Options)) (*world, *log) {
	t.Helper()
	hostKey, said := filepath.Join(t.TempDir(), "host"), &log{}
	w := furnish(t, hostKey)
	w.options.Logger = slog.New(slog.NewTextHandler(said, nil))
	if change != nil {
		change(&w.options)
	}
	program := sshd.Program{
		Path: w.options.Child.Path, HostKey: hostKey,
		Env: []string{asFront + "=1", "GORACE=atexit_sleep_ms=0", coverage + t.TempDir()},
	}
	w.serve(func(ctx context.Context, l net.Listener) error { return sshd.ServeApart(ctx, l, w.options, program) })
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(said)
		}
	})
	return w, said
}

// figure is one of the server's figures.
func (w *world) figure(name string) (sum float64) {
	w.Helper()
	all, err := w.options.Registry.(*prometheus.Registry).Gather()
	if err != nil {
		w.Fatal(err)
	}
	for _, f := range all {
		if f.GetName() == name {
			for _, m := range f.GetMetric() {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return sum
}

// TestApart: what users do, they do with a server in a process of its own; it counts, logs,
// knows who may come in, and ends what is to end.
func TestApart(t *testing.T) {
	t.Parallel()
	w, _ := newWorldApart(t, nil)
	aki, bo := w.user("aki"), w.user("bo")
	s := w.open(w.connect(aki))
	s.types("s")
	s.sees("size 100x30")
	eventually(t, "the session is counted", func() bool { return w.figure("parley_ssh_sessions") == 1 })
	if c, err := w.dial("anybody", gossh.PublicKeys(newKey(t))); err == nil {
		_ = c.Close()
		t.Error("a stranger was let in")
	}
	eventually(t, "the refusal is counted", func() bool { return w.figure("parley_ssh_refusals_total") == 1 })
	w.users.forget(aki.PublicKey())
	var exit *gossh.ExitError
	if err := s.ends(); !errors.As(err, &exit) || exit.ExitStatus() != 128+1 {
		t.Errorf("ended with %v", err)
	}
	s.sees(string(request.NoticeRevoked) + " in ja")
	w.comes(bo)
	eventually(t, "both are over", func() bool {
		return w.figure("parley_ssh_sessions") == 0 && w.figure("parley_ssh_sessions_ended_total") == 2 && len(w.users.open()) == 0
	})
	if got := w.figure("parley_ssh_crashes_total"); got != 0 {
		t.Errorf("%v crashes", got)
	}
}

// comes is a user who comes in, and leaves.
func (w *world) comes(key gossh.Signer) {
	w.Helper()
	s := w.open(w.connect(key))
	s.types("q")
	if err := s.ends(); err != nil {
		w.Errorf("ended with %v", err)
	}
}

// TestApartStops: sessions are told that the server stops, and are over when it has.
func TestApartStops(t *testing.T) {
	t.Parallel()
	w, _ := newWorldApart(t, nil)
	s := w.open(w.connect(w.user("aki")))
	w.stop()
	var exit *gossh.ExitError
	if err := s.ends(); !errors.As(err, &exit) || exit.ExitStatus() != 128+1 {
		t.Errorf("ended with %v", err)
	}
	s.sees(string(request.NoticeStopping) + " in ja")
	if open := w.users.open(); len(open) != 0 {
		t.Errorf("sessions of %v", open)
	}
}

// TestApartAlone: what serves SSH does nothing where no hub started it.
func TestApartAlone(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = []string{asFront + "=1", coverage + t.TempDir()}
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), sshd.ErrStart.Error()) {
		t.Errorf("%v: %s", err, out)
	}
}

// TestApartGuests come in by name, with a server in a process of its own, too.
func TestApartGuests(t *testing.T) {
	t.Parallel()
	w, _ := newWorldApart(t, func(o *sshd.Options) { o.Guests = map[string]model.User{"rep": {ID: "rep", Name: "Rep"}} })
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
	if err := sshd.ServeApart(t.Context(), far{}, w.options, sshd.Program{}); !errors.Is(err, sshd.ErrGuestsFar) {
		t.Errorf("serves guests from afar: %v", err)
	}
}

// TestAPanicInAConnection ends what serves SSH, which nobody can prevent where a library
// does it; it never ends the hub. What was open is over, its tokens are forgotten, and who
// comes is let in again.
func TestAPanicInAConnection(t *testing.T) {
	t.Parallel()
	w, said := newWorldApart(t, nil)
	aki, bo := w.user("aki"), w.user("bo")
	bystander := w.open(w.connect(bo))
	bystander.types("p")
	pid, err := strconv.Atoi(bystander.sees("pid "))
	if err != nil {
		t.Fatal(err)
	}
	for crashes := range 2 {
		session, err := w.connect(aki).NewSession()
		if err != nil {
			t.Fatal(err)
		}
		_ = session.Setenv("LC_ALL", "panics")
		if err := session.Run("no such command"); err == nil {
			t.Error("it ran")
		}
		eventually(t, "the crash is counted", func() bool { return w.figure("parley_ssh_crashes_total") == float64(crashes+1) })
	}
	var missing *gossh.ExitMissingError
	if err := bystander.ends(); !errors.As(err, &missing) {
		t.Errorf("the bystander's session ended with %v", err)
	}
	eventually(t, "the tokens are forgotten", func() bool { return len(w.users.open()) == 0 })
	eventually(t, "its program is gone", func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) })
	w.comes(bo)
	if !strings.Contains(said.String(), "a library's goroutine") || !strings.Contains(said.String(), "main_test.go") {
		t.Errorf("the log does not tell where: %s", said)
	}
	eventually(t, "figures go on", func() bool { return w.figure("parley_ssh_sessions_ended_total") == 1 })
}
