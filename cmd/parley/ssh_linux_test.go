package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"

	"parley/cmd/cli"
	"parley/cmd/demo"
	"parley/cmd/server"
	"parley/i18n"
)

// newSSHKey makes a key, and writes both halves of it to files as OpenSSH does.
func newSSHKey(t *testing.T) (key gossh.Signer, private, public string) {
	t.Helper()
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if key, err = gossh.NewSignerFromKey(secret); err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(secret, "")
	if err != nil {
		t.Fatal(err)
	}
	private = filepath.Join(t.TempDir(), "key")
	public = private + ".pub"
	for name, b := range map[string][]byte{private: pem.EncodeToMemory(block), public: gossh.MarshalAuthorizedKey(key.PublicKey())} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return key, private, public
}

// sshTo logs in to a hub, whose first line of output it was given.
func sshTo(t *testing.T, ready, user string, keys ...gossh.Signer) *gossh.Client {
	t.Helper()
	var listens struct{ SSH server.SSHListening }
	fromJSON(t, []byte(ready), &listens)
	return dialSSH(t, listens.SSH.Listen, listens.SSH.Fingerprint, user, keys...)
}

func dialSSH(t *testing.T, address, fingerprint, user string, keys ...gossh.Signer) *gossh.Client {
	t.Helper()
	c, err := gossh.Dial("tcp", address, &gossh.ClientConfig{
		User: user, Auth: []gossh.AuthMethod{gossh.PublicKeys(keys...)}, Timeout: patience,
		HostKeyCallback: func(_ string, _ net.Addr, key gossh.PublicKey) error {
			if gossh.FingerprintSHA256(key) != fingerprint {
				return errors.New("another host key")
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// farScreen is the screen at a terminal far away.
type farScreen struct {
	t       *testing.T
	session *gossh.Session
	in      io.Writer

	mu       sync.Mutex
	emulator *vt.Emulator
}

func openFarScreen(t *testing.T, c *gossh.Client, env ...string) *farScreen {
	t.Helper()
	session, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	s := &farScreen{t: t, session: session, emulator: vt.NewEmulator(screenWidth, screenHeight)}
	session.Stdout = s
	if s.in, err = session.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		if err := session.Setenv(name, value); err != nil {
			t.Fatal(err)
		}
	}
	var answering sync.WaitGroup
	answering.Go(func() { _, _ = io.Copy(s.in, s.emulator) })
	t.Cleanup(func() {
		_ = session.Close()
		_ = s.emulator.InputPipe().(io.Closer).Close()
		answering.Wait()
	})
	if err := session.RequestPty("xterm-256color", screenHeight, screenWidth, nil); err != nil {
		t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	return s
}

// Write implements [io.Writer].
func (s *farScreen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emulator.Write(b)
}

func (s *farScreen) picture() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emulator.String()
}

func (s *farScreen) sees(texts ...string) {
	s.t.Helper()
	var picture string
	defer func() {
		if s.t.Failed() {
			s.t.Log(picture)
		}
	}()
	for _, text := range texts {
		waitFor(s.t, text+" on screen", patience, func() bool {
			picture = s.picture()
			return strings.Contains(picture, text)
		})
	}
}

func (s *farScreen) types(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.in, keys); err != nil {
		s.t.Fatal(err)
	}
}

// leaves quits, and expects the session to end well.
func (s *farScreen) leaves() {
	s.t.Helper()
	s.types(keyCtrlC)
	ended := make(chan error, 1)
	go func() { ended <- s.session.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			s.t.Errorf("ended with %v\n%s", err, s.picture())
		}
	case <-time.After(patience):
		s.t.Fatalf("goes on\n%s", s.picture())
	}
}

// TestSSH: a user comes in by key, reads, answers and leaves; scripts run commands.
func TestSSH(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t, "PARLEY_SSH=127.0.0.1:0")
	key, _, public := newSSHKey(t)
	bo := w.addUser("Bo", "--ssh-key", public)
	w.customerSays("2001", wording{Text: "見積もりをお願いできますか？", Name: "山田 花子", Locale: "ja_JP"})
	hanako := w.conversationWith("2001")
	waitFor(t, "the message is there", patience, func() bool { return aki.holds(hanako, "見積もりをお願いできますか？") })

	c := sshTo(t, w.hub.ready(), "anybody", key)
	s := openFarScreen(t, c, "LANG=en_US.UTF-8")
	s.sees("● live", "山田 花子", "見積もりをお願いできますか？")
	s.types(keyEnter)
	s.sees("Reply to 山田 花子")
	s.types("r")
	s.sees("enter send")
	s.types("over SSH")
	s.sees("over SSH")
	s.types(keyEnter)
	waitFor(t, "the customer has the answer", patience, func() bool {
		got := w.facebook.gotBy("2001")
		return len(got) == 1 && got[0] == "over SSH"
	})
	s.leaves()

	session, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	var out, complaint bytes.Buffer
	session.Stdout, session.Stderr = &out, &complaint
	if err := session.Run("list --json --limit 5"); err != nil {
		t.Fatalf("%v: %s", err, complaint.String())
	}
	var list struct{ Conversations []conversation }
	if err := json.Unmarshal(out.Bytes(), &list); err != nil || len(list.Conversations) != 1 || list.Conversations[0].ID != hanako {
		t.Errorf("list: %v %s", err, out.String())
	}
	if _, err := os.Stat(filepath.Join(w.dataDir(), "users", bo.id)); err != nil {
		t.Errorf("the user's folder: %v", err)
	}
	_ = c.Close()
	w.hub.stop()
}

// TestSSHKeys: keys are listed and taken away, which ends what they opened within five
// seconds, also where the hub was started by nohup; the audit log tells who came in by
// which.
func TestSSHKeys(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t, "PARLEY_SSH=127.0.0.1:0", underNohup+"=1")
	key, _, public := newSSHKey(t)
	other, _, otherPublic := newSSHKey(t)
	bo := w.addUser("Bo", "--ssh-key", public)
	w.manages("user", "key", "list", aki.id).ok()
	w.manages("user", "key", bo.id, otherPublic).ok()
	fingerprint, stays := gossh.FingerprintSHA256(key.PublicKey()), gossh.FingerprintSHA256(other.PublicKey())
	var l struct {
		Keys []struct {
			Fingerprint string
			CreatedAt   time.Time `json:"created_at"`
		}
	}
	fromJSON(t, []byte(w.manages("user", "key", "list", "Bo", "--json").ok().out), &l)
	if len(l.Keys) != 2 || l.Keys[0].Fingerprint != fingerprint || l.Keys[1].Fingerprint != stays || l.Keys[0].CreatedAt.IsZero() {
		t.Fatalf("keys: %+v", l.Keys)
	}
	for lang, said := range map[string]string{"en": "added ", "ja": "追加"} {
		if out := w.manages("user", "key", "list", "Bo", "--lang", lang).ok().out; !strings.Contains(out, fingerprint) || !strings.Contains(out, said) {
			t.Errorf("%s: %s", lang, out)
		}
	}

	c, kept := sshTo(t, w.hub.ready(), "anybody", key), sshTo(t, w.hub.ready(), "anybody", other)
	s, remains := openFarScreen(t, c, "LANG=en_US.UTF-8"), openFarScreen(t, kept, "LANG=en_US.UTF-8")
	s.sees("● live")
	remains.sees("● live")
	w.manages("user", "key", "remove", aki.id, fingerprint).exits(cli.ExitMissing)
	w.manages("user", "key", "remove", "Bo", "SHA256:none").exits(cli.ExitMissing).says("parley user key list")
	w.manages("user", "key", "remove", "Nobody", fingerprint).exits(cli.ExitMissing)
	tail := tailsOver(t, c)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for what, session := range map[string]*gossh.Session{"screen": s.session, "tail": tail} {
			var exit *gossh.ExitError // hung up, neither killed nor gone
			if err := session.Wait(); !errors.As(err, &exit) || exit.ExitStatus() != 128+1 {
				t.Errorf("%s ended with %v", what, err)
			}
		}
	}()
	began := time.Now()
	w.manages("user", "key", "remove", "Bo", fingerprint).ok()
	select {
	case <-ended:
		if took := time.Since(began); took > 5*time.Second+patience {
			t.Errorf("the session ended after %s", took)
		} else {
			t.Logf("the session ended after %s", took)
		}
	case <-time.After(5*time.Second + patience):
		t.Fatal("the session goes on")
	}
	if _, err := c.NewSession(); err == nil {
		t.Error("the key still opens a session")
	}
	remains.sees("● live")
	remains.leaves()

	out := aki.cli("audit", "--json").ok().out
	for _, want := range []string{
		`"kind":"signed_in"`, `"key":"` + fingerprint + `"`, `"key":"` + stays + `"`, `"kind":"key_added"`, `"kind":"key_removed"`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the audit log does not hold %s: %s", want, out)
		}
	}
	if out := aki.cli("audit").ok().out; !strings.Contains(out, "signed in over SSH: "+stays) || !strings.Contains(out, "removed a key of Bo for SSH: "+fingerprint) {
		t.Errorf("told %s", out)
	}
	w.hub.stop()
}

