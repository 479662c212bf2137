//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// world is a hub that is killed, and what it needs.
type world struct {
	options
	dir string
	// data is the folder of the hub's files.
	data          string
	env           []string
	address, url  string
	hub, sandbox  *server
	facebook      facebook
	token         string
	http          *http.Client
	conversations []string
	ledger        *ledger
	said          *output
}

type facebook struct {
	GraphURL    string `json:"graph_url"`
	ControlURL  string `json:"control_url"`
	PageID      string `json:"page_id"`
	PageToken   string `json:"page_token"`
	AppID       string `json:"app_id"`
	AppSecret   string `json:"app_secret"`
	VerifyToken string `json:"verify_token"`
}

const (
	// patience is how long something immediate may take on a busy machine.
	patience = time.Minute
	glance   = 20 * time.Millisecond
	// customers are few, so that what they write is close together.
	customers = 16
	// requestTimeout is how long a client waits for an answer.
	requestTimeout = 15 * time.Second
)

// deadlines make a reply whose answer was lost ask within seconds: other replies wait behind it.
const deadlines = `[timing]
send_deadline = "2s"
lease = "3s"
unknown_checks = ["500ms", "2s", "4s"]
ask_after = "4s"
check_grace = "2s"
`

var (
	errWorld   = errors.New("the world could not be made")
	errAnswer  = errors.New("answered otherwise")
	errStarted = errors.New("the hub does not start")
)

// output is the output of all servers.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// newWorld builds and starts everything.
func newWorld(ctx context.Context, o options) (w *world, err error) {
	dir, err := os.MkdirTemp("", "parley-kills-")
	if err != nil {
		return nil, err
	}
	w = &world{options: o, dir: dir, said: &output{}, http: &http.Client{Timeout: requestTimeout}, ledger: newLedger()}
	defer func(made *world) {
		if err != nil {
			made.close()
		}
	}(w)
	if w.program == "" {
		w.program = filepath.Join(dir, "program")
		build := exec.CommandContext(ctx, "go", "build", "-o", w.program, "./cmd/parley") //nolint:gosec // the folder is our own
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build: %w: %s", err, out)
		}
	}
	w.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8"}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(deadlines), 0o600); err != nil {
		return nil, err
	}
	if w.sandbox, err = w.start(ctx, w.env, &w.facebook, w.program, "sandbox", "--listen", "127.0.0.1:0", "--rate", "0", "--json"); err != nil {
		return nil, err
	}
	w.env = append(w.env, "PARLEY_META_GRAPH_URL="+w.facebook.GraphURL, "PARLEY_META_APP_ID="+w.facebook.AppID, "PARLEY_METRICS_LISTEN=",
		"PARLEY_META_APP_SECRET="+w.facebook.AppSecret, "PARLEY_META_VERIFY_TOKEN="+w.facebook.VerifyToken)
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0") // always the same, so that Facebook finds it again
	if err != nil {
		return nil, err
	}
	w.address = l.Addr().String()
	w.url = "http://" + w.address
	_ = l.Close()
	return w, w.begin(ctx, filepath.Join(dir, "data"))
}

// begin starts a hub with a store of its own in that folder.
func (w *world) begin(ctx context.Context, data string) error {
	w.data, w.ledger, w.conversations = data, newLedger(), nil
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	if err := w.startHub(ctx); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, w.program, "user", "add", "Ann", "--admin", "--token", "--json") //nolint:gosec // who runs it names the program
	cmd.Env = w.hubEnv()
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("add user: %w: %s", err, w.said)
	}
	var added struct{ Token string }
	if err := json.Unmarshal(out, &added); err != nil {
		return err
	}
	w.token = added.Token
	body := map[string]string{"page": w.facebook.PageID, "token": w.facebook.PageToken, "visibility": "shared"}
	if _, err := w.call(ctx, http.MethodPost, "/v1/pages", body, http.StatusCreated); err != nil {
		return err
	}
	for i := range customers {
		psid := fmt.Sprintf("7001000000000%07d", i)
		if err := w.writes(ctx, psid); err != nil {
			return err
		}
		w.conversations = append(w.conversations, w.facebook.PageID+"_"+psid)
	}
	return w.until(ctx, "customers have conversations", func() error {
		for _, c := range w.conversations {
			if _, err := w.call(ctx, http.MethodGet, "/v1/conversations/"+c, nil, http.StatusOK); err != nil {
				return err
			}
		}
		return nil
	})
}

