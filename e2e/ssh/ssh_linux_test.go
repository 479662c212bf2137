package ssh

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
	"parley/e2e/driver"
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
	driver.FromJSON(t, []byte(ready), &listens)
	return dialSSH(t, listens.SSH.Listen, listens.SSH.Fingerprint, user, keys...)
}

func dialSSH(t *testing.T, address, fingerprint, user string, keys ...gossh.Signer) *gossh.Client {
	t.Helper()
	c, err := gossh.Dial("tcp", address, &gossh.ClientConfig{
		User: user, Auth: []gossh.AuthMethod{gossh.PublicKeys(keys...)}, Timeout: driver.Patience,
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
	s := &farScreen{t: t, session: session, emulator: vt.NewEmulator(driver.ScreenWidth, driver.ScreenHeight)}
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
	if err := session.RequestPty("xterm-256color", driver.ScreenHeight, driver.ScreenWidth, nil); err != nil {
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
		driver.WaitFor(s.t, text+" on screen", driver.Patience, func() bool {
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
	s.types(driver.KeyCtrlC)
	ended := make(chan error, 1)
	go func() { ended <- s.session.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			s.t.Errorf("ended with %v\n%s", err, s.picture())
		}
	case <-time.After(driver.Patience):
		s.t.Fatalf("goes on\n%s", s.picture())
	}
}

// TestSSH: a user comes in by key, reads, answers and leaves; scripts run commands.
func TestSSH(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, "PARLEY_SSH=127.0.0.1:0")
	key, _, public := newSSHKey(t)
	bo := w.AddUser("Bo", "--ssh-key", public)
	w.CustomerSays("2001", driver.Wording{Text: "見積もりをお願いできますか？", Name: "山田 花子", Locale: "ja_JP"})
	hanako := w.ConversationWith("2001")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(hanako, "見積もりをお願いできますか？") })

	c := sshTo(t, w.Hub.Ready(), "anybody", key)
	s := openFarScreen(t, c, "LANG=en_US.UTF-8")
	s.sees("● live", "山田 花子", "見積もりをお願いできますか？")
	s.types(driver.KeyEnter)
	s.sees("Reply to 山田 花子")
	s.types("r")
	s.sees("enter send")
	s.types("over SSH")
	s.sees("over SSH")
	s.types(driver.KeyEnter)
	driver.WaitFor(t, "the customer has the answer", driver.Patience, func() bool {
		got := w.Facebook.GotBy("2001")
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
	var list struct{ Conversations []driver.Conversation }
	if err := json.Unmarshal(out.Bytes(), &list); err != nil || len(list.Conversations) != 1 || list.Conversations[0].ID != hanako {
		t.Errorf("list: %v %s", err, out.String())
	}
	if _, err := os.Stat(filepath.Join(w.DataDir(), "users", bo.ID)); err != nil {
		t.Errorf("the user's folder: %v", err)
	}
	_ = c.Close()
	w.Hub.Stop()
}

// TestSSHTellsWhoIsSecond: of two users with the composer open on one customer, each is told at the
// composer, before they send, that the other writes; what they typed is theirs.
func TestSSHTellsWhoIsSecond(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, "PARLEY_SSH=127.0.0.1:0")
	w.CustomerSays("2001", driver.Wording{Text: "Is it in stock?", Name: "Ken Sato", Locale: "en_US"})
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(w.ConversationWith("2001"), "Is it in stock?") })
	opens := func(name string) *farScreen {
		key, _, public := newSSHKey(t)
		w.AddUser(name, "--ssh-key", public)
		s := openFarScreen(t, sshTo(t, w.Hub.Ready(), strings.ToLower(name), key), "LANG=en_US.UTF-8")
		s.sees("● live", "Is it in stock?")
		s.types(driver.KeyEnter)
		s.sees("Reply to Ken Sato")
		s.types("r")
		s.sees("to Ken Sato", "enter send")
		return s
	}
	bo, cho := opens("Bo"), opens("Cho")
	cho.types("I'll look")
	cho.sees("I'll look")
	bo.sees("Cho is writing an answer")
	bo.types("It is")
	bo.sees("It is")
	cho.sees("Bo is writing an answer", "I'll look")
	if got := w.Facebook.GotBy("2001"); len(got) > 0 {
		t.Errorf("the customer got %q", got)
	}
	bo.leaves()
	cho.leaves()
}

