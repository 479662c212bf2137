package driver

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

// World is a sandbox, a hub with a store of its own, and its users.
type World struct {
	T        *testing.T
	Dir      string
	Settings []string
	Facebook *Facebook
	Hub      *Process
	HubURL   string
	// Metrics is the address of the hub's metrics, if they are served.
	Metrics string
	Client  *http.Client

	mu      sync.Mutex
	secrets []string
}

// NewWorld starts a sandbox and a hub without users. settings are variables of the hub,
// NAME=value.
func NewWorld(t *testing.T, settings ...string) *World {
	t.Helper()
	w := NewQuietWorld(t, settings...)
	w.Facebook = w.StartFacebook()
	w.StartHub()
	return w
}

// NewQuietWorld returns a world in which nothing runs yet.
func NewQuietWorld(t *testing.T, settings ...string) *World {
	t.Helper()
	w := &World{
		T: t, Dir: t.TempDir(), Settings: settings,
		Client: &http.Client{
			Timeout: Patience, Transport: &http.Transport{MaxIdleConnsPerHost: 64},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	t.Cleanup(w.Client.CloseIdleConnections)
	return w
}

// Env returns the environment of a process: folders of its own, and nothing inherited that could
// configure anything.
func (w *World) Env(home string, more ...string) []string {
	home = filepath.Join(w.Dir, home)
	if err := os.MkdirAll(filepath.Join(home, "tmp"), 0o700); err != nil {
		w.T.Fatal(err)
	}
	env := []string{
		asProgram + "=1", "GORACE=halt_on_error=1 atexit_sleep_ms=0", "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TZ=UTC", "HOME=" + home,
		"XDG_CONFIG_HOME=" + filepath.Join(home, "config"), "XDG_DATA_HOME=" + filepath.Join(home, "data"),
		"XDG_STATE_HOME=" + filepath.Join(home, "state"), "XDG_CACHE_HOME=" + filepath.Join(home, "cache"),
		"PARLEY_MEDIA_QUOTA=0", // samples name Meta's own hosts, and tests touch no network but loopback
		"PARLEY_METRICS_LISTEN=", "XDG_RUNTIME_DIR=" + filepath.Join(home, "tmp"), "TMPDIR=" + filepath.Join(home, "tmp"),
	}
	return append(env, more...)
}

// HubHome is the hub's home folder, which has its store.
const HubHome = "hub"

// DataDir returns the folder of the hub's store.
func (w *World) DataDir() string { return filepath.Join(w.Dir, HubHome, "data", "parley") }

// Database returns the hub's store.
func (w *World) Database() string { return filepath.Join(w.DataDir(), "hub.db") }

// HubEnv returns the environment of the hub.
func (w *World) HubEnv() []string {
	env := w.Env(HubHome, w.Settings...)
	if f := w.Facebook; f != nil {
		env = append(
			env, "PARLEY_META_GRAPH_URL="+f.GraphURL, "PARLEY_META_APP_ID="+f.AppID,
			"PARLEY_META_APP_SECRET="+f.AppSecret, "PARLEY_META_VERIFY_TOKEN="+f.VerifyToken,
		)
	}
	return env
}

// StartHub starts the hub: first on any port, later on the same one.
func (w *World) StartHub() {
	w.T.Helper()
	w.StartHubAs(NewProcess(w.T, w.HubEnv(), w.HubArgs()...))
}

// HubArgs returns the command line of the hub.
func (w *World) HubArgs() []string {
	address := "127.0.0.1:0"
	if w.HubURL != "" {
		address = strings.TrimPrefix(w.HubURL, "http://")
	}
	return []string{"hub", "--listen", address, "--json"}
}

// StartHubAs starts a prepared hub, and waits until Facebook knows its address.
func (w *World) StartHubAs(p *Process) {
	w.T.Helper()
	w.Hub = p
	p.Begin()
	var listens struct{ Listen, URL, Metrics string }
	FromJSON(w.T, []byte(p.Ready()), &listens)
	if w.HubURL == "" {
		w.HubURL = listens.URL
	}
	if listens.URL != w.HubURL {
		w.T.Fatalf("the hub listens on %s, want %s again", listens.URL, w.HubURL)
	}
	w.Metrics = listens.Metrics
	w.T.Cleanup(func() { w.keepsSecrets(p) })
	WaitFor(w.T, "Facebook knows the hub", Patience, func() bool {
		var r struct{ Webhooks string }
		FromJSON(w.T, w.Call(http.MethodGet, w.HubURL+"/readyz", nil, nil).Body, &r)
		return r.Webhooks == "subscribed"
	})
}

// Secret records what must not be in the hub's log.
func (w *World) Secret(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets = append(w.secrets, s)
}

// keepsSecrets checks the log of a hub for what customers and users wrote, and for tokens.
func (w *World) keepsSecrets(p *Process) {
	w.T.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	log := p.Err.String() + p.Out.String()
	for _, s := range w.secrets {
		// Short ones may be part of an id.
		if len(s) > 8 && strings.Contains(log, s) {
			w.T.Errorf("the hub's log tells %q", s)
		}
	}
}

// Answer is the answer to an HTTP call.
type Answer struct {
	t      *testing.T
	Call   string
	Status int
	header http.Header
	Body   []byte
	Err    error
}

// try makes an HTTP call, which may fail.
func (w *World) try(method, address string, body []byte, header http.Header) Answer {
	a := Answer{t: w.T, Call: method + " " + strings.TrimPrefix(address, w.HubURL)}
	req, err := http.NewRequestWithContext(w.T.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		a.Err = err
		return a
	}
	if header != nil {
		req.Header = header
	}
	resp, err := w.Client.Do(req)
	if err != nil {
		a.Err = err
		return a
	}
	defer resp.Body.Close()
	a.Status, a.header = resp.StatusCode, resp.Header
	a.Body, a.Err = io.ReadAll(resp.Body)
	return a
}

// Call makes an HTTP call that must be answered.
func (w *World) Call(method, address string, body []byte, header http.Header) Answer {
	w.T.Helper()
	a := w.try(method, address, body, header)
	if a.Err != nil {
		w.T.Fatalf("%s: %v", a.Call, a.Err)
	}
	return a
}

// Is expects a status.
func (a Answer) Is(status int) Answer {
	a.t.Helper()
	if a.Err != nil || a.Status != status {
		a.t.Fatalf("%s: answered %d %v, want %d: %.500s", a.Call, a.Status, a.Err, status, a.Body)
	}
	return a
}

// Into decodes the answer.
func (a Answer) Into(v any) {
	a.t.Helper()
	FromJSON(a.t, a.Body, v)
}

// Problem expects a problem document with that status and code.
func (a Answer) Problem(status int, code string) {
	a.t.Helper()
	a.Is(status)
	p, why := a.Document()
	if why != "" {
		a.t.Fatalf("%s: %s", a.Call, why)
	}
	if p.Code != code {
		a.t.Fatalf("%s: code %q, want %q: %s", a.Call, p.Code, code, a.Body)
	}
}

// Document decodes the answer as a problem document, and says why it is none.
func (a Answer) Document() (p ProblemDocument, why string) {
	if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
		return p, "not a problem document but " + kind + ": " + string(a.Body)
	}
	if err := json.Unmarshal(a.Body, &p); err != nil {
		return p, "no JSON: " + string(a.Body)
	}
	if p.Status != a.Status || p.Code == "" || p.Title == "" || p.Type == "" {
		return p, "not a whole problem document: " + string(a.Body)
	}
	return p, ""
}

// ProblemDocument is an error of the hub.
type ProblemDocument struct {
	Type, Title, Code, Detail string
	Status                    int
}

// FromJSON decodes JSON, which must be valid.
func FromJSON(t *testing.T, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("read JSON: %v: %.500s", err, b)
	}
}

