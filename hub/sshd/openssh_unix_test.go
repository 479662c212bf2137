//go:build unix

package sshd_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	gossh "golang.org/x/crypto/ssh"

	"parley/hub/sshd"
	"parley/hub/sshd/request"
)

// openSSH is a user with OpenSSH's own client.
type openSSH struct {
	*world
	program string
	options []string
}

// openSSH gives a user that client, and their key. What is set on the machine does not
// count.
func (w *world) openSSH(key gossh.Signer, private any) *openSSH {
	w.Helper()
	program, err := exec.LookPath("ssh")
	if err != nil {
		w.Fatal("OpenSSH's client is missing: Debian's package openssh-client (make test installs it as root)")
	}
	dir := w.TempDir()
	identity, known := filepath.Join(dir, "key"), filepath.Join(dir, "known_hosts")
	block, err := gossh.MarshalPrivateKey(private, "")
	if err != nil {
		w.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(w.address)
	line := fmt.Sprintf("[%s]:%s %s", host, port, gossh.MarshalAuthorizedKey(w.host))
	for file, b := range map[string][]byte{
		identity: pem.EncodeToMemory(block), identity + ".pub": gossh.MarshalAuthorizedKey(key.PublicKey()), known: []byte(line),
	} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			w.Fatal(err)
		}
	}
	return &openSSH{world: w, program: program, options: []string{
		"-F", os.DevNull, "-p", port, "-i", identity, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
		"-o", "UserKnownHostsFile=" + known, "-o", "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes", "-o", "LogLevel=INFO",
	}}
}

// newOpenSSH is a new user with that client.
func (w *world) newOpenSSH(name string) *openSSH {
	w.Helper()
	key, private := newKeyPair(w.TB)
	w.add(name, key)
	return w.openSSH(key, private)
}

// command prepares a run of the client; flags come before the host, args are the command.
func (c *openSSH) command(flags []string, args ...string) *exec.Cmd {
	all := append(append([]string{}, c.options...), flags...)
	cmd := exec.CommandContext(c.Context(), c.program, append(append(all, "anybody@127.0.0.1"), args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=ja_JP.UTF-8", "TERM=xterm-256color", "HOME=" + c.TempDir()}
	cmd.WaitDelay = patience
	return cmd
}

// run runs a command to its end.
func (c *openSSH) run(flags []string, args ...string) (out, complaint string, code int) {
	c.Helper()
	cmd := c.command(flags, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	late := time.AfterFunc(2*patience, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		c.Fatalf("ssh %s: %v", args, err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// at is the client at a terminal.
type at struct {
	*terminal
	cmd *exec.Cmd
	tty *os.File
}

// open opens a session at a terminal of that size.
func (c *openSSH) open(width, height uint16, flags ...string) *at {
	c.Helper()
	cmd := c.command(append([]string{"-o", "SendEnv=LANG"}, flags...))
	user, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: width, Rows: height})
	if err != nil {
		c.Fatal(err)
	}
	a := &at{terminal: &terminal{TB: c.TB, in: user, ended: make(chan error, 1)}, cmd: cmd, tty: user}
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		_, _ = io.Copy(a, user)
	}()
	go func() {
		err := cmd.Wait()
		<-shown // a terminal ends after what was written to it
		a.terminal.ended <- err
	}()
	c.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Process.Signal(syscall.SIGCONT)
		_ = user.Close()
	})
	return a
}

// code waits for the client to end, and returns its exit code.
func (a *at) code() int {
	a.Helper()
	err := a.ends()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		a.Fatal(err)
	}
	return a.cmd.ProcessState.ExitCode()
}

// TestOpenSSH: a user logs in with OpenSSH's client, resizes, pastes and
// leaves; another at the same time is not disturbed.
func TestOpenSSH(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s, other := w.newOpenSSH("aki").open(100, 30), w.newOpenSSH("bo").open(90, 20)
	other.sees("start ")
	s.sees("start ")
	s.types("s")
	s.sees("size 100x30\r\n")
	if err := pty.Setsize(s.tty, &pty.Winsize{Cols: 4000, Rows: 3000}); err != nil {
		t.Fatal(err)
	}
	s.typesUntil("s", "size 512x256\r\n")
	s.types("e")
	if got := s.sees("env "); got != "GORACE=atexit_sleep_ms=0 LANG=ja_JP.UTF-8 "+asChild+"=1 TERM=xterm-256color" {
		t.Errorf("environment: %s", got)
	}
	// A paste of 100 kB comes as it was, with what is around it.
	s.types("w\x1b[200~" + strings.Repeat("山", 34_000) + "\x1b[201~.")
	took := "took " + strconv.Itoa(6+3*34_000+6) + "\r\n"
	s.sees(took)
	s.types("p")
	s.sees(took + "pid ")
	other.types("sq")
	other.sees("size 90x20\r\n")
	if code := other.code(); code != 0 {
		t.Errorf("the other ended with %d", code)
	}
	s.types("x")
	if code := s.code(); code != 7 {
		t.Errorf("exit code %d", code)
	}
}