// TestSSHKeys: keys are listed and taken away, which ends what they opened within five
// seconds, also where the hub was started by nohup; the audit log tells who came in by
// which.
func TestSSHKeys(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, "PARLEY_SSH=127.0.0.1:0", driver.UnderNohup+"=1")
	key, _, public := newSSHKey(t)
	other, _, otherPublic := newSSHKey(t)
	bo := w.AddUser("Bo", "--ssh-key", public)
	w.Manages("user", "key", "list", aki.ID).Ok()
	w.Manages("user", "key", bo.ID, otherPublic).Ok()
	fingerprint, stays := gossh.FingerprintSHA256(key.PublicKey()), gossh.FingerprintSHA256(other.PublicKey())
	var l struct {
		Keys []struct {
			Fingerprint string
			CreatedAt   time.Time `json:"created_at"`
		}
	}
	driver.FromJSON(t, []byte(w.Manages("user", "key", "list", "Bo", "--json").Ok().Out), &l)
	if len(l.Keys) != 2 || l.Keys[0].Fingerprint != fingerprint || l.Keys[1].Fingerprint != stays || l.Keys[0].CreatedAt.IsZero() {
		t.Fatalf("keys: %+v", l.Keys)
	}
	for lang, said := range map[string]string{"en": "added ", "ja": "追加"} {
		if out := w.Manages("user", "key", "list", "Bo", "--lang", lang).Ok().Out; !strings.Contains(out, fingerprint) || !strings.Contains(out, said) {
			t.Errorf("%s: %s", lang, out)
		}
	}

	c, kept := sshTo(t, w.Hub.Ready(), "anybody", key), sshTo(t, w.Hub.Ready(), "anybody", other)
	s, remains := openFarScreen(t, c, "LANG=en_US.UTF-8"), openFarScreen(t, kept, "LANG=en_US.UTF-8")
	s.sees("● live")
	remains.sees("● live")
	w.Manages("user", "key", "remove", aki.ID, fingerprint).Exits(cli.ExitMissing)
	w.Manages("user", "key", "remove", "Bo", "SHA256:none").Exits(cli.ExitMissing).Says("parley user key list")
	w.Manages("user", "key", "remove", "Nobody", fingerprint).Exits(cli.ExitMissing)
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
	w.Manages("user", "key", "remove", "Bo", fingerprint).Ok()
	select {
	case <-ended:
		if took := time.Since(began); took > 5*time.Second+driver.Patience {
			t.Errorf("the session ended after %s", took)
		} else {
			t.Logf("the session ended after %s", took)
		}
	case <-time.After(5*time.Second + driver.Patience):
		t.Fatal("the session goes on")
	}
	if _, err := c.NewSession(); err == nil {
		t.Error("the key still opens a session")
	}
	remains.sees("● live")
	remains.leaves()

	out := aki.Cli("audit", "--json").Ok().Out
	for _, want := range []string{
		`"kind":"signed_in"`, `"key":"` + fingerprint + `"`, `"key":"` + stays + `"`, `"kind":"key_added"`, `"kind":"key_removed"`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the audit log does not hold %s: %s", want, out)
		}
	}
	if out := aki.Cli("audit").Ok().Out; !strings.Contains(out, "signed in over SSH: "+stays) || !strings.Contains(out, "removed a key of Bo for SSH: "+fingerprint) {
		t.Errorf("told %s", out)
	}
	w.Hub.Stop()
}

// tailsOver is a command that has connected, and runs until it is ended.
func tailsOver(t *testing.T, c *gossh.Client) *gossh.Session {
	t.Helper()
	tail, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	said := &driver.Output{}
	tail.Stdout, tail.Stderr = said, said
	if err := tail.Start("tail --json"); err != nil {
		t.Fatal(err)
	}
	driver.WaitFor(t, "tail is connected", driver.Patience, func() bool { return strings.Contains(said.String(), "Connected") })
	return tail
}

// TestTheHubOutlivesSSH: when what lets users in over SSH breaks, the hub goes on, who was
// in is out, and the next comes in; when the hub breaks, nothing of it stays.
func TestTheHubOutlivesSSH(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, "PARLEY_SSH=127.0.0.1:0")
	key, _, public := newSSHKey(t)
	w.AddUser("Bo", "--ssh-key", public)
	c := sshTo(t, w.Hub.Ready(), "bo", key)
	s := openFarScreen(t, c, "LANG=en_US.UTF-8")
	s.sees("● live")
	fronts, sessions := frontPIDs(w), sessionPIDs(w)
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
	driver.WaitFor(t, "the session is over", driver.Patience, gone(sessions...))
	w.CustomerSays("2001", driver.Wording{Text: "Still there?", Name: "Ken", Locale: "en_US"})
	driver.WaitFor(t, "the hub goes on", driver.Patience, func() bool { return aki.Holds(w.ConversationWith("2001"), "Still there?") })
	again := openFarScreen(t, sshTo(t, w.Hub.Ready(), "bo", key), "LANG=en_US.UTF-8")
	again.sees("● live", "Still there?")

	all := append(frontPIDs(w), sessionPIDs(w)...)
	if len(all) != 2 {
		t.Fatalf("processes: %v", all)
	}
	w.Hub.Kill()
	driver.WaitFor(t, "nothing of the hub stays", driver.Patience, gone(all...))
}