// tailsOver is a command that has connected, and runs until it is ended.
func tailsOver(t *testing.T, c *gossh.Client) *gossh.Session {
	t.Helper()
	tail, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	said := &output{}
	tail.Stdout, tail.Stderr = said, said
	if err := tail.Start("tail --json"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "tail is connected", patience, func() bool { return strings.Contains(said.String(), "Connected") })
	return tail
}

// TestTheHubOutlivesSSH: when what lets users in over SSH breaks, the hub goes on, who was
// in is out, and the next comes in; when the hub breaks, nothing of it stays.
func TestTheHubOutlivesSSH(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t, "PARLEY_SSH=127.0.0.1:0")
	key, _, public := newSSHKey(t)
	w.addUser("Bo", "--ssh-key", public)
	c := sshTo(t, w.hub.ready(), "bo", key)
	s := openFarScreen(t, c, "LANG=en_US.UTF-8")
	s.sees("● live")
	fronts, sessions := w.fronts(), w.sessions()
	if len(fronts) != 1 || len(sessions) != 1 {
		t.Fatalf("processes: %v and %v", fronts, sessions)
	}
	gone := func(pids ...int) func() bool {
		return func() bool {
			return !slices.ContainsFunc(pids, func(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) })
		}
	}
	if err := syscall.Kill(fronts[0], syscall.SIGSEGV); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the session is over", patience, gone(sessions...))
	w.customerSays("2001", wording{Text: "Still there?", Name: "Ken", Locale: "en_US"})
	waitFor(t, "the hub goes on", patience, func() bool { return aki.holds(w.conversationWith("2001"), "Still there?") })
	again := openFarScreen(t, sshTo(t, w.hub.ready(), "bo", key), "LANG=en_US.UTF-8")
	again.sees("● live", "Still there?")

	all := append(w.fronts(), w.sessions()...)
	if len(all) != 2 {
		t.Fatalf("processes: %v", all)
	}
	w.hub.kill()
	waitFor(t, "nothing of the hub stays", patience, gone(all...))
}

