package cli

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// bare runs a command as that user with no hub and no token set.
func bare(u *driver.User, stdin string, args ...string) driver.Result {
	u.W.T.Helper()
	return bareWith(u, nil, stdin, args...)
}

func bareWith(u *driver.User, more []string, stdin string, args ...string) driver.Result {
	u.W.T.Helper()
	return driver.RunProgram(u.W.T, u.W.Env(u.HomeDir, more...), stdin, args...)
}

// playHub answers in the place of a hub, and returns its address.
func playHub(t *testing.T, answers http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(answers)
	t.Cleanup(s.Close)
	return s.URL
}

// loginFile is where that user's login is remembered.
func loginFile(u *driver.User) string {
	return filepath.Join(u.W.Dir, u.HomeDir, "data", "parley", "login.json")
}

// remembered is that file, "" where it is not there.
func remembered(u *driver.User) string {
	u.W.T.Helper()
	b, err := os.ReadFile(loginFile(u))
	if err != nil && !os.IsNotExist(err) {
		u.W.T.Fatal(err)
	}
	return string(b)
}

// whoIs is what login and whoami print.
type whoIs struct {
	User  struct{ ID, Name string }
	Hub   string
	Token struct{ Kept, Name string }
}

// signsIn logs in with the user's code.
func signsIn(u *driver.User, more ...string) (in whoIs) {
	u.W.T.Helper()
	r := bareWith(u, more, u.LoginCode+"\n", "login", u.W.HubURL+"/", "--json").Ok()
	driver.FromJSON(u.W.T, []byte(r.Out), &in)
	if in.User.ID != u.ID || in.User.Name != u.Name || in.Hub != u.W.HubURL {
		u.W.T.Fatalf("signed in as %+v", in)
	}
	return in
}

// keptToken is the token in the file of a login.
func keptToken(u *driver.User) string {
	u.W.T.Helper()
	var kept struct{ Token string }
	driver.FromJSON(u.W.T, []byte(remembered(u)), &kept)
	u.W.Secret(kept.Token)
	return kept.Token
}

func TestLogin(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki := w.AddUser("Aki")
	bare(aki, "", "list").Exits(cli.ExitFailed).Says("parley login URL")
	bare(aki, "", "whoami").Exits(cli.ExitFailed).Says("parley login URL")
	bare(aki, "ABCD-EFGH-JKLM-NPQR\n", "login", w.HubURL).Exits(cli.ExitFailed).Says("(not_signed_in)", "works once")
	bare(aki, strings.Repeat("A", 100)+"\n", "login", w.HubURL).Exits(cli.ExitFailed).Says("works once")
	bare(aki, " \n", "login", w.HubURL).Exits(cli.ExitFailed).Says("No code")
	if got := remembered(aki); got != "" {
		t.Fatalf("remembered after failures: %s", got)
	}
	in := signsIn(aki)
	if in.Token.Kept != "file" || in.Token.Name != loginFile(aki) {
		t.Errorf("kept in %+v", in.Token)
	}
	info, err := os.Stat(loginFile(aki))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
	bare(aki, "", "list").Ok()
	r := bare(aki, "", "whoami").Ok()
	if !strings.Contains(r.Out, "Aki at "+w.HubURL) || !strings.Contains(r.Out, loginFile(aki)) || strings.Contains(r.Out, keptToken(aki)) {
		t.Errorf("whoami: %s", r.Out)
	}
	// A code works once; the login stays.
	bare(aki, aki.LoginCode+"\n", "login", w.HubURL).Exits(cli.ExitFailed).Says("works once")
	bare(aki, "", "whoami").Ok()
	bare(aki, "", "whoami", "--hub", w.HubURL).Ok()
}

// What is set wins over what login kept, and a login's token goes to its own hub alone.
func TestWhatIsSetWinsOverTheLogin(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki, ben := w.AddUser("Aki"), w.AddUser("Ben")
	signsIn(aki)
	var in whoIs
	for _, env := range [][]string{{"PARLEY_TOKEN=" + ben.Token}, {"PARLEY_TOKEN=" + ben.Token, "PARLEY_HUB=" + w.HubURL}} {
		driver.FromJSON(t, []byte(bareWith(aki, env, "", "whoami", "--json").Ok().Out), &in)
		if in.User.ID != ben.ID || in.Token.Kept != "variable" || in.Token.Name != "PARLEY_TOKEN" {
			t.Errorf("with %d variables: %+v", len(env), in)
		}
	}
	var visits atomic.Int32
	thief := playHub(t, func(http.ResponseWriter, *http.Request) { visits.Add(1) })
	bareWith(aki, []string{"PARLEY_HUB=" + thief}, "", "list").Exits(cli.ExitFailed).Says("not signed in to this hub")
	bare(aki, "", "list", "--hub", thief).Exits(cli.ExitFailed).Says("not signed in to this hub")
	if n := visits.Load(); n != 0 {
		t.Errorf("another hub was asked %d times", n)
	}
	r := bareWith(aki, []string{"PARLEY_TOKEN=" + ben.Token}, "", "logout").Ok()
	if !strings.Contains(r.Out, "PARLEY_TOKEN is set") {
		t.Errorf("logout: %s", r.Out)
	}
	ben.Get("/v1/me").Is(http.StatusOK) // that token was not the login's
}