// TestSSHEndsWithItsUser: who is removed, or deactivated in Pipedrive, while they have a
// screen and a command open is out of both within seconds, and gets in no more. So is who
// follows from another machine.
func TestSSHEndsWithItsUser(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *driver.World){
		"removed": func(w *driver.World) { driver.RunProgram(w.T, w.HubEnv(), "", "user", "remove", "Bo").Ok() },
		"deactivated": func(w *driver.World) {
			w.Facebook.Control(http.MethodPost, "/pipedrive/users/rep@example.com", map[string]bool{"active": false}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := driver.NewCRMWorld(t, "PARLEY_SSH=127.0.0.1:0", "PARLEY_TIMING_ROLES=1s")
			key, _, public := newSSHKey(t)
			bo := w.AddUser("Bo", "--email", "rep@example.com", "--ssh-key", public)
			c := sshTo(t, w.Hub.Ready(), "bo", key)
			s := openFarScreen(t, c, "LANG=en_US.UTF-8")
			s.sees("● live")
			tail := tailsOver(t, c)
			here := driver.NewProcess(t, w.Env(bo.HomeDir, "PARLEY_HUB="+w.HubURL, "PARLEY_TOKEN="+bo.Token), "tail")
			here.Begin()
			driver.WaitFor(t, "somebody follows elsewhere", driver.Patience, func() bool { return strings.Contains(here.Err.String(), driver.English.Say(i18n.ConnectionLive)) })

			end(w)
			driver.Within(t, "both sessions are over", 10*time.Second, func() func() bool {
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
			if code := here.Exit(driver.Patience); code != cli.ExitFailed {
				t.Errorf("who follows elsewhere: exit code %d", code)
			}
			if log := w.Hub.Err.String(); strings.Contains(log, "level=ERROR") {
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
	w := driver.NewQuietWorld(t)
	driver.RunProgram(t, w.Env("far"), "", "demo", "--ssh", "0.0.0.0:0").Exits(cli.ExitUsage).Says("127.0.0.1")
	p := driver.NewProcess(t, w.Env("demo"), "demo", "--ssh", "127.0.0.1:0", "--seed", "7")
	p.Begin()
	var port, fingerprint string
	driver.WaitFor(t, "the demo says how to join", driver.Patience, func() bool {
		for line := range strings.Lines(p.Out.String()) {
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
	guests := map[string]*driver.Screen{}
	for _, guest := range demo.Guests() {
		c := newOpenSSH(w, port, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile="+os.DevNull, "-o", "LogLevel=ERROR")
		c.user = guest
		s := c.opens()
		s.Waits("the inbox has conversations", func(lines []string) bool {
			return driver.AnyHolds(lines, "● live") && regexp.MustCompile(`Open \d+`).MatchString(lines[1])
		})
		guests[guest] = s
	}
	installer, rep := guests[demo.GuestInstaller], guests[demo.GuestRep]
	row := rep.Lines()[2]
	installer.Presses(driver.KeyCtrlK, "Commands")
	installer.Types("make this page private" + driver.KeyEnter)
	installer.Sees("Only you will see")
	installer.Types("y")
	began := time.Now()
	rep.Within("the list is empty, and says why", driver.Soon, func(lines []string) bool {
		return driver.AnyHolds(lines, "has made ") && driver.AnyHolds(lines, "can share it again") && !driver.AnyHolds(lines, row)
	})
	t.Logf("private after %s", time.Since(began).Round(time.Millisecond))
	installer.Waits("the header says private", func(lines []string) bool { return strings.Contains(lines[0], "private: only you") })
	installer.Presses(driver.KeyCtrlK, "Commands")
	installer.Types("share this page" + driver.KeyEnter)
	installer.Sees("will see all conversations of")
	installer.Types("y")
	rep.Within("the list is there again", driver.Soon, func(lines []string) bool {
		return !driver.AnyHolds(lines, "can share it again") && regexp.MustCompile(`Open \d+`).MatchString(lines[1])
	})
	installer.Leaves()
	rep.Leaves()
	p.Stop()
}