// writes makes a customer write by the sandbox, so that they are known there.
func (w *world) writes(ctx context.Context, psid string) error {
	return w.control(ctx, http.MethodPost, "/customers/"+psid+"/messages", map[string]string{"text": "Is the red one still there?", "name": "Customer " + psid}, nil)
}

func (w *world) hubEnv() []string {
	return append(w.env[:len(w.env):len(w.env)], "XDG_DATA_HOME="+w.dir, "PARLEY_DB="+w.store())
}

func (w *world) store() string { return filepath.Join(w.data, "hub.db") }

// startHub starts the hub, optionally through another command.
func (w *world) startHub(ctx context.Context, before ...string) error {
	args := append(before[:len(before):len(before)], w.program, "hub", "--config", filepath.Join(w.dir, "config.toml"), "--listen", w.address, "--json")
	var listens struct{ URL string }
	var err error
	w.hub, err = w.start(ctx, w.hubEnv(), &listens, args[0], args[1:]...)
	if err != nil {
		return fmt.Errorf("%w: %w", errStarted, err)
	}
	return w.until(ctx, "the hub is ready", func() error {
		_, err := w.call(ctx, http.MethodGet, "/readyz", nil, http.StatusOK)
		return err
	})
}

// server is a server process.
type server struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// start starts a server, and reads the line that it prints when it is ready.
func (w *world) start(ctx context.Context, env []string, out any, program string, args ...string) (*server, error) {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), program, args...) //nolint:gosec // who runs it names the program
	var err bytes.Buffer
	cmd.Env, cmd.Stderr = env, io.MultiWriter(w.said, &err)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	read, write, e := os.Pipe()
	if e != nil {
		return nil, e
	}
	cmd.Stdout = write
	e = cmd.Start()
	_ = write.Close()
	if e != nil {
		return nil, errors.Join(e, read.Close())
	}
	s := &server{cmd, make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(s.ended)
	}()
	ready := make(chan error, 1)
	go func() {
		ready <- json.NewDecoder(read).Decode(out)
		_, _ = io.Copy(io.Discard, read)
		_ = read.Close()
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case e = <-ready:
	case <-timer.C:
		e = errWorld
	}
	if e != nil {
		s.kill()
		return nil, fmt.Errorf("%w: %s", e, tail(err.String()))
	}
	return s, nil
}

// kill kills a server and its parent command, like a crash.
func (s *server) kill() {
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	<-s.ended
}

// stop stops a server properly.
func (s *server) stop() {
	if s == nil {
		return
	}
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGTERM)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-s.ended:
	case <-timer.C:
		s.kill()
	}
}

func tail(s string) string {
	const most = 2000
	return s[max(0, len(s)-most):]
}

// close ends what was started.
func (w *world) close() {
	w.hub.stop()
	w.sandbox.stop()
	if w.keep {
		_ = os.WriteFile(filepath.Join(w.dir, "said"), []byte(w.said.String()), 0o600)
		_, _ = fmt.Fprintln(w.out, "files are in", w.dir)
		return
	}
	_ = os.RemoveAll(w.dir)
}

// panicked returns an error if a server panicked.
func (w *world) panicked() error {
	for _, bad := range []string{"panic", "fatal error", "level=ERROR msg=\"transaction"} {
		if _, after, there := strings.Cut(w.said.String(), bad); there {
			return fmt.Errorf("%w: a server says %s%.2000s", errHeld, bad, after)
		}
	}
	return nil
}

// until waits until look returns no error.
func (w *world) until(ctx context.Context, what string, look func() error) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		err := look()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline.C:
			return fmt.Errorf("%w: %s: not within %s: %w", errHeld, what, patience, err)
		}
	}
}