// TestSSHEndsWithItsUser: who is removed, or deactivated in Pipedrive, while they have a
// screen and a command open is out of both within seconds, and gets in no more. So is who
// follows from another machine.
func TestSSHEndsWithItsUser(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *world){
		"removed": func(w *world) { runProgram(w.t, w.hubEnv(), "", "user", "remove", "Bo").ok() },
		"deactivated": func(w *world) {
			w.facebook.control(http.MethodPost, "/pipedrive/users/rep@example.com", map[string]bool{"active": false}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newCRMWorld(t, "PARLEY_SSH=127.0.0.1:0", "PARLEY_TIMING_ROLES=1s")
			key, _, public := newSSHKey(t)
			bo := w.addUser("Bo", "--email", "rep@example.com", "--ssh-key", public)
			c := sshTo(t, w.hub.ready(), "bo", key)
			s := openFarScreen(t, c, "LANG=en_US.UTF-8")
			s.sees("● live")
			tail := tailsOver(t, c)
			here := newProcess(t, w.env(bo.homeDir, "PARLEY_HUB="+w.hubURL, "PARLEY_TOKEN="+bo.token), "tail")
			here.begin()
			waitFor(t, "somebody follows elsewhere", patience, func() bool { return strings.Contains(here.err.String(), english.Say(i18n.ConnLive)) })

			end(w)
			within(t, "both sessions are over", 10*time.Second, func() func() bool {
				over := make(chan struct{})
				go func() {
					defer close(over)
					_ = s.session.Wait()
					_ = tail.Wait()
				}()
				return func() bool {
					select {
					case <-over:
						return true
					default:
						return false
					}
				}
			}())
			if again, err := c.NewSession(); err == nil {
				if err := again.Run("list"); err == nil {
					t.Error("a command runs for who was removed")
				}
			}
			if code := here.exit(patience); code != cli.ExitFailed {
				t.Errorf("who follows elsewhere: exit code %d", code)
			}
			if log := w.hub.err.String(); strings.Contains(log, "level=ERROR") {
				t.Errorf("the hub's log: %s", log)
			}
		})
	}
}

