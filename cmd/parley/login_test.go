package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"parley/cmd/cli"
)

// bare runs a command as that user with no hub and no token set.
func (u *user) bare(stdin string, args ...string) result {
	u.w.t.Helper()
	return u.bareWith(nil, stdin, args...)
}

func (u *user) bareWith(more []string, stdin string, args ...string) result {
	u.w.t.Helper()
	return runProgram(u.w.t, u.w.env(u.homeDir, more...), stdin, args...)
}

// playHub answers in the place of a hub, and returns its address.
func playHub(t *testing.T, answers http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(answers)
	t.Cleanup(s.Close)
	return s.URL
}

// loginFile is where that user's login is remembered.
func (u *user) loginFile() string {
	return filepath.Join(u.w.dir, u.homeDir, "data", "parley", "login.json")
}

// remembered is that file, "" where it is not there.
func (u *user) remembered() string {
	u.w.t.Helper()
	b, err := os.ReadFile(u.loginFile())
	if err != nil && !os.IsNotExist(err) {
		u.w.t.Fatal(err)
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
func (u *user) signsIn(more ...string) (in whoIs) {
	u.w.t.Helper()
	r := u.bareWith(more, u.loginCode+"\n", "login", u.w.hubURL+"/", "--json").ok()
	fromJSON(u.w.t, []byte(r.out), &in)
	if in.User.ID != u.id || in.User.Name != u.name || in.Hub != u.w.hubURL {
		u.w.t.Fatalf("signed in as %+v", in)
	}
	return in
}

// keptToken is the token in the file of a login.
func (u *user) keptToken() string {
	u.w.t.Helper()
	var kept struct{ Token string }
	fromJSON(u.w.t, []byte(u.remembered()), &kept)
	u.w.secret(kept.Token)
	return kept.Token
}

func TestLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki := w.addUser("Aki")
	aki.bare("", "list").exits(cli.ExitFailed).says("parley login URL")
	aki.bare("", "whoami").exits(cli.ExitFailed).says("parley login URL")
	aki.bare("ABCD-EFGH-JKLM-NPQR\n", "login", w.hubURL).exits(cli.ExitFailed).says("(not_signed_in)", "works once")
	aki.bare(strings.Repeat("A", 100)+"\n", "login", w.hubURL).exits(cli.ExitFailed).says("works once")
	aki.bare(" \n", "login", w.hubURL).exits(cli.ExitFailed).says("No code")
	if got := aki.remembered(); got != "" {
		t.Fatalf("remembered after failures: %s", got)
	}
	in := aki.signsIn()
	if in.Token.Kept != "file" || in.Token.Name != aki.loginFile() {
		t.Errorf("kept in %+v", in.Token)
	}
	info, err := os.Stat(aki.loginFile())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
	aki.bare("", "list").ok()
	r := aki.bare("", "whoami").ok()
	if !strings.Contains(r.out, "Aki at "+w.hubURL) || !strings.Contains(r.out, aki.loginFile()) || strings.Contains(r.out, aki.keptToken()) {
		t.Errorf("whoami: %s", r.out)
	}
	// A code works once; the login stays.
	aki.bare(aki.loginCode+"\n", "login", w.hubURL).exits(cli.ExitFailed).says("works once")
	aki.bare("", "whoami").ok()
	aki.bare("", "whoami", "--hub", w.hubURL).ok()
}

// What is set wins over what login kept, and a login's token goes to its own hub alone.
func TestWhatIsSetWinsOverTheLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki, ben := w.addUser("Aki"), w.addUser("Ben")
	aki.signsIn()
	var in whoIs
	for _, env := range [][]string{{"PARLEY_TOKEN=" + ben.token}, {"PARLEY_TOKEN=" + ben.token, "PARLEY_HUB=" + w.hubURL}} {
		fromJSON(t, []byte(aki.bareWith(env, "", "whoami", "--json").ok().out), &in)
		if in.User.ID != ben.id || in.Token.Kept != "variable" || in.Token.Name != "PARLEY_TOKEN" {
			t.Errorf("with %d variables: %+v", len(env), in)
		}
	}
	var visits atomic.Int32
	thief := playHub(t, func(http.ResponseWriter, *http.Request) { visits.Add(1) })
	aki.bareWith([]string{"PARLEY_HUB=" + thief}, "", "list").exits(cli.ExitFailed).says("not signed in to this hub")
	aki.bare("", "list", "--hub", thief).exits(cli.ExitFailed).says("not signed in to this hub")
	if n := visits.Load(); n != 0 {
		t.Errorf("another hub was asked %d times", n)
	}
	r := aki.bareWith([]string{"PARLEY_TOKEN=" + ben.token}, "", "logout").ok()
	if !strings.Contains(r.out, "PARLEY_TOKEN is set") {
		t.Errorf("logout: %s", r.out)
	}
	ben.get("/v1/me").is(http.StatusOK) // that token was not the login's
}

