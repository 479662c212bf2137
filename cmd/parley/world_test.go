package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// world is Facebook in a box, a hub with a store of its own, and those who use it.
type world struct {
	t        *testing.T
	dir      string
	settings []string
	facebook *facebook
	hub      *process
	hubURL   string
	// metrics is where the hub's figures are told, if they are.
	metrics string
	http    *http.Client

	mu      sync.Mutex
	secrets []string
}

// newWorld starts a sandbox and a hub that knows nobody yet. settings are variables of
// the hub, NAME=value.
func newWorld(t *testing.T, settings ...string) *world {
	t.Helper()
	w := newQuietWorld(t, settings...)
	w.facebook = w.startFacebook()
	w.startHub()
	return w
}

// newQuietWorld is a world in which nothing runs yet.
func newQuietWorld(t *testing.T, settings ...string) *world {
	t.Helper()
	w := &world{
		t: t, dir: t.TempDir(), settings: settings,
		http: &http.Client{
			Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 64},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	t.Cleanup(w.http.CloseIdleConnections)
	return w
}

// env is the environment of a process: folders of its own, and nothing inherited that
// could set anything.
func (w *world) env(home string, more ...string) []string {
	home = filepath.Join(w.dir, home)
	if err := os.MkdirAll(filepath.Join(home, "tmp"), 0o700); err != nil {
		w.t.Fatal(err)
	}
	env := []string{
		asProgram + "=1", "GORACE=halt_on_error=1 atexit_sleep_ms=0", "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TZ=UTC", "HOME=" + home,
		"XDG_CONFIG_HOME=" + filepath.Join(home, "config"), "XDG_DATA_HOME=" + filepath.Join(home, "data"),
		"XDG_STATE_HOME=" + filepath.Join(home, "state"), "XDG_CACHE_HOME=" + filepath.Join(home, "cache"),
		"PARLEY_METRICS_LISTEN=", "XDG_RUNTIME_DIR=" + filepath.Join(home, "tmp"), "TMPDIR=" + filepath.Join(home, "tmp"),
	}
	return append(env, more...)
}

// hubHome is the folder of the hub, in which its store is.
const hubHome = "hub"

// dataDir is where the hub's store is.
func (w *world) dataDir() string { return filepath.Join(w.dir, hubHome, "data", "parley") }

// database is the hub's store.
func (w *world) database() string { return filepath.Join(w.dataDir(), "hub.db") }

// hubEnv is the environment of the hub.
func (w *world) hubEnv() []string {
	env := w.env(hubHome, w.settings...)
	if f := w.facebook; f != nil {
		env = append(
			env, "PARLEY_META_GRAPH_URL="+f.GraphURL, "PARLEY_META_APP_ID="+f.AppID,
			"PARLEY_META_APP_SECRET="+f.AppSecret, "PARLEY_META_VERIFY_TOKEN="+f.VerifyToken,
		)
	}
	return env
}

// startHub starts the hub: the first time on any port, later where it was.
func (w *world) startHub() {
	w.t.Helper()
	w.startHubAs(newProcess(w.t, w.hubEnv(), w.hubArgs()...))
}

func (w *world) hubArgs() []string {
	address := "127.0.0.1:0"
	if w.hubURL != "" {
		address = strings.TrimPrefix(w.hubURL, "http://")
	}
	return []string{"hub", "--listen", address, "--json"}
}

// startHubAs starts a hub that was prepared, and waits until Facebook knows where it is.
func (w *world) startHubAs(p *process) {
	w.t.Helper()
	w.hub = p
	p.begin()
	var listens struct{ Listen, URL, Metrics string }
	fromJSON(w.t, []byte(p.ready()), &listens)
	if w.hubURL == "" {
		w.hubURL = listens.URL
	}
	if listens.URL != w.hubURL {
		w.t.Fatalf("the hub listens on %s, want %s again", listens.URL, w.hubURL)
	}
	w.metrics = listens.Metrics
	w.t.Cleanup(func() { w.keepsSecrets(p) })
	waitFor(w.t, "Facebook knows the hub", patience, func() bool {
		var r struct{ Webhooks string }
		fromJSON(w.t, w.call(http.MethodGet, w.hubURL+"/readyz", nil, nil).body, &r)
		return r.Webhooks == "subscribed"
	})
}

// secret notes what must not be in the hub's log.
func (w *world) secret(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets = append(w.secrets, s)
}

// keepsSecrets looks for what customers and users wrote, and for tokens, in the log of
// a hub.
func (w *world) keepsSecrets(p *process) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	log := p.err.String() + p.out.String()
	for _, s := range w.secrets {
		// What is short may stand in an id.
		if len(s) > 8 && strings.Contains(log, s) {
			w.t.Errorf("the hub's log tells %q", s)
		}
	}
}

