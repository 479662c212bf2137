package cli

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestWrongUsage: exit code 2, a sentence and the command's usage on standard error,
// nothing on standard output.
func TestWrongUsage(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	folder := t.TempDir()
	broken := filepath.Join(folder, "broken.toml")
	if err := os.WriteFile(broken, []byte("listen = [not toml"), 0o600); err != nil {
		t.Fatal(err)
	}
	meta := []string{"PARLEY_META_APP_ID=1", "PARLEY_META_VERIFY_TOKEN=v", "PARLEY_META_APP_SECRET=0123456789abcdef0123456789abcdef"}
	with := func(more ...string) []string { return append(slices.Clone(meta), more...) }
	for _, c := range []struct {
		line string
		env  []string
		says string
	}{
		{line: "--nonsense", says: "--nonsense"},
		{line: "-z", says: "-z"},
		{line: "nonsense", says: "nonsense"},
		{line: "list --nonsense", says: "--nonsense"},
		{line: "list nonsense"},
		{line: "list --filter nonsense", says: "nonsense"},
		{line: "list --limit 0", says: "--limit"},
		{line: "list --limit 1001", says: "--limit"},
		{line: "list --limit many", says: "--limit"},
		{line: "list --limit", says: "--limit"},
		{line: "show"},
		{line: "show 1_2 1_3"},
		{line: "show 1_2 --limit -1", says: "--limit"},
		{line: "reply 1_2"},
		{line: "reply 1_2 hello there"},
		{line: "reply 1_2 hello --wait long", says: "--wait"},
		{line: "reply 1_2 hello --wait -1s", says: "--wait"},
		{line: "reply 1_2 hello --client-id nonsense", says: "--client-id"},
		{line: "page nonsense", says: "nonsense"},
		{line: "page connect --page 1", says: "--token-file"},
		{line: "page connect --token-file f", says: "--page"},
		{line: "page connect --page 1 --token-file f --visibility open", says: "open"},
		{line: "page visibility 1"},
		{line: "page visibility 1 open", says: "open"},
		{line: "page check 1 2"},
		{line: "lst", says: "parley list?"},
		{line: "list --fliter open", says: "--filter?"},
		{line: "list --filter unasigned", says: "unassigned?"},
		{line: "snooze 1_2 yesterday"},
		{line: "done"},
		{line: "page disconnect"},
		{line: "user nonsense", says: "nonsense"},
		{line: "user add"},
		{line: "sandbox nonsense"},
		{line: "login"},
		{line: "login nonsense", says: "nonsense"},
		{line: "login https://a https://b"},
		{line: "logout nonsense"},
		{line: "whoami nonsense"},
		{line: "config nonsense"},
		{line: "completion"},
		{line: "completion nonsense", says: "nonsense"},
		{line: "version nonsense"},
		{line: "help nonsense", says: "nonsense"},
		{line: "hub", says: "PARLEY_META_APP_SECRET"},
		{line: "hub", env: meta[:2], says: "PARLEY_META_APP_SECRET"},
		{line: "hub", env: with("PARLEY_META_APP_SECRET= "), says: "PARLEY_META_APP_SECRET"},
		{line: "hub nonsense", env: meta},
		{line: "hub --db mysql://somebody:a-secret@db/parley", env: meta, says: "mysql://"},
		{line: "hub", env: with("PARLEY_DB=mysql://somebody:a-secret@db/parley"), says: "mysql://"},
		{line: "hub --bus nats://bus", env: meta, says: "--bus"},
		{line: "hub", env: with("PARLEY_BUS=nats://bus"), says: "--bus"},
		{line: "hub --config " + filepath.Join(folder, "none.toml"), env: meta, says: "none.toml"},
		{line: "hub --config " + broken, env: meta},
		{line: "hub --config " + folder, env: meta, says: folder},
		{line: "hub", env: with("PARLEY_TIMING_LEASE=soon"), says: "lease"},
		{line: "hub", env: with("PARLEY_TIMING_LEASE=1s"), says: "lease"},
		{line: "hub", env: with("PARLEY_TIMING_UNKNOWN_CHECKS=1s,never"), says: "unknown_checks"},
		{line: "hub", env: with("PARLEY_TIMING_ASK_AFTER=-1s"), says: "timing"},
		{line: "hub", env: with("PARLEY_META_GRAPH_URL=not a url"), says: "can't be read"},
		{line: "user add ", says: "user add"},
	} {
		args := strings.Split(c.line, " ")
		r := driver.RunProgram(t, w.Env("somebody", c.env...), "", args...)
		if r.Exit != cli.ExitUsage || r.Out != "" || !strings.Contains(r.Err, "Error") || !strings.Contains(r.Err, "Usage\n  parley") || !strings.Contains(r.Err, c.says) {
			t.Errorf("parley %s %q: exit code %d, want 2, the usage and %q\nstdout: %s\nstderr: %s", c.line, c.env, r.Exit, c.says, r.Out, r.Err)
		}
		if strings.Contains(r.Err, "a-secret") {
			t.Errorf("parley %s tells a secret: %s", c.line, r.Err)
		}
		if strings.Contains(r.Err, "⏎") {
			t.Errorf("parley %s says more than a sentence: %s", c.line, r.Err)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(w.Dir, "somebody", "data", "*")); len(files) != 0 {
		t.Errorf("wrong usage left files behind: %q", files)
	}
}

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

// sentence expects failure, said in one sentence, with these words.
func sentence(r driver.Result, words ...string) {
	r.T.Helper()
	r.Exits(cli.ExitFailed).Says(words...)
	if r.Out != "" || strings.Count(r.Err, "\n") != 1 {
		r.T.Errorf("%s: want one sentence on standard error\nstdout: %s\nstderr: %s", r.Line, r.Out, r.Err)
	}
}

func TestNoHubToSpeakTo(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki := w.AddAdmin("Aki Mori")
	nobody := closedPort(t)
	for _, args := range [][]string{{"list"}, {"show", "1_2"}, {"notices"}, {"stats"}, {"page", "list"}, {"page", "disconnect", "1"}, {"list", "--json"}} {
		sentence(aki.WithEnv("", []string{"PARLEY_HUB=" + nobody}, args...), nobody)
	}
	sentence(aki.WithEnv("", []string{"PARLEY_HUB="}, "list"), "PARLEY_HUB")
	sentence(aki.WithEnv("", []string{"PARLEY_TOKEN="}, "list"), "PARLEY_TOKEN")
	sentence(aki.WithEnv("", []string{"PARLEY_HUB=" + w.Facebook.GraphURL}, "list"), w.Facebook.GraphURL)
	sentence(aki.WithEnv("", []string{"PARLEY_HUB=http://192.0.2.7:80"}, "list"), "https")
	for _, address := range []string{"ftp://127.0.0.1", "127.0.0.1:80", "::::", "http://"} {
		sentence(aki.WithEnv("", []string{"PARLEY_HUB=" + address}, "list"), address)
	}
	for _, token := range []string{"guess", aki.Token[1:], aki.Token + "x", strings.ToUpper(aki.Token), aki.LoginCode, "a\tb"} {
		sentence(aki.WithEnv("", []string{"PARLEY_TOKEN=" + token}, "list"), "(not_signed_in)")
	}
}

func TestTokenFiles(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki := w.AddAdmin("Aki Mori")
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{filepath.Join(folder, "none"), empty, folder} {
		sentence(aki.Cli("page", "connect", "--page", w.Facebook.PageID, "--token-file", file), file)
	}
	for _, content := range []string{"EAA with spaces inside", "two\nlines", strings.Repeat("x", 5000), "\x00\xff"} {
		r := aki.Cli("page", "connect", "--page", w.Facebook.PageID, "--token-file", aki.TokenFile(content))
		if r.Exit != cli.ExitFailed && r.Exit != cli.ExitRefused || strings.Count(r.Err, "\n") != 1 || strings.Contains(r.Err, content) {
			t.Errorf("a token of %.30q: exit code %d: %s", content, r.Exit, r.Err)
		}
	}
	if n := len(aki.Pages()); n != 0 {
		t.Errorf("%d Pages", n)
	}
}

// TestTwoHubsOnOneStore: the second ends and names the file; a user can be added all the
// same.
func TestTwoHubsOnOneStore(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	sentence(driver.RunProgram(t, w.HubEnv(), "", "hub", "--listen", "127.0.0.1:0"), w.Database())
	other := filepath.Join(t.TempDir(), "sub", "folder", "other.db")
	sentence(driver.RunProgram(t, w.HubEnv(), "", "hub", "--listen", strings.TrimPrefix(w.HubURL, "http://"), "--db", other), "address already in use")
	sentence(driver.RunProgram(t, w.HubEnv(), "", "hub", "--listen", "nonsense", "--db", other), "nonsense")
	rob := w.AddUser("Rob Reid")
	rob.Cli("list").Ok()
	if rob.Get("/v1/me").Is(http.StatusOK); rob.Admin {
		t.Error("Rob is no admin")
	}

	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	sentence(driver.RunProgram(t, w.HubEnv(), "", "hub", "--listen", "127.0.0.1:0", "--db", text), text)
	sentence(driver.RunProgram(t, w.HubEnv(), "", "user", "add", "Eve", "--db", filepath.Join(text, "hub.db")), text)
	driver.RunProgram(t, w.HubEnv(), "", "user", "add", "Eve", "--db", t.TempDir()).Exits(cli.ExitFailed)
}

// TestAReplyWhileTheHubIsAway: it is kept, and sent once when the same is said again.
func TestAReplyWhileTheHubIsAway(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerWrites("5901", "Are you there?")
	id := w.ConversationWith("5901")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(id, "Are you there?") })
	w.Hub.Stop()
	said := aki.Cli("reply", id, "Here I am", "--wait", "300ms").Exits(cli.ExitFailed).Says("--client-id").Err
	aki.Cli("reply", id, "Here I am", "--wait", "0").Exits(cli.ExitFailed)
	// It may be with the hub by that id, which is no other reply's any more.
	keptAs := regexp.MustCompile(`[0-9a-f-]{36}`).FindString(said)
	aki.Cli("reply", id, "Something else", "--client-id", keptAs, "--wait", "0").Refused("client_id_reused")
	w.StartHub()
	var m driver.Message
	driver.FromJSON(t, []byte(aki.Cli("reply", id, "Here I am", "--json").Ok().Out), &m)
	if !strings.Contains(said, m.ClientID) {
		t.Errorf("the reply has the id %s, before it was said: %s", m.ClientID, said)
	}
	driver.FromJSON(t, []byte(aki.Cli("reply", id, "Here I am", "--client-id", m.ClientID, "--json").Ok().Out), &m)
	if got := w.Facebook.GotBy("5901"); !slices.Equal(got, []string{"Here I am"}) {
		t.Errorf("the customer got %q", got)
	}
	aki.Cli("reply", id, "Here I am").Ok() // said again on purpose, it is another reply
	if got := w.Facebook.GotBy("5901"); len(got) != 2 {
		t.Errorf("the customer got %q", got)
	}
	aki.Cli("reply", id, "Something else", "--client-id", m.ClientID).Refused("client_id_reused")
}
