package main

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
)

// TestWrongUsage: exit code 2, a sentence and the command's usage on standard error,
// nothing on standard output.
func TestWrongUsage(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
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
		{line: "page check"},
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
		{line: "hub --db postgres://somebody:a-secret@db/parley", env: meta, says: "postgres://"},
		{line: "hub", env: with("PARLEY_DB=postgres://somebody:a-secret@db/parley"), says: "postgres://"},
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
		r := runProgram(t, w.env("somebody", c.env...), "", args...)
		if r.exit != cli.ExitUsage || r.out != "" || !strings.Contains(r.err, "Error") || !strings.Contains(r.err, "Usage\n  parley") || !strings.Contains(r.err, c.says) {
			t.Errorf("parley %s %q: exit code %d, want 2, the usage and %q\nstdout: %s\nstderr: %s", c.line, c.env, r.exit, c.says, r.out, r.err)
		}
		if strings.Contains(r.err, "a-secret") {
			t.Errorf("parley %s tells a secret: %s", c.line, r.err)
		}
		if strings.Contains(r.err, "⏎") {
			t.Errorf("parley %s says more than a sentence: %s", c.line, r.err)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(w.dir, "somebody", "data", "*")); len(files) != 0 {
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
func (r result) sentence(words ...string) {
	r.t.Helper()
	r.exits(cli.ExitFailed).says(words...)
	if r.out != "" || strings.Count(r.err, "\n") != 1 {
		r.t.Errorf("%s: want one sentence on standard error\nstdout: %s\nstderr: %s", r.line, r.out, r.err)
	}
}

func TestNoHubToSpeakTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki := w.addAdmin("Aki Mori")
	nobody := closedPort(t)
	for _, args := range [][]string{{"list"}, {"show", "1_2"}, {"notices"}, {"stats"}, {"page", "list"}, {"page", "disconnect", "1"}, {"list", "--json"}} {
		aki.withEnv("", []string{"PARLEY_HUB=" + nobody}, args...).sentence(nobody)
	}
	aki.withEnv("", []string{"PARLEY_HUB="}, "list").sentence("PARLEY_HUB")
	aki.withEnv("", []string{"PARLEY_TOKEN="}, "list").sentence("PARLEY_TOKEN")
	aki.withEnv("", []string{"PARLEY_HUB=" + w.facebook.GraphURL}, "list").sentence(w.facebook.GraphURL)
	aki.withEnv("", []string{"PARLEY_HUB=http://192.0.2.7:80"}, "list").sentence("https")
	for _, address := range []string{"ftp://127.0.0.1", "127.0.0.1:80", "::::", "http://"} {
		aki.withEnv("", []string{"PARLEY_HUB=" + address}, "list").sentence(address)
	}
	for _, token := range []string{"guess", aki.token[1:], aki.token + "x", strings.ToUpper(aki.token), aki.loginCode, "a\tb"} {
		aki.withEnv("", []string{"PARLEY_TOKEN=" + token}, "list").sentence("(not_signed_in)")
	}
}

func TestTokenFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki := w.addAdmin("Aki Mori")
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{filepath.Join(folder, "none"), empty, folder} {
		aki.cli("page", "connect", "--page", w.facebook.PageID, "--token-file", file).sentence(file)
	}
	for _, content := range []string{"EAA with spaces inside", "two\nlines", strings.Repeat("x", 5000), "\x00\xff"} {
		r := aki.cli("page", "connect", "--page", w.facebook.PageID, "--token-file", aki.tokenFile(content))
		if r.exit != cli.ExitFailed && r.exit != cli.ExitRefused || strings.Count(r.err, "\n") != 1 || strings.Contains(r.err, content) {
			t.Errorf("a token of %.30q: exit code %d: %s", content, r.exit, r.err)
		}
	}
	if n := len(aki.pages()); n != 0 {
		t.Errorf("%d Pages", n)
	}
}

// TestTwoHubsOnOneStore: the second ends and names the file; a user can be added all the
// same.
func TestTwoHubsOnOneStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	runProgram(t, w.hubEnv(), "", "hub", "--listen", "127.0.0.1:0").sentence(w.database())
	other := filepath.Join(t.TempDir(), "sub", "folder", "other.db")
	runProgram(t, w.hubEnv(), "", "hub", "--listen", strings.TrimPrefix(w.hubURL, "http://"), "--db", other).sentence("address already in use")
	runProgram(t, w.hubEnv(), "", "hub", "--listen", "nonsense", "--db", other).sentence("nonsense")
	rob := w.addUser("Rob Reid")
	rob.cli("list").ok()
	if rob.get("/v1/me").is(http.StatusOK); rob.admin {
		t.Error("Rob is no admin")
	}

	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	runProgram(t, w.hubEnv(), "", "hub", "--listen", "127.0.0.1:0", "--db", text).sentence(text)
	runProgram(t, w.hubEnv(), "", "user", "add", "Eve", "--db", filepath.Join(text, "hub.db")).sentence(text)
	runProgram(t, w.hubEnv(), "", "user", "add", "Eve", "--db", t.TempDir()).exits(cli.ExitFailed)
}

// TestAReplyWhileTheHubIsAway: it is kept, and sent once when the same is said again.
func TestAReplyWhileTheHubIsAway(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerWrites("5901", "Are you there?")
	id := w.conversationWith("5901")
	waitFor(t, "the message is there", patience, func() bool { return aki.holds(id, "Are you there?") })
	w.hub.stop()
	said := aki.cli("reply", id, "Here I am", "--wait", "300ms").exits(cli.ExitFailed).says("--client-id").err
	aki.cli("reply", id, "Here I am", "--wait", "0").exits(cli.ExitFailed)
	// It may be with the hub by that id, which is no other reply's any more.
	keptAs := regexp.MustCompile(`[0-9a-f-]{36}`).FindString(said)
	aki.cli("reply", id, "Something else", "--client-id", keptAs, "--wait", "0").refused("client_id_reused")
	w.startHub()
	var m message
	fromJSON(t, []byte(aki.cli("reply", id, "Here I am", "--json").ok().out), &m)
	if !strings.Contains(said, m.ClientID) {
		t.Errorf("the reply has the id %s, before it was said: %s", m.ClientID, said)
	}
	fromJSON(t, []byte(aki.cli("reply", id, "Here I am", "--client-id", m.ClientID, "--json").ok().out), &m)
	if got := w.facebook.gotBy("5901"); !slices.Equal(got, []string{"Here I am"}) {
		t.Errorf("the customer got %q", got)
	}
	aki.cli("reply", id, "Here I am").ok() // said again on purpose, it is another reply
	if got := w.facebook.gotBy("5901"); len(got) != 2 {
		t.Errorf("the customer got %q", got)
	}
	aki.cli("reply", id, "Something else", "--client-id", m.ClientID).refused("client_id_reused")
}