// answer is what an HTTP call was answered with.
type answer struct {
	t      *testing.T
	call   string
	status int
	header http.Header
	body   []byte
	err    error
}

// try makes an HTTP call, which may fail.
func (w *world) try(method, address string, body []byte, header http.Header) answer {
	a := answer{t: w.t, call: method + " " + strings.TrimPrefix(address, w.hubURL)}
	req, err := http.NewRequestWithContext(w.t.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		a.err = err
		return a
	}
	if header != nil {
		req.Header = header
	}
	resp, err := w.http.Do(req)
	if err != nil {
		a.err = err
		return a
	}
	defer resp.Body.Close()
	a.status, a.header = resp.StatusCode, resp.Header
	a.body, a.err = io.ReadAll(resp.Body)
	return a
}

// call makes an HTTP call that must be answered.
func (w *world) call(method, address string, body []byte, header http.Header) answer {
	w.t.Helper()
	a := w.try(method, address, body, header)
	if a.err != nil {
		w.t.Fatalf("%s: %v", a.call, a.err)
	}
	return a
}

// is expects a status.
func (a answer) is(status int) answer {
	a.t.Helper()
	if a.err != nil || a.status != status {
		a.t.Fatalf("%s: answered %d %v, want %d: %.500s", a.call, a.status, a.err, status, a.body)
	}
	return a
}

// into reads the answer.
func (a answer) into(v any) {
	a.t.Helper()
	fromJSON(a.t, a.body, v)
}

// problem expects a problem document with that status and code.
func (a answer) problem(status int, code string) {
	a.t.Helper()
	a.is(status)
	p, why := a.document()
	if why != "" {
		a.t.Fatalf("%s: %s", a.call, why)
	}
	if p.Code != code {
		a.t.Fatalf("%s: code %q, want %q: %s", a.call, p.Code, code, a.body)
	}
}

// document reads the answer as a problem document, and says why it is none.
func (a answer) document() (p problem, why string) {
	if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
		return p, "not a problem document but " + kind + ": " + string(a.body)
	}
	if err := json.Unmarshal(a.body, &p); err != nil {
		return p, "no JSON: " + string(a.body)
	}
	if p.Status != a.status || p.Code == "" || p.Title == "" || p.Type == "" {
		return p, "not a whole problem document: " + string(a.body)
	}
	return p, ""
}

// problem is an error of the hub.
type problem struct {
	Type, Title, Code, Detail string
	Status                    int
}

func fromJSON(t *testing.T, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("read JSON: %v: %.500s", err, b)
	}
}

func toJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// user is somebody with a terminal and a token.
type user struct {
	w                  *world
	id, name, token    string
	loginCode, homeDir string
	admin              bool
}