// ToJSON encodes JSON.
func ToJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// User is a user with a terminal and a token.
type User struct {
	W                  *World
	ID, Name, Token    string
	LoginCode, HomeDir string
	Admin              bool
}

// AddUser adds a user to the hub's store, whether the hub runs or not.
func (w *World) AddUser(name string, flags ...string) *User {
	w.T.Helper()
	r := RunProgram(w.T, w.HubEnv(), "", append([]string{"user", "add", name, "--token", "--json"}, flags...)...).Ok()
	var added struct {
		User      struct{ ID, Name string }
		Token     string
		LoginCode string `json:"login_code"`
	}
	FromJSON(w.T, []byte(r.Out), &added)
	w.Secret(added.Token)
	w.Secret(added.LoginCode)
	return &User{
		W: w, ID: added.User.ID, Name: added.User.Name, Token: added.Token, LoginCode: added.LoginCode, HomeDir: added.User.ID,
	}
}

// AddAdmin is AddUser for an admin.
func (w *World) AddAdmin(name string) *User {
	w.T.Helper()
	u := w.AddUser(name, "--admin")
	u.Admin = true
	return u
}

// KeptReplies returns the files of the replies that are kept on the user's machine. The lock by
// which a run says that it goes on is none.
func (u *User) KeptReplies() (names []string) {
	files, _ := os.ReadDir(filepath.Join(u.W.Dir, u.HomeDir, "state", "parley", "replies"))
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), ".run-") {
			names = append(names, f.Name())
		}
	}
	return names
}

// Cli runs a command as that user.
func (u *User) Cli(args ...string) Result {
	u.W.T.Helper()
	return u.Types("", args...)
}