// TestSSHDemo: both guests join the demo's world without keys, on this machine only. Who
// connected the Page makes it private, and the other's list is empty; shares it again, and
// it is as it was.
func TestSSHDemo(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	runProgram(t, w.env("far"), "", "demo", "--ssh", "0.0.0.0:0").exits(cli.ExitUsage).says("127.0.0.1")
	p := newProcess(t, w.env("demo"), "demo", "--ssh", "127.0.0.1:0", "--seed", "7")
	p.begin()
	var port, fingerprint string
	waitFor(t, "the demo says how to join", patience, func() bool {
		for line := range strings.Lines(p.out.String()) {
			words := strings.Fields(line)
			if len(words) == 4 && words[0] == "ssh" && words[3] == "installer@127.0.0.1" {
				port = words[2]
			}
			if _, after, ok := strings.Cut(strings.TrimSpace(line), "SHA256:"); ok {
				fingerprint = "SHA256:" + after
			}
		}
		return port != "" && fingerprint != ""
	})
	_ = dialSSH(t, "127.0.0.1:"+port, fingerprint, demo.GuestRep).Close() // it is that host key
	guests := map[string]*screen{}
	for _, guest := range demo.Guests() {
		c := w.newOpenSSH(port, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile="+os.DevNull, "-o", "LogLevel=ERROR")
		c.user = guest
		s := c.opens()
		s.waits("the inbox has conversations", func(lines []string) bool {
			return anyHolds(lines, "● live") && regexp.MustCompile(`Open \d+`).MatchString(lines[1])
		})
		guests[guest] = s
	}
	installer, rep := guests[demo.GuestInstaller], guests[demo.GuestRep]
	row := rep.lines()[2]
	installer.presses(keyCtrlK, "Commands")
	installer.types("make this page private" + keyEnter)
	installer.sees("Only you will see")
	installer.types("y")
	began := time.Now()
	rep.within("the list is empty, and says why", soon, func(lines []string) bool {
		return anyHolds(lines, "has made ") && anyHolds(lines, "can share it again") && !anyHolds(lines, row)
	})
	t.Logf("private after %s", time.Since(began).Round(time.Millisecond))
	installer.sees("private: only you")
	installer.presses(keyCtrlK, "Commands")
	installer.types("share this page" + keyEnter)
	installer.sees("will see all conversations of")
	installer.types("y")
	rep.within("the list is there again", soon, func(lines []string) bool {
		return !anyHolds(lines, "can share it again") && regexp.MustCompile(`Open \d+`).MatchString(lines[1])
	})
	installer.leaves()
	rep.leaves()
	p.stop()
}