// typesUntil types a key until a text comes: a change of size takes its time.
func (a *at) typesUntil(key, text string) {
	a.Helper()
	eventually(a.TB, "sees "+text, func() bool {
		a.types(key)
		return strings.Contains(a.written(), text)
	})
}

// TestOpenSSHCommands: scripts run commands, and get what these write and their exit code.
func TestOpenSSHCommands(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := w.newOpenSSH("aki")
	out, complaint, code := c.run(nil, "list", "--json", "--filter='all of it'", "$HOME;id")
	if want := `["list","--json","--filter=all of it","--","$HOME;id"]` + "\n"; out != want || complaint != "to stderr" || code != 3 {
		t.Errorf("%q %q %d", out, complaint, code)
	}
	for line, why := range map[string]request.Notice{
		"sh -c id": request.NoticeCommandVerb, "list --db x": request.NoticeCommandFlag, "list --filter": request.NoticeCommandValue, "list 'x": request.NoticeCommandQuote,
	} {
		out, complaint, code := c.run([]string{"-o", "SendEnv=LANG"}, line)
		if want := "parley: " + string(why) + " in ja_JP.UTF-8\n"; out != "" || complaint != want || code != 2 {
			t.Errorf("%s: %q %q %d", line, out, complaint, code)
		}
	}
}

// TestOpenSSHStrangers: no other key, no password, no certificate that is not ours.
func TestOpenSSHStrangers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.newOpenSSH("aki")
	key, private := newKeyPair(t)
	stranger := w.openSSH(key, private)
	for _, flags := range [][]string{
		nil,
		{"-o", "PreferredAuthentications=password"},
		{"-o", "PreferredAuthentications=keyboard-interactive"},
		{"-o", "PreferredAuthentications=hostbased"},
		{"-o", "PreferredAuthentications=none"},
	} {
		out, complaint, code := stranger.run(flags, "list")
		if out != "" || code != 255 || !strings.Contains(complaint, "Permission denied (publickey)") {
			t.Errorf("%v: %q %q %d", flags, out, complaint, code)
		}
	}
	if open := w.users.open(); len(open) != 0 {
		t.Errorf("sessions of %v", open)
	}
}

// TestOpenSSHTooLarge: a terminal that is too large is refused in words, the others live.
func TestOpenSSHTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	other := w.newOpenSSH("bo").open(90, 20)
	other.sees("start ")
	s := w.newOpenSSH("aki").open(4000, 3000)
	if code := s.code(); code != 2 || !strings.Contains(s.written(), "parley: "+string(request.NoticeTerminal)+" in ja") {
		t.Errorf("exit code %d: %s", code, s.written())
	}
	other.types("sq")
	other.sees("size 90x20\r\n")
	if code := other.code(); code != 0 {
		t.Errorf("the other ended with %d", code)
	}
}

// TestOpenSSHKilled: a session whose program is killed ends in words, with the terminal as
// it was; the other on the same connection lives.
func TestOpenSSHKilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := w.newOpenSSH("aki")
	socket := filepath.Join(shortDir(t), "s")
	s := c.open(80, 24, "-M", "-S", socket)
	s.sees("start ")
	other := c.open(80, 24, "-S", socket)
	other.sees("start ")
	kill(other.terminal, syscall.SIGKILL)
	if code := other.code(); code != 128+9 {
		t.Errorf("exit code %d", code)
	}
	for _, part := range []string{"parley: " + string(request.NoticeKilled) + " in ja_JP.UTF-8\r\n", "\x1b[?1049l", "\x1b[?25h"} {
		if !strings.Contains(other.written(), part) {
			t.Errorf("lacks %q: %q", part, other.written())
		}
	}
	s.types("q")
	if code := s.code(); code != 0 {
		t.Errorf("the other ended with %d", code)
	}
}

// shortDir is a folder with a name that a socket's has room beside.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// TestOpenSSHSlow: a client that reads nothing for a while goes on afterwards; one that
// reads nothing for long is ended; neither disturbs another.
func TestOpenSSHSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *sshd.Options) { o.Limits.Stall, o.Limits.HangUp = 2*time.Second, time.Second })
	s, other := w.newOpenSSH("aki").open(80, 24), w.newOpenSSH("bo").open(80, 24)
	s.sees("start ")
	other.sees("start ")
	s.types("f")
	eventually(t, "it floods", func() bool { return len(s.written()) > 1<<20 })
	pause := func(sig syscall.Signal) {
		if err := s.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
	}
	pause(syscall.SIGSTOP)
	for n := 1; n <= 20; n++ { // a while, in which the other is answered at once
		other.types("s")
		eventually(t, "the other is answered", func() bool { return strings.Count(other.written(), "size 80x24\r\n") == n })
	}
	pause(syscall.SIGCONT)
	before := len(s.written())
	eventually(t, "it goes on", func() bool { return len(s.written()) > before+(8<<20) })
	pause(syscall.SIGSTOP)
	eventually(t, "its session is ended", func() bool { return len(w.users.open()) == 1 })
	other.types("q")
	if code := other.code(); code != 0 {
		t.Errorf("the other ended with %d", code)
	}
}

