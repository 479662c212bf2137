package ssh

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"parley/cmd/cli"
	"parley/cmd/server"
	"parley/e2e/driver"
)

// openSSH is a user of a hub who comes in with OpenSSH's own client.
type openSSH struct {
	w       *driver.World
	program string
	user    string
	options []string
}

// newOpenSSH is that client, for somebody. What is set on the machine does not count.
func newOpenSSH(w *driver.World, port string, options ...string) *openSSH {
	w.T.Helper()
	program, err := exec.LookPath("ssh")
	if err != nil {
		w.T.Fatal("OpenSSH's client is missing: Debian's package openssh-client (make test installs it as root)")
	}
	return &openSSH{w: w, program: program, user: "anybody", options: append(options, // the first word counts
		"-F", os.DevNull, "-p", port, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
		"-o", "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes", "-o", "SendEnv=LANG",
	)}
}

// addOpenSSH adds a user with a key of their own, and gives them that client.
func addOpenSSH(w *driver.World, name string) (*driver.User, *openSSH) {
	w.T.Helper()
	known := filepath.Join(w.T.TempDir(), "known_hosts")
	_, identity, public := newSSHKey(w.T)
	u := w.AddUser(name, "--ssh-key", public)

	var listens struct{ SSH server.SSHListening }
	driver.FromJSON(w.T, []byte(w.Hub.Ready()), &listens)
	host, port, _ := net.SplitHostPort(listens.SSH.Listen)
	line := fmt.Sprintf("[%s]:%s %s", host, port, hostKey(w, listens.SSH.Fingerprint))
	if err := os.WriteFile(known, []byte(line), 0o600); err != nil {
		w.T.Fatal(err)
	}
	return u, newOpenSSH(w, port, "-i", identity, "-o", "UserKnownHostsFile="+known)
}

// hostKey is the hub's, as clients keep it. It must be the one that the hub said.
func hostKey(w *driver.World, fingerprint string) []byte {
	w.T.Helper()
	b, err := os.ReadFile(filepath.Join(w.DataDir(), "ssh_host_ed25519_key"))
	if err != nil {
		w.T.Fatal(err)
	}
	key, err := gossh.ParsePrivateKey(b)
	if err != nil {
		w.T.Fatal(err)
	}
	if got := gossh.FingerprintSHA256(key.PublicKey()); got != fingerprint {
		w.T.Fatalf("the hub said the host key is %s; it is %s", fingerprint, got)
	}
	return gossh.MarshalAuthorizedKey(key.PublicKey())
}

func (c *openSSH) command(flags []string, args ...string) *exec.Cmd {
	all := append(append(slices.Clone(c.options), flags...), c.user+"@127.0.0.1")
	cmd := exec.CommandContext(c.w.T.Context(), c.program, append(all, args...)...)
	cmd.Env = c.w.Env("ssh", "TERM=xterm-256color", "LANG=en_US.UTF-8")
	return cmd
}

// runs runs a command to its end.
func (c *openSSH) runs(stdin string, args ...string) driver.Result {
	c.w.T.Helper()
	p := driver.NewProcess(c.w.T, nil)
	p.Name, p.Cmd = "ssh "+strings.Join(args, " "), c.command(nil, args...)
	p.Cmd.Stdin, p.Cmd.Stdout, p.Cmd.Stderr = strings.NewReader(stdin), p.Out, p.Err
	p.Begin()
	code := p.Exit(2 * driver.Patience)
	return driver.Result{T: c.w.T, Line: p.Name, Exit: code, Out: p.Out.String(), Err: p.Err.String()}
}

// opens opens the inbox at a terminal.
func (c *openSSH) opens() *driver.Screen {
	c.w.T.Helper()
	s := driver.NewScreen(c.w.T, nil)
	s.Name, s.Cmd = "ssh", c.command(nil)
	s.Cmd.Stdout, s.Cmd.Stderr = s.Out, s.Err
	s.Opens()
	return s
}

