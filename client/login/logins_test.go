package login_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"

	"parley/client"
	"parley/client/clienttest"
	"parley/client/login"
	"parley/model"
)

const hubURL = "http://127.0.0.1:1"

// ring is a keyring in memory that may fail, hang or break.
type ring struct {
	held map[string]string
	err  error
	hang chan struct{} // nil: it answers
	wild bool
}

var errLate = errors.New("too late")

func newRing() *ring { return &ring{held: map[string]string{}} }

func (r *ring) come() error {
	if r.hang != nil {
		<-r.hang
		return errLate
	}
	if r.wild {
		panic("keyring")
	}
	return r.err
}

func (r *ring) Set(service, user, secret string) error {
	if err := r.come(); err != nil {
		return err
	}
	r.held[service+" "+user] = secret
	return nil
}

func (r *ring) Get(service, user string) (string, error) {
	if err := r.come(); err != nil {
		return "", err
	}
	secret, ok := r.held[service+" "+user]
	if !ok {
		return "", login.ErrNotInKeyring
	}
	return secret, nil
}

func (r *ring) Delete(service, user string) error {
	if err := r.come(); err != nil {
		return err
	}
	if _, ok := r.held[service+" "+user]; !ok {
		return login.ErrNotInKeyring
	}
	delete(r.held, service+" "+user)
	return nil
}

var aki = model.User{ID: "u", Name: "Aki", Email: "aki@example.com"}

// keeps signs in, and returns what is then remembered.
func keeps(t *testing.T, l *login.Logins, hub string) login.KeptLogin {
	t.Helper()
	if _, err := l.Keep(hub, aki, clienttest.Token); err != nil {
		t.Fatal(err)
	}
	k, err := l.Find()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := l.Token(k); err != nil || got != clienttest.Token || k.User != aki || k.Hub != hub {
		t.Fatalf("kept %+v, token %q (%v)", k, got, err)
	}
	return k
}

func content(t *testing.T, l *login.Logins) string {
	t.Helper()
	b, err := os.ReadFile(l.File())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(b)
}

func TestLoginIsKeptInTheKeyring(t *testing.T) {
	t.Parallel()
	r := newRing()
	l := login.NewLogins(t.TempDir(), r)
	if _, err := l.Find(); !errors.Is(err, login.ErrNoLogin) {
		t.Errorf("got %v", err)
	}
	if k := keeps(t, l, hubURL); k.In != login.InKeyring || strings.Contains(content(t, l), clienttest.Token) {
		t.Errorf("kept in the %s: %s", k.In, content(t, l))
	}
	// Another hub takes its place.
	keeps(t, l, "https://hub.example.com")
	if len(r.held) != 1 || r.held["parley https://hub.example.com"] != clienttest.Token {
		t.Errorf("the keyring holds %d", len(r.held))
	}
	for range 2 { // forgetting what is gone is no error
		if err := l.Forget(); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.held) != 0 || content(t, l) != "" {
		t.Errorf("still there: %d, %s", len(r.held), content(t, l))
	}
}

func TestLoginIsKeptInAFileWhereNoKeyringAnswers(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*ring{"none": {err: login.ErrNoKeyring}, "broken": {wild: true}} {
		l := login.NewLogins(filepath.Join(t.TempDir(), "parley"), r)
		if k := keeps(t, l, hubURL); k.In != login.InFile {
			t.Errorf("%s: kept in the %s", name, k.In)
		}
		info, err := os.Stat(l.File())
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v (%v)", name, info.Mode(), err)
		}
		if err := l.Forget(); err != nil || content(t, l) != "" {
			t.Errorf("%s: %v, left %s", name, err, content(t, l))
		}
	}
}

// A keyring that is locked on a screen nobody sees must not keep anybody waiting.
func TestKeyringThatHangs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := newRing()
		r.hang = make(chan struct{})
		l := login.NewLogins(dir, r)
		began := time.Now()
		k := keeps(t, l, hubURL)
		if took := time.Since(began); k.In != login.InFile || took != 20*time.Second {
			t.Errorf("kept in the %s after %s", k.In, took)
		}
		k.In, k.Token = login.InKeyring, ""
		var kerr *login.KeyringError
		if _, err := l.Token(k); !errors.As(err, &kerr) || strings.Contains(err.Error(), clienttest.Token) {
			t.Errorf("got %v", err)
		}
		close(r.hang)
		synctest.Wait()
	})
}