// Types is Cli with standard input.
func (u *User) Types(stdin string, args ...string) Result {
	u.W.T.Helper()
	return u.WithEnv(stdin, nil, args...)
}

// WithEnv is Types with more variables.
func (u *User) WithEnv(stdin string, more []string, args ...string) Result {
	u.W.T.Helper()
	env := append(u.W.Env(u.HomeDir, "PARLEY_HUB="+u.W.HubURL, "PARLEY_TOKEN="+u.Token), more...)
	return RunProgram(u.W.T, env, stdin, args...)
}

// Try makes a call as that user, which may fail; body is sent as JSON unless it is nil.
func (u *User) Try(method, path string, body any) Answer {
	header := http.Header{"Authorization": {"Bearer " + u.Token}}
	var b []byte
	switch body := body.(type) {
	case nil:
	case []byte:
		b = body
		header.Set("Content-Type", "application/json")
	default:
		var err error
		if b, err = json.Marshal(body); err != nil {
			return Answer{t: u.W.T, Call: path, Err: err}
		}
		header.Set("Content-Type", "application/json")
	}
	return u.W.try(method, u.W.HubURL+path, b, header)
}

// Call makes a call as that user, which must be answered.
func (u *User) Call(method, path string, body any) Answer {
	u.W.T.Helper()
	a := u.Try(method, path, body)
	if a.Err != nil {
		u.W.T.Fatalf("%s: %v", a.Call, a.Err)
	}
	return a
}

// Get makes a call that reads.
func (u *User) Get(path string) Answer {
	u.W.T.Helper()
	return u.Call(http.MethodGet, path, nil)
}

// Post makes a call that changes something.
func (u *User) Post(path string, body any) Answer {
	u.W.T.Helper()
	return u.Call(http.MethodPost, path, body)
}

// TokenFile writes a file with a token of Facebook.
func (u *User) TokenFile(token string) string {
	u.W.T.Helper()
	f := filepath.Join(u.W.T.TempDir(), "token")
	if err := os.WriteFile(f, []byte(token+"\n"), 0o600); err != nil {
		u.W.T.Fatal(err)
	}
	return f
}

// ConnectsPage connects the sandbox's Page by the command line. Without a visibility the hub
// chooses.
func (u *User) ConnectsPage(visibility ...string) Result {
	u.W.T.Helper()
	args := []string{"page", "connect", "--page", u.W.Facebook.PageID, "--token-file", u.TokenFile(u.W.Facebook.PageToken), "--json"}
	if len(visibility) > 0 {
		args = append(args, "--visibility", visibility[0])
	}
	return u.Cli(args...)
}

// ConversationWith returns the id of the conversation of the sandbox's Page with a customer.
func (w *World) ConversationWith(psid string) string { return w.Facebook.PageID + "_" + psid }

// ConversationPath returns the path of a conversation in the API.
func ConversationPath(id string, more ...string) string {
	p := "/v1/conversations/" + url.PathEscape(id)
	for _, m := range more {
		p += "/" + url.PathEscape(m)
	}
	return p
}

// Within waits for a condition, and logs how long it took.
func Within(t *testing.T, what string, most time.Duration, holds func() bool) {
	t.Helper()
	began := time.Now()
	WaitFor(t, what, most, holds)
	t.Logf("%s: %s", what, time.Since(began).Round(time.Millisecond))
}

// ConnectedWorld returns a world whose Page an admin has connected, shared by default.
func ConnectedWorld(t *testing.T, settings ...string) (*World, *User) {
	t.Helper()
	w := NewWorld(t, settings...)
	aki := w.AddAdmin("Aki Mori")
	aki.ConnectsPage("shared").Ok()
	return w, aki
}

// ShortTiming returns deadlines that a test can wait for.
func ShortTiming() []string {
	return []string{
		"PARLEY_TIMING_SEND_DEADLINE=1s", "PARLEY_TIMING_LEASE=2s", "PARLEY_TIMING_UNKNOWN_CHECKS=1s,2s,3s",
		"PARLEY_TIMING_ASK_AFTER=4s", "PARLEY_TIMING_CHECK_GRACE=1s", "PARLEY_TIMING_RETRY_PAUSE=100ms",
		"PARLEY_TIMING_RETRY_PAUSE_MAX=1s", "PARLEY_TIMING_GRAPH_CALL=5s",
	}
}

// NewCRMWorld returns a world whose hub uses the sandbox's Pipedrive.
func NewCRMWorld(t *testing.T, more ...string) *World {
	t.Helper()
	w := NewQuietWorld(t)
	w.Facebook = w.StartFacebook()
	w.Settings = append(w.Facebook.pipedrive(), more...)
	w.StartHub()
	return w
}

// Manages runs a command that opens the hub's store.
func (w *World) Manages(args ...string) Result {
	w.T.Helper()
	return RunProgram(w.T, w.HubEnv(), "", args...)
}
