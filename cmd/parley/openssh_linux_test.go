package main

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
)

// openSSH is a user of a hub who comes in with OpenSSH's own client.
type openSSH struct {
	w       *world
	program string
	user    string
	options []string
}

// newOpenSSH is that client, for somebody. What is set on the machine does not count.
func (w *world) newOpenSSH(port string, options ...string) *openSSH {
	w.t.Helper()
	program, err := exec.LookPath("ssh")
	if err != nil {
		w.t.Fatal("OpenSSH's client is missing: Debian's package openssh-client (make test installs it as root)")
	}
	return &openSSH{w: w, program: program, user: "anybody", options: append(options, // the first word counts
		"-F", os.DevNull, "-p", port, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
		"-o", "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes", "-o", "SendEnv=LANG",
	)}
}

// openSSH adds a user with a key of their own, and gives them that client.
func (w *world) openSSH(name string) (*user, *openSSH) {
	w.t.Helper()
	known := filepath.Join(w.t.TempDir(), "known_hosts")
	_, identity, public := newSSHKey(w.t)
	u := w.addUser(name, "--ssh-key", public)

	var listens struct{ SSH server.SSHListening }
	fromJSON(w.t, []byte(w.hub.ready()), &listens)
	host, port, _ := net.SplitHostPort(listens.SSH.Listen)
	line := fmt.Sprintf("[%s]:%s %s", host, port, w.hostKey(listens.SSH.Fingerprint))
	if err := os.WriteFile(known, []byte(line), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return u, w.newOpenSSH(port, "-i", identity, "-o", "UserKnownHostsFile="+known)
}

// hostKey is the hub's, as clients keep it. It must be the one that the hub said.
func (w *world) hostKey(fingerprint string) []byte {
	w.t.Helper()
	b, err := os.ReadFile(filepath.Join(w.dataDir(), "ssh_host_ed25519_key"))
	if err != nil {
		w.t.Fatal(err)
	}
	key, err := gossh.ParsePrivateKey(b)
	if err != nil {
		w.t.Fatal(err)
	}
	if got := gossh.FingerprintSHA256(key.PublicKey()); got != fingerprint {
		w.t.Fatalf("the hub said the host key is %s; it is %s", fingerprint, got)
	}
	return gossh.MarshalAuthorizedKey(key.PublicKey())
}

func (c *openSSH) command(flags []string, args ...string) *exec.Cmd {
	all := append(append(slices.Clone(c.options), flags...), c.user+"@127.0.0.1")
	cmd := exec.CommandContext(c.w.t.Context(), c.program, append(all, args...)...)
	cmd.Env = c.w.env("ssh", "TERM=xterm-256color", "LANG=en_US.UTF-8")
	return cmd
}

// runs runs a command to its end.
func (c *openSSH) runs(stdin string, args ...string) result {
	c.w.t.Helper()
	p := newProcess(c.w.t, nil)
	p.name, p.cmd = "ssh "+strings.Join(args, " "), c.command(nil, args...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = strings.NewReader(stdin), p.out, p.err
	p.begin()
	code := p.exit(2 * patience)
	return result{t: c.w.t, line: p.name, exit: code, out: p.out.String(), err: p.err.String()}
}

// opens opens the inbox at a terminal.
func (c *openSSH) opens() *screen {
	c.w.t.Helper()
	s := newScreen(c.w.t, nil)
	s.name, s.cmd = "ssh", c.command(nil)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.err
	s.opens()
	return s
}

// sessions are the processes that run for sessions: what lets users in over SSH is the hub's
// one process, and theirs are its.
func (w *world) sessions() []int {
	w.t.Helper()
	var pids []int
	for _, front := range w.fronts() {
		pids = append(pids, w.startedBy(front)...)
	}
	return pids
}

// fronts are the hub's processes that let users in over SSH.
func (w *world) fronts() []int { return w.startedBy(w.hub.cmd.Process.Pid) }

// startedBy are the processes that another has started.
func (w *world) startedBy(parent int) []int {
	w.t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		w.t.Fatal(err)
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
	w, aki := connectedWorld(t, "PARLEY_SSH=127.0.0.1:0", "PARLEY_METRICS_LISTEN=127.0.0.1:0")
	w.customerSays("2001", wording{Text: "見積もりをお願いできますか？", Name: "山田 花子", Locale: "ja_JP"})
	hanako := w.conversationWith("2001")
	waitFor(t, "the message is there", patience, func() bool { return aki.holds(hanako, "見積もりをお願いできますか？") })
	_, cho := w.openSSH("Cho")
	bystander := cho.opens()
	bystander.sees("● live", "山田 花子")
	undisturbed := func(after string) {
		t.Helper()
		w.customerSays("2001", wording{Text: "after " + after})
		bystander.sees("after " + after)
	}
	others := w.sessions()

	bo, c := w.openSSH("Bo")
	s := c.opens()
	s.sees("● live", "山田 花子")
	s.resize(60, 20)
	s.waits("it fits a smaller terminal", func(lines []string) bool {
		return len(lines) == 20 && anyHolds(lines, "山田 花子") && lines[19] != ""
	})
	s.resize(160, 45)
	s.waits("it fills a larger one", func(lines []string) bool { return len([]rune(lines[0])) > 140 && lines[44] != "" })
	s.resize(screenWidth, screenHeight)
	s.waits("and one as before", func(lines []string) bool { return len([]rune(lines[0])) > 110 && lines[screenHeight-1] != "" })
	s.types(keyEnter)
	s.sees("Reply to 山田 花子")
	s.presses("y", "The text is copied")
	copied := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte("見積もりをお願いできますか？"))
	waitFor(t, "the text is in the user's clipboard", patience, func() bool { return strings.Contains(s.written(), copied) })

	s.presses("r", "enter send")
	s.types("\x1b[200~" + strings.Repeat("long\r\n", 100_000/6) + "\x1b[201~")
	s.sees("more than 4,000 characters")
	s.types("\x1b[200~short\x1b[201~")
	s.sees("short")
	undisturbed("the paste")
	s.types("\x1b[" + strings.Repeat("9;", 50_000) + "m\x1b]52;c;" + strings.Repeat("A", 100_000) + "\x07\x1bP" + strings.Repeat("|", 100_000) +
		"\x1b\\\x9b\xff\xc0\x1b[?2026;2$y\x1b[?1;2c\x1b]11;rgb:0/0/0\x07\x1b[4000;3000R\x1b[8;3000;4000t\x00\x1c\x1d\x1e\x1f")
	s.types(" and sweet" + keyEnter)
	waitFor(t, "the customer has the answer", patience, func() bool {
		got := w.facebook.gotBy("2001")
		return len(got) == 1 && got[0] == "short and sweet"
	})
	undisturbed("the hostile input")

	pids := slices.DeleteFunc(w.sessions(), func(pid int) bool { return slices.Contains(others, pid) })
	if len(pids) != 1 {
		t.Fatalf("processes of Bo's session: %v", pids)
	}
	if err := syscall.Kill(pids[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if code := s.exit(patience); code != 128+int(syscall.SIGKILL) {
		t.Errorf("exit code %d after its program was killed", code)
	}
	s.sees("parley: The session broke off.")
	if s.emulator.IsAltScreen() {
		t.Error("the terminal is left as the killed program had it")
	}
	undisturbed("the crash")

	s = c.opens()
	s.sees("● live", "after the crash")
	waitFor(t, "the sessions are in the figures", patience, func() bool {
		figures := string(w.call(http.MethodGet, "http://"+w.metrics+"/metrics", nil, nil).body)
		return strings.Contains(figures, "parley_ssh_sessions 2\n") && strings.Contains(figures, `parley_ssh_sessions_ended_total{why="left"} 1`)
	})
	runProgram(t, w.hubEnv(), "", "user", "remove", bo.id).ok()
	began := time.Now()
	if code := s.exit(patience); code != 128+int(syscall.SIGHUP) {
		t.Errorf("exit code %d after its user was removed", code)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the session of a user who was removed went on for %s", took)
	}
	s.sees("parley: The session is over: you or your key may not come in")
	c.runs("", "list").exits(255).says("Permission denied (publickey)")
	undisturbed("the removal")
	bystander.leaves()
}

// TestOpenSSHCommands: scripts run commands over SSH, and get what they get from the
// program itself.
func TestOpenSSHCommands(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t, "PARLEY_SSH=127.0.0.1:0")
	w.customerWrites("2001", "hello")
	id := w.conversationWith("2001")
	waitFor(t, "the message is there", patience, func() bool { return aki.holds(id, "hello") })
	_, c := w.openSSH("Bo")

	var list struct{ Conversations []conversation }
	if err := json.Unmarshal([]byte(c.runs("", "list", "--json").ok().out), &list); err != nil || len(list.Conversations) != 1 || list.Conversations[0].ID != id {
		t.Errorf("list: %v %+v", err, list)
	}
	c.runs("", "reply", id, `'it'\''s here; $HOME'`).ok()
	c.runs("from a pipe", "reply", id, "-").ok()
	waitFor(t, "both answers are there", patience, func() bool {
		return slices.Equal(w.facebook.gotBy("2001"), []string{"it's here; $HOME", "from a pipe"})
	})
	if out := c.runs("", "show", "--json", id).ok().out; !strings.Contains(out, "it's here; $HOME") {
		t.Errorf("show: %s", out)
	}
	c.runs("", "stats", "--json").refused("not_admin")
	c.runs("", "show", "nobody_2001").exits(cli.ExitMissing)
	c.runs("", "reply", id, "''").refused("text_empty")
	for _, line := range []string{"page list", "user list", "hub", "session", "sh", "list --hub http://127.0.0.1:1", "list --config /etc/passwd", "list --db x", "show -h"} {
		c.runs("", line).exits(cli.ExitUsage).says("parley: ", "over SSH")
	}
	c.runs("", "ls").says("These do: link, list, react, record, reply, show, stats, tail, unlink.")
	w.facebook.control(http.MethodPost, "/page", map[string]any{"policy": "block", "reason": "Spam"}, nil)
	waitFor(t, "replies are refused", patience, func() bool { return c.runs("", "reply", id, "no").exit == cli.ExitRefused })
}