// sessions are the processes that run for sessions: what lets users in over SSH is the hub's
// one process, and theirs are its.
func sessionPIDs(w *driver.World) []int {
	w.T.Helper()
	var pids []int
	for _, front := range frontPIDs(w) {
		pids = append(pids, startedBy(w, front)...)
	}
	return pids
}

// fronts are the hub's processes that let users in over SSH.
func frontPIDs(w *driver.World) []int { return startedBy(w, w.Hub.Cmd.Process.Pid) }

// startedBy are the processes that another has started.
func startedBy(w *driver.World, parent int) []int {
	w.T.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		w.T.Fatal(err)
	}
	var pids []int
	for _, file := range all {
		b, err := os.ReadFile(file)
		if err != nil { // it has ended meanwhile
			continue
		}
		pid, rest, _ := strings.Cut(string(b), " ")
		fields := strings.Fields(rest[strings.LastIndexByte(rest, ')')+1:])
		if len(fields) > 1 && fields[1] == strconv.Itoa(parent) && fields[0] != "Z" {
			n, _ := strconv.Atoi(pid)
			pids = append(pids, n)
		}
	}
	return pids
}

// TestOpenSSH: with OpenSSH's own client a user reads, answers, resizes, copies, pastes
// far too much and types what is hostile; their session's program is killed; they are
// removed. Somebody else at the same hub sees nothing of all that but what customers say.
func TestOpenSSH(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, "PARLEY_SSH=127.0.0.1:0", "PARLEY_METRICS_LISTEN=127.0.0.1:0")
	w.CustomerSays("2001", driver.Wording{Text: "見積もりをお願いできますか？", Name: "山田 花子", Locale: "ja_JP"})
	hanako := w.ConversationWith("2001")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(hanako, "見積もりをお願いできますか？") })
	_, cho := addOpenSSH(w, "Cho")
	bystander := cho.opens()
	bystander.Sees("● live", "山田 花子")
	undisturbed := func(after string) {
		t.Helper()
		w.CustomerSays("2001", driver.Wording{Text: "after " + after})
		bystander.Sees("after " + after)
	}
	others := sessionPIDs(w)

	bo, c := addOpenSSH(w, "Bo")
	s := c.opens()
	s.Sees("● live", "山田 花子")
	s.Resize(60, 20)
	s.Waits("it fits a smaller terminal", func(lines []string) bool {
		return len(lines) == 20 && driver.AnyHolds(lines, "山田 花子") && lines[19] != ""
	})
	s.Resize(160, 45)
	s.Waits("it fills a larger one", func(lines []string) bool { return len([]rune(lines[0])) > 140 && lines[44] != "" })
	s.Resize(driver.ScreenWidth, driver.ScreenHeight)
	s.Waits("and one as before", func(lines []string) bool { return len([]rune(lines[0])) > 110 && lines[driver.ScreenHeight-1] != "" })
	s.Types(driver.KeyEnter)
	s.Sees("Reply to 山田 花子")
	s.Presses("y", "The text is copied")
	copied := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte("見積もりをお願いできますか？"))
	driver.WaitFor(t, "the text is in the user's clipboard", driver.Patience, func() bool { return strings.Contains(s.Written(), copied) })

	s.Presses("r", "enter send")
	s.Types("\x1b[200~" + strings.Repeat("long\r\n", 100_000/6) + "\x1b[201~")
	s.Sees("more than 4,000 characters")
	s.Types("\x1b[200~short\x1b[201~")
	s.Sees("short")
	undisturbed("the paste")
	s.Types("\x1b[" + strings.Repeat("9;", 50_000) + "m\x1b]52;c;" + strings.Repeat("A", 100_000) + "\x07\x1bP" + strings.Repeat("|", 100_000) +
		"\x1b\\\x9b\xff\xc0\x1b[?2026;2$y\x1b[?1;2c\x1b]11;rgb:0/0/0\x07\x1b[4000;3000R\x1b[8;3000;4000t\x00\x1c\x1d\x1e\x1f")
	s.Types(" and sweet" + driver.KeyEnter)
	driver.WaitFor(t, "the customer has the answer", driver.Patience, func() bool {
		got := w.Facebook.GotBy("2001")
		return len(got) == 1 && got[0] == "short and sweet"
	})
	undisturbed("the hostile input")

	pids := slices.DeleteFunc(sessionPIDs(w), func(pid int) bool { return slices.Contains(others, pid) })
	if len(pids) != 1 {
		t.Fatalf("processes of Bo's session: %v", pids)
	}
	if err := syscall.Kill(pids[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if code := s.Exit(driver.Patience); code != 128+int(syscall.SIGKILL) {
		t.Errorf("exit code %d after its program was killed", code)
	}
	s.Sees("parley: The session broke off.")
	if s.Emulator.IsAltScreen() {
		t.Error("the terminal is left as the killed program had it")
	}
	undisturbed("the crash")

	s = c.opens()
	s.Sees("● live", "after the crash")
	driver.WaitFor(t, "the sessions are in the figures", driver.Patience, func() bool {
		figures := string(w.Call(http.MethodGet, "http://"+w.Metrics+"/metrics", nil, nil).Body)
		return strings.Contains(figures, "parley_ssh_sessions 2\n") && strings.Contains(figures, `parley_ssh_sessions_ended_total{why="left"} 1`)
	})
	driver.RunProgram(t, w.HubEnv(), "", "user", "remove", bo.ID).Ok()
	began := time.Now()
	if code := s.Exit(driver.Patience); code != 128+int(syscall.SIGHUP) {
		t.Errorf("exit code %d after its user was removed", code)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the session of a user who was removed went on for %s", took)
	}
	s.Sees("parley: The session is over: you or your key may not come in")
	c.runs("", "list").Exits(255).Says("Permission denied (publickey)")
	undisturbed("the removal")
	bystander.Leaves()
}

// TestOpenSSHCommands: scripts run commands over SSH, and get what they get from the
// program itself.
func TestOpenSSHCommands(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, "PARLEY_SSH=127.0.0.1:0")
	w.CustomerWrites("2001", "hello")
	id := w.ConversationWith("2001")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(id, "hello") })
	_, c := addOpenSSH(w, "Bo")

	var list struct{ Conversations []driver.Conversation }
	if err := json.Unmarshal([]byte(c.runs("", "list", "--json").Ok().Out), &list); err != nil || len(list.Conversations) != 1 || list.Conversations[0].ID != id {
		t.Errorf("list: %v %+v", err, list)
	}
	c.runs("", "reply", id, `'it'\''s here; $HOME'`).Ok()
	c.runs("from a pipe", "reply", id, "-").Ok()
	driver.WaitFor(t, "both answers are there", driver.Patience, func() bool {
		return slices.Equal(w.Facebook.GotBy("2001"), []string{"it's here; $HOME", "from a pipe"})
	})
	if out := c.runs("", "show", "--json", id).Ok().Out; !strings.Contains(out, "it's here; $HOME") {
		t.Errorf("show: %s", out)
	}
	c.runs("", "stats", "--json").Refused("not_admin")
	c.runs("", "show", "nobody_2001").Exits(cli.ExitMissing)
	c.runs("", "reply", id, "''").Refused("text_empty")
	for _, line := range []string{"page list", "user list", "hub", "session", "sh", "list --hub http://127.0.0.1:1", "list --config /etc/passwd", "list --db x", "show -h"} {
		c.runs("", line).Exits(cli.ExitUsage).Says("parley: ", "over SSH")
	}
	c.runs("", "ls").Says("These do: accessible, assign, counts, done, label, link, list, note, notify, pin, react, read, record, reply, show, snooze, stats, tail, unlink, unread.")
	w.Facebook.Control(http.MethodPost, "/page", map[string]any{"policy": "block", "reason": "Spam"}, nil)
	driver.WaitFor(t, "replies are refused", driver.Patience, func() bool { return c.runs("", "reply", id, "no").Exit == cli.ExitRefused })
}