// TestOpenSSHForwards: the client's own ways to forward anything come to nothing.
func TestOpenSSHForwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := w.newOpenSSH("aki")
	var reached atomic.Int32
	secret := listening(t, "tcp", "127.0.0.1:0", &reached)
	agent := filepath.Join(shortDir(t), "agent")
	listening(t, "unix", agent, &reached)

	if _, complaint, code := c.run([]string{"-W", secret}); code != 255 || !strings.Contains(complaint, "stdio forwarding failed") {
		t.Errorf("-W: %q %d", complaint, code)
	}
	for _, to := range []string{"0:" + secret, "/tmp/parley-test-no-such:" + secret, "0"} { // a port, a socket, SOCKS
		_, complaint, code := c.run([]string{"-N", "-R", to, "-o", "ExitOnForwardFailure=yes"})
		if code != 255 || !strings.Contains(complaint, "remote port forwarding failed") {
			t.Errorf("-R %s: %q %d", to, complaint, code)
		}
	}
	for flag, to := range map[string]string{"-L": ":" + secret, "-D": ""} {
		c.forwardsNothing(flag, to, secret)
	}
	if _, complaint, code := c.run([]string{"-s"}, "sftp"); code == 0 || !strings.Contains(complaint, "subsystem request failed") {
		t.Errorf("subsystem: %q %d", complaint, code)
	}
	if _, complaint, code := c.run([]string{"-w", "any", "-o", "ExitOnForwardFailure=yes", "-N"}); code != 255 {
		t.Errorf("-w: %q %d", complaint, code)
	}

	s := c.open(80, 24, "-A", "-o", "ForwardAgent="+agent, "-X", "-o", "SetEnv=DISPLAY=:7")
	s.sees("start ")
	s.types("e")
	if env := s.sees("env "); strings.Contains(env, "SSH_AUTH_SOCK") || strings.Contains(env, "DISPLAY") {
		t.Errorf("environment: %s", env)
	}
	s.types("q")
	s.code()
	if n := reached.Load(); n != 0 {
		t.Errorf("%d connections came through", n)
	}
}

// forwardsNothing has the client listen and forward, and expects that what connects gets
// nothing.
func (c *openSSH) forwardsNothing(flag, to, secret string) {
	c.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.Fatal(err)
	}
	here := l.Addr().String()
	_ = l.Close()
	cmd := c.command([]string{"-N", flag, here + to})
	if err := cmd.Start(); err != nil {
		c.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	var conn net.Conn
	eventually(c.TB, "ssh listens", func() bool {
		conn, err = net.Dial("tcp", here)
		return err == nil
	})
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if flag == "-D" {
		_, port, _ := net.SplitHostPort(secret)
		n, _ := strconv.Atoi(port)
		_, _ = conn.Write([]byte{5, 1, 0})
		_, _ = conn.Write([]byte{5, 1, 0, 1, 127, 0, 0, 1, byte(n >> 8), byte(n)})
	}
	got, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) || bytes.Contains(got, []byte("secret")) {
		c.Errorf("%s: %q %v", flag, got, err)
	}
}

// listening counts who reaches an address.
func listening(t *testing.T, network, address string, reached *atomic.Int32) string {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			_, _ = io.WriteString(conn, "secret")
			_ = conn.Close()
		}
	}()
	return l.Addr().String()
}

// TestOpenSSHEnds: whom the server sends away is told why.
func TestOpenSSHEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *sshd.Options) { o.Limits.Recheck = 50 * time.Millisecond })
	key, private := newKeyPair(t)
	w.add("aki", key)
	s := w.openSSH(key, private).open(80, 24)
	s.sees("start ")
	w.users.forget(key.PublicKey())
	if code := s.code(); code != 128+1 || !strings.Contains(s.written(), "parley: "+string(request.NoticeRevoked)+" in ja_JP.UTF-8\r\n") {
		t.Errorf("exit code %d: %q", code, s.written())
	}
	c := w.newOpenSSH("bo")
	s = c.open(80, 24)
	s.sees("start ")
	w.users.mu.Lock()
	clear(w.users.tokens) // the user is removed: the token is worth nothing
	w.users.mu.Unlock()
	if code := s.code(); code != 128+1 {
		t.Errorf("exit code %d: %q", code, s.written())
	}
}