func TestLogout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki := w.addUser("Aki")
	aki.signsIn()
	token := aki.keptToken()
	me := func() answer {
		return w.call(http.MethodGet, w.hubURL+"/v1/me", nil, http.Header{"Authorization": {"Bearer " + token}})
	}
	me().is(http.StatusOK)
	for _, want := range []string{`{"hub":"` + w.hubURL + `","revoked":true}`, `{"hub":"","revoked":false}`} {
		if got := strings.TrimSpace(aki.bare("", "logout", "--json").ok().out); got != want {
			t.Errorf("logout: %s, want %s", got, want)
		}
	}
	me().problem(http.StatusUnauthorized, "not_signed_in")
	aki.get("/v1/me").is(http.StatusOK) // the other token of the same user
	aki.bare("", "list").exits(cli.ExitFailed).says("No hub is set")
	if r := aki.bare("", "logout").ok(); !strings.Contains(r.out, "Nobody is signed in") {
		t.Errorf("logout: %s", r.out)
	}
}

func TestLogoutWithoutTheHub(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki := w.addUser("Aki")
	aki.signsIn()
	w.hub.stop()
	aki.bare("", "whoami").exits(cli.ExitFailed).says(w.hubURL)
	if r := aki.bare("", "logout").ok(); !strings.Contains(r.out, "stays valid") || aki.remembered() != "" {
		t.Errorf("logout: %s, left %s", r.out, aki.remembered())
	}
	// A login that can't be read is told of, and can be forgotten.
	if err := os.WriteFile(aki.loginFile(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	aki.bare("", "list").exits(cli.ExitFailed).says(aki.loginFile(), "parley login")
	aki.bare("", "logout").ok()
	if got := aki.remembered(); got != "" {
		t.Errorf("left %s", got)
	}
}

func TestLoginIsKeptInTheKeyring(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki := w.addUser("Aki")
	ring := filepath.Join(t.TempDir(), "ring")
	held := func() string {
		b, err := os.ReadFile(ring)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	with := []string{ringFile + "=" + ring}
	if in := aki.signsIn(with...); in.Token.Kept != "keyring" || in.Token.Name != "" {
		t.Errorf("kept in %+v", in.Token)
	}
	if strings.Contains(aki.remembered(), "token") || !strings.Contains(held(), w.hubURL) {
		t.Errorf("remembered %s", aki.remembered())
	}
	if r := aki.bareWith(with, "", "whoami").ok(); !strings.Contains(r.out, "keyring") {
		t.Errorf("whoami: %s", r.out)
	}
	unlocked := held()
	if err := os.WriteFile(ring, []byte("locked"), 0o600); err != nil {
		t.Fatal(err)
	}
	aki.bareWith(with, "", "list").exits(cli.ExitFailed).says("keyring", "it is locked", "parley login")
	aki.bareWith(with, "", "config").ok() // which does not ask it
	if err := os.WriteFile(ring, []byte(unlocked), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := aki.bareWith(with, "", "logout").ok(); strings.Contains(r.out, "stays valid") || strings.Contains(held(), w.hubURL) {
		t.Errorf("logout: %s, left %d bytes", r.out, len(held()))
	}
}

// A code is sent to no hub whose address would show it to the network, or is none.
func TestLoginToWhatIsNoHub(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	env := w.env("aki")
	runProgram(t, env, "ABCD\n", "login", "http://hub.example.com").exits(cli.ExitFailed).says("unprotected")
	runProgram(t, env, "ABCD\n", "login", "hub.example.com").exits(cli.ExitUsage).says("https://")
	page := playHub(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<h1>hello</h1>")) })
	runProgram(t, env, "ABCD\n", "login", page).exits(cli.ExitFailed).says(page, "no Parley hub")
	runProgram(t, env, "ABCD\n", "login", "http://127.0.0.1:1").exits(cli.ExitFailed).says("can't be reached")
	if _, err := os.Stat(filepath.Join(w.dir, "aki", "data")); !os.IsNotExist(err) {
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
	w := newQuietWorld(t)
	env := w.env("aki")
	if err := os.WriteFile(filepath.Join(w.dir, "aki", "data"), nil, 0o600); err != nil { // no folder can be here
		t.Fatal(err)
	}
	r := runProgram(t, env, "ABCD\n", "login", hub).exits(cli.ExitFailed).says("can't be kept")
	if !given.Load() || strings.Contains(r.err, "the-token") {
		t.Errorf("given up: %t; said %s", given.Load(), r.err)
	}
}