func TestLogout(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki := w.AddUser("Aki")
	signsIn(aki)
	token := keptToken(aki)
	me := func() driver.Answer {
		return w.Call(http.MethodGet, w.HubURL+"/v1/me", nil, http.Header{"Authorization": {"Bearer " + token}})
	}
	me().Is(http.StatusOK)
	for _, want := range []string{`{"hub":"` + w.HubURL + `","revoked":true}`, `{"hub":"","revoked":false}`} {
		if got := strings.TrimSpace(bare(aki, "", "logout", "--json").Ok().Out); got != want {
			t.Errorf("logout: %s, want %s", got, want)
		}
	}
	me().Problem(http.StatusUnauthorized, "not_signed_in")
	aki.Get("/v1/me").Is(http.StatusOK) // the other token of the same user
	bare(aki, "", "list").Exits(cli.ExitFailed).Says("No hub is set")
	if r := bare(aki, "", "logout").Ok(); !strings.Contains(r.Out, "Nobody is signed in") {
		t.Errorf("logout: %s", r.Out)
	}
}

func TestLogoutWithoutTheHub(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki := w.AddUser("Aki")
	signsIn(aki)
	w.Hub.Stop()
	bare(aki, "", "whoami").Exits(cli.ExitFailed).Says(w.HubURL)
	if r := bare(aki, "", "logout").Ok(); !strings.Contains(r.Out, "stays valid") || remembered(aki) != "" {
		t.Errorf("logout: %s, left %s", r.Out, remembered(aki))
	}
	// A login that can't be read is told of, and can be forgotten.
	if err := os.WriteFile(loginFile(aki), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	bare(aki, "", "list").Exits(cli.ExitFailed).Says(loginFile(aki), "parley login")
	bare(aki, "", "logout").Ok()
	if got := remembered(aki); got != "" {
		t.Errorf("left %s", got)
	}
}

func TestLoginIsKeptInTheKeyring(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki := w.AddUser("Aki")
	ring := filepath.Join(t.TempDir(), "ring")
	held := func() string {
		b, err := os.ReadFile(ring)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	with := []string{driver.RingFile + "=" + ring}
	if in := signsIn(aki, with...); in.Token.Kept != "keyring" || in.Token.Name != "" {
		t.Errorf("kept in %+v", in.Token)
	}
	if strings.Contains(remembered(aki), "token") || !strings.Contains(held(), w.HubURL) {
		t.Errorf("remembered %s", remembered(aki))
	}
	if r := bareWith(aki, with, "", "whoami").Ok(); !strings.Contains(r.Out, "keyring") {
		t.Errorf("whoami: %s", r.Out)
	}
	unlocked := held()
	if err := os.WriteFile(ring, []byte("locked"), 0o600); err != nil {
		t.Fatal(err)
	}
	bareWith(aki, with, "", "list").Exits(cli.ExitFailed).Says("keyring", "it is locked", "parley login")
	bareWith(aki, with, "", "config").Ok() // which does not ask it
	if err := os.WriteFile(ring, []byte(unlocked), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := bareWith(aki, with, "", "logout").Ok(); strings.Contains(r.Out, "stays valid") || strings.Contains(held(), w.HubURL) {
		t.Errorf("logout: %s, left %d bytes", r.Out, len(held()))
	}
}

// A code is sent to no hub whose address would show it to the network, or is none.
func TestLoginToWhatIsNoHub(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	env := w.Env("aki")
	driver.RunProgram(t, env, "ABCD\n", "login", "http://hub.example.com").Exits(cli.ExitFailed).Says("unprotected")
	driver.RunProgram(t, env, "ABCD\n", "login", "hub.example.com").Exits(cli.ExitUsage).Says("https://")
	page := playHub(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<h1>hello</h1>")) })
	driver.RunProgram(t, env, "ABCD\n", "login", page).Exits(cli.ExitFailed).Says(page, "no Parley hub")
	driver.RunProgram(t, env, "ABCD\n", "login", "http://127.0.0.1:1").Exits(cli.ExitFailed).Says("can't be reached")
	if _, err := os.Stat(filepath.Join(w.Dir, "aki", "data")); !os.IsNotExist(err) {
		t.Errorf("something was remembered: %v", err)
	}
}

// A login that can't be kept is given up at the hub: nobody has its token.
func TestLoginThatCannotBeKept(t *testing.T) {
	t.Parallel()
	var given atomic.Bool
	hub := playHub(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/v1/login":
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"token":"the-token","user":{"id":"u","name":"Aki"}}`))
		case r.URL.Path == "/v1/logout" && r.Header.Get("Authorization") == "Bearer the-token":
			given.Store(true)
			w.WriteHeader(http.StatusNoContent)
		}
	})
	w := driver.NewQuietWorld(t)
	env := w.Env("aki")
	if err := os.WriteFile(filepath.Join(w.Dir, "aki", "data"), nil, 0o600); err != nil { // no folder can be here
		t.Fatal(err)
	}
	r := driver.RunProgram(t, env, "ABCD\n", "login", hub).Exits(cli.ExitFailed).Says("can't be kept")
	if !given.Load() || strings.Contains(r.Err, "the-token") {
		t.Errorf("given up: %t; said %s", given.Load(), r.Err)
	}
}