// addUser adds a user to the hub's store, while the hub runs or not.
func (w *world) addUser(name string, flags ...string) *user {
	w.t.Helper()
	r := runProgram(w.t, w.hubEnv(), "", append([]string{"user", "add", name, "--token", "--json"}, flags...)...).ok()
	var added struct {
		User      struct{ ID, Name string }
		Token     string
		LoginCode string `json:"login_code"`
	}
	fromJSON(w.t, []byte(r.out), &added)
	w.secret(added.Token)
	w.secret(added.LoginCode)
	return &user{
		w: w, id: added.User.ID, name: added.User.Name, token: added.Token, loginCode: added.LoginCode, homeDir: added.User.ID,
	}
}

func (w *world) addAdmin(name string) *user {
	w.t.Helper()
	u := w.addUser(name, "--admin")
	u.admin = true
	return u
}

// cli runs a command as that user.
func (u *user) cli(args ...string) result {
	u.w.t.Helper()
	return u.types("", args...)
}

// types is cli with something on standard input.
func (u *user) types(stdin string, args ...string) result {
	u.w.t.Helper()
	return u.withEnv(stdin, nil, args...)
}

// withEnv is types with further variables.
func (u *user) withEnv(stdin string, more []string, args ...string) result {
	u.w.t.Helper()
	env := append(u.w.env(u.homeDir, "PARLEY_HUB="+u.w.hubURL, "PARLEY_TOKEN="+u.token), more...)
	return runProgram(u.w.t, env, stdin, args...)
}

// try makes a call as that user that may fail; body is sent as JSON unless it is nil.
func (u *user) try(method, path string, body any) answer {
	header := http.Header{"Authorization": {"Bearer " + u.token}}
	var b []byte
	switch body := body.(type) {
	case nil:
	case []byte:
		b = body
		header.Set("Content-Type", "application/json")
	default:
		var err error
		if b, err = json.Marshal(body); err != nil {
			return answer{t: u.w.t, call: path, err: err}
		}
		header.Set("Content-Type", "application/json")
	}
	return u.w.try(method, u.w.hubURL+path, b, header)
}

// call makes a call as that user that must be answered.
func (u *user) call(method, path string, body any) answer {
	u.w.t.Helper()
	a := u.try(method, path, body)
	if a.err != nil {
		u.w.t.Fatalf("%s: %v", a.call, a.err)
	}
	return a
}

func (u *user) get(path string) answer {
	u.w.t.Helper()
	return u.call(http.MethodGet, path, nil)
}

func (u *user) post(path string, body any) answer {
	u.w.t.Helper()
	return u.call(http.MethodPost, path, body)
}

// tokenFile writes a file with a token of Facebook.
func (u *user) tokenFile(token string) string {
	u.w.t.Helper()
	f := filepath.Join(u.w.t.TempDir(), "token")
	if err := os.WriteFile(f, []byte(token+"\n"), 0o600); err != nil {
		u.w.t.Fatal(err)
	}
	return f
}

// connectsPage connects the sandbox's Page by the command line. No visibility leaves it
// to the hub.
func (u *user) connectsPage(visibility ...string) result {
	u.w.t.Helper()
	args := []string{"page", "connect", "--page", u.w.facebook.PageID, "--token-file", u.tokenFile(u.w.facebook.PageToken), "--json"}
	if len(visibility) > 0 {
		args = append(args, "--visibility", visibility[0])
	}
	return u.cli(args...)
}

// conversationWith names the conversation of the sandbox's Page with a customer.
func (w *world) conversationWith(psid string) string { return w.facebook.PageID + "_" + psid }

// conversationPath is where a conversation is over HTTP.
func conversationPath(id string, more ...string) string {
	p := "/v1/conversations/" + url.PathEscape(id)
	for _, m := range more {
		p += "/" + url.PathEscape(m)
	}
	return p
}

// within logs how long something took.
func within(t *testing.T, what string, most time.Duration, holds func() bool) {
	t.Helper()
	began := time.Now()
	waitFor(t, what, most, holds)
	t.Logf("%s: %s", what, time.Since(began).Round(time.Millisecond))
}
