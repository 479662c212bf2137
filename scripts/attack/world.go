package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"
)

// world is a hub under attack, and what it needs.
type world struct {
	dir          string
	hub, sandbox *exec.Cmd
	target       target
	http         *http.Client
	err          *bytes.Buffer
}

// target is what attackers know of the hub.
type target struct {
	// address is where it listens, url the same as a URL.
	address, url string
	// token is the token of a user who also attacks; they see the conversation.
	token        string
	conversation string
	// member is a user who only works, and must not be held up.
	member string
	secret string
	page   string
	ssh    sshTarget
}

// began is how long starting something may take.
const began = time.Minute

var errWorld = errors.New("the world could not be made")

// newWorld builds and starts everything.
func newWorld(ctx context.Context, program string) (w *world, err error) {
	dir, err := os.MkdirTemp("", "parley-attack-")
	if err != nil {
		return nil, err
	}
	w = &world{dir: dir, err: &bytes.Buffer{}, http: &http.Client{Timeout: 10 * time.Second}}
	defer func(made *world) {
		if err != nil {
			made.close()
		}
	}(w)
	if program == "" {
		program = filepath.Join(dir, "program")                                         // beside the folder of its settings
		build := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/parley") //nolint:gosec // the folder is our own
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build: %w: %s", err, out)
		}
	}
	var facebook struct {
		GraphURL    string `json:"graph_url"`
		PageID      string `json:"page_id"`
		PageToken   string `json:"page_token"`
		AppID       string `json:"app_id"`
		AppSecret   string `json:"app_secret"`
		VerifyToken string `json:"verify_token"`
	}
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "XDG_DATA_HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8"}
	if w.sandbox, err = w.start(ctx, env, &facebook, program, "sandbox", "--listen", "127.0.0.1:0", "--rate", "0", "--json"); err != nil {
		return nil, err
	}
	env = append(env, "PARLEY_META_GRAPH_URL="+facebook.GraphURL, "PARLEY_META_APP_ID="+facebook.AppID, "PARLEY_METRICS_LISTEN=",
		"PARLEY_META_APP_SECRET="+facebook.AppSecret, "PARLEY_META_VERIFY_TOKEN="+facebook.VerifyToken)
	var listens struct {
		Listen, URL string
		SSH         struct{ Listen string }
	}
	if w.hub, err = w.start(ctx, env, &listens, program, "hub", "--listen", "127.0.0.1:0", "--ssh", "127.0.0.1:0", "--json"); err != nil {
		return nil, err
	}
	w.target = target{address: listens.Listen, url: listens.URL, secret: facebook.AppSecret, page: facebook.PageID}
	w.target.ssh.address = listens.SSH.Listen
	if w.target.token, w.target.ssh.attacker, err = w.user(ctx, env, program, "Attacker"); err != nil {
		return nil, err
	}
	if w.target.member, w.target.ssh.member, err = w.user(ctx, env, program, "Member"); err != nil {
		return nil, err
	}
	body, _ := json.Marshal(map[string]string{"page": facebook.PageID, "token": facebook.PageToken, "visibility": "shared"})
	if err := w.call(ctx, http.MethodPost, "/v1/pages", w.target.member, body, http.StatusCreated); err != nil {
		return nil, err
	}
	w.target.conversation = facebook.PageID + "_" + customer
	return w, w.customerWrites(ctx, 0)
}

// start starts a server, and reads the line that it prints when it is ready.
func (w *world) start(ctx context.Context, env []string, out any, program string, args ...string) (*exec.Cmd, error) {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // who runs it names the program
	cmd.Env, cmd.Stderr = env, w.err
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	read, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan error, 1)
	go func() {
		ready <- json.NewDecoder(read).Decode(out)
		_, _ = io.Copy(io.Discard, read)
	}()
	timer := time.NewTimer(began)
	defer timer.Stop()
	select {
	case err = <-ready:
	case <-timer.C:
		err = errWorld
	}
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil, fmt.Errorf("start %s: %w: %s", strings.Join(args, " "), err, w.err)
	}
	return cmd, nil
}

// user adds an admin, and returns their token and their key.
func (w *world) user(ctx context.Context, env []string, program, name string) (string, ssh.Signer, error) {
	file, key, err := w.keyFile(name)
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, program, "user", "add", name, "--admin", "--token", "--ssh-key", file, "--json") //nolint:gosec // as above
	cmd.Env = env
	out, err := cmd.Output()
	if err != nil {
		return "", nil, fmt.Errorf("add user: %w", err)
	}
	var added struct{ Token string }
	return added.Token, key, json.Unmarshal(out, &added)
}

const customer = "70010000000000007001"

// customerWrites delivers a customer's message, as Meta does.
func (w *world) customerWrites(ctx context.Context, n int) error {
	now := time.Now().UnixMilli()
	body, _ := json.Marshal(map[string]any{"object": "page", "entry": []any{map[string]any{
		"id": w.target.page, "time": now, "messaging": []any{map[string]any{
			"sender": map[string]string{"id": customer}, "recipient": map[string]string{"id": w.target.page}, "timestamp": now,
			"message": map[string]any{"mid": fmt.Sprintf("m_%d_%d", now, n), "text": "Is the red one still there?"},
		}},
	}}})
	mac := hmac.New(sha256.New, []byte(w.target.secret))
	mac.Write(body)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.target.url+"/webhooks/messenger", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	return w.send(req, http.StatusOK)
}

func (w *world) call(ctx context.Context, method, path, token string, body []byte, want int) error {
	req, err := http.NewRequestWithContext(ctx, method, w.target.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Content-Type", "application/json")
	return w.send(req, want)
}

// errAnswer: the answer was not the expected one.
var errAnswer = errors.New("answered otherwise")

func (w *world) send(req *http.Request, want int) error {
	resp, err := w.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err == nil && resp.StatusCode != want {
		err = fmt.Errorf("%s %s: %w: %d %.200s", req.Method, req.URL.Path, errAnswer, resp.StatusCode, said)
	}
	return err
}

// alive reports whether the hub goes on, without a panic.
func (w *world) alive(ctx context.Context) error {
	if err := w.call(ctx, http.MethodGet, "/readyz", "", nil, http.StatusOK); err != nil {
		return fmt.Errorf("the hub after it: %w: %s", err, w.err)
	}
	if err := w.memberComes(ctx); err != nil {
		return fmt.Errorf("over SSH after it: %w: %s", err, w.err)
	}
	for _, bad := range []string{"panic", "fatal error"} {
		if said := w.err.String(); strings.Contains(said, bad) {
			return fmt.Errorf("%w: the hub says: %s", errHeld, said)
		}
	}
	return nil
}

// close ends what was started.
func (w *world) close() {
	for _, cmd := range []*exec.Cmd{w.hub, w.sandbox} {
		if cmd == nil {
			continue
		}
		_ = cmd.Process.Signal(syscall.SIGTERM)
		timer := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		timer.Stop()
	}
	_ = os.RemoveAll(w.dir)
}