// What the keyring lost, or does not give, is told; the login can be forgotten all the
// same.
func TestKeyringThatForgot(t *testing.T) {
	t.Parallel()
	r := newRing()
	l := login.NewLogins(t.TempDir(), r)
	k := keeps(t, l, hubURL)
	clear(r.held)
	var kerr *login.KeyringError
	if _, err := l.Token(k); !errors.As(err, &kerr) || !errors.Is(err, login.ErrNotInKeyring) {
		t.Errorf("got %v", err)
	}
	if err := l.Forget(); err != nil {
		t.Errorf("got %v", err)
	}
	keeps(t, l, hubURL)
	r.err = errors.New("locked")
	if err := l.Forget(); !errors.As(err, &kerr) || content(t, l) != "" {
		t.Errorf("got %v, left %s", err, content(t, l))
	}
}

// Where no session's bus is named, none is started to ask it for a keyring.
func TestNoKeyringWithoutASession(t *testing.T) {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("the keyring needs no bus here")
	}
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("PATH", "") // no bus could be started
	for _, bus := range []string{"", "autolaunch:"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
		var k login.SystemKeyring
		_, err := k.Get("parley-test", "nobody")
		for _, err := range []error{err, k.Set("parley-test", "nobody", "x"), k.Delete("parley-test", "nobody")} {
			if !errors.Is(err, login.ErrNoKeyring) {
				t.Errorf("bus %q: got %v", bus, err)
			}
		}
	}
}

// Where a session's bus is named, the system's keyring is asked.
func TestKeyringOfASession(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	keyring.MockInit() // no other test asks the system's
	var k login.SystemKeyring
	if err := k.Set("parley-test", "me", "secret"); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Get("parley-test", "me"); err != nil || got != "secret" {
		t.Errorf("%q, %v", got, err)
	}
	if err := k.Delete("parley-test", "me"); err != nil {
		t.Error(err)
	}
	if _, err := k.Get("parley-test", "me"); !errors.Is(err, login.ErrNotInKeyring) {
		t.Errorf("deleted: %v", err)
	}
}

func TestBrokenLogin(t *testing.T) {
	t.Parallel()
	l := login.NewLogins(t.TempDir(), newRing())
	for _, b := range []string{
		"", "null", "[]", `{"hub":"http://127.0.0.1:1"`, `{"kept":"file","token":"t"}`,
		`{"hub":"http://127.0.0.1:1","kept":"file"}`, `{"hub":"http://127.0.0.1:1","kept":"keyring","token":"t"}`,
	} {
		if err := os.WriteFile(l.File(), []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
		var perr *fs.PathError
		if k, err := l.Find(); !errors.As(err, &perr) || k.Hub != "" {
			t.Errorf("%s: %+v (%v)", b, k, err)
		}
	}
	keeps(t, l, hubURL) // a new login takes its place
}

func TestLoginOpensItsHubAlone(t *testing.T) {
	t.Parallel()
	k := login.KeptLogin{Hub: "https://hub.example.com"}
	for hub, want := range map[string]bool{
		"https://hub.example.com": true, "https://hub.example.com/": true, "": false, "http://hub.example.com": false,
		"https://hub.example.com.evil.example": false, "https://hub.example.com/x": false, "https://hub.example.com:444": false,
	} {
		if k.Opens(hub) != want {
			t.Errorf("%q: %t", hub, !want)
		}
	}
	if (login.KeptLogin{}).Opens("") {
		t.Error("no login opens no hub")
	}
}

func TestLoginAndLogoutAsk(t *testing.T) {
	t.Parallel()
	s := &clienttest.Script{Answer: func(n int, _ *http.Request) (*http.Response, error) {
		switch n {
		case 0:
			return clienttest.Success(http.StatusOK, map[string]any{"token": clienttest.Token, "user": aki})
		case 1:
			return clienttest.Success(http.StatusOK, map[string]any{})
		default:
			return clienttest.Respond(http.StatusNoContent, "", nil), nil
		}
	}}
	c := clienttest.NewClient(t, s)
	got, user, err := login.ByCode(t.Context(), c, "ABCD")
	if err != nil || got != clienttest.Token || user != aki {
		t.Errorf("got %q, %+v (%v)", got, user, err)
	}
	if _, _, err := login.ByCode(t.Context(), c, "ABCD"); !errors.Is(err, client.ErrNoHub) {
		t.Errorf("got %v", err)
	}
	if err := c.Logout(t.Context()); err != nil {
		t.Error(err)
	}
	for i, want := range []string{`POST /v1/login {"code":"ABCD"}`, `POST /v1/login {"code":"ABCD"}`, "POST /v1/logout "} {
		if c := s.Got()[i]; c.Method+" "+c.Path+" "+string(c.Body) != want {
			t.Errorf("asked %s %s %s", c.Method, c.Path, c.Body)
		}
	}
}
