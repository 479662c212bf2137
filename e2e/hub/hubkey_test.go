package hub

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/model"
)

// keyPath is where the hub's key is.
func keyPath(w *driver.World) string { return filepath.Join(w.DataDir(), "hub.key") }

// holding returns the files beside the store, and the store itself, that hold a text.
func secretsHeld(w *driver.World, text string) []string {
	w.T.Helper()
	files, err := filepath.Glob(filepath.Join(w.DataDir(), "*"))
	if err != nil || len(files) < 2 {
		w.T.Fatalf("files of the store: %v (%v)", files, err)
	}
	var out []string
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && bytes.Contains(b, []byte(text)) {
			out = append(out, filepath.Base(f))
		}
	}
	return out
}

// changesPage changes the Page in the store of a hub that does not run.
func changesPage(w *driver.World, change func(*store.Page)) {
	w.T.Helper()
	s, err := sqlite.Open(w.T.Context(), w.Database(), sqlite.Options{})
	if err != nil {
		w.T.Fatal(err)
	}
	id := model.PageID(w.Facebook.PageID)
	err = s.Write(context.Background(), id, func(tx store.PageTx) error {
		p, err := tx.Page(id)
		if err != nil {
			return err
		}
		change(&p)
		return tx.PutPage(&p)
	})
	if err != nil {
		w.T.Fatal(err)
	}
	if err := s.Close(); err != nil {
		w.T.Fatal(err)
	}
}

// refusesToStart runs a hub that must not start, and says why.
func refusesToStart(w *driver.World, code int, env []string, said ...string) {
	w.T.Helper()
	driver.RunProgram(w.T, append(w.HubEnv(), env...), "", w.HubArgs()...).Exits(code).Says(said...)
}

// TestPageTokensAreSealed: no file of the store holds a Page's token, and the hub works
// by the right key alone.
func TestPageTokensAreSealed(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerSays("5901", driver.Wording{Text: "Hello"})
	info, err := os.Stat(keyPath(w))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key: %v (%v)", info, err)
	}
	key, err := os.ReadFile(keyPath(w))
	if err != nil {
		t.Fatal(err)
	}
	w.Secret(strings.TrimSpace(string(key)))
	token := w.Facebook.PageToken
	if held := secretsHeld(w, token); len(held) > 0 {
		t.Errorf("%v hold the token of a hub that runs", held)
	}
	w.Hub.Stop()
	if held := secretsHeld(w, token); len(held) > 0 {
		t.Errorf("%v hold the token", held)
	}

	if err := os.Remove(keyPath(w)); err != nil {
		t.Fatal(err)
	}
	refusesToStart(w, cli.ExitFailed, nil, "hub.key is not there", "PARLEY_MASTER_KEY")
	if _, err := os.Stat(keyPath(w)); err == nil {
		t.Error("a new key was made, which opens nothing")
	}
	other := strings.Repeat("0", 64)
	refusesToStart(w, cli.ExitFailed, []string{"PARLEY_MASTER_KEY=" + other}, "PARLEY_MASTER_KEY does not open")
	refusesToStart(w, cli.ExitUsage, []string{"PARLEY_MASTER_KEY=secret"}, "PARLEY_MASTER_KEY is no key")
	for content, said := range map[string]string{"": "holds no key", other: "does not open"} {
		if err := os.WriteFile(keyPath(w), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		refusesToStart(w, cli.ExitFailed, nil, "hub.key", said)
	}
	w.Settings = append(w.Settings, "PARLEY_MASTER_KEY="+strings.TrimSpace(string(key)))
	w.StartHub()
	aki.Cli("reply", w.ConversationWith("5901"), "By the right key").Ok()
}

// TestPlainTokensAreSealedAtStart: what an older hub left as it was is sealed, and no
// trace of it is left; files that others may read are complained about.
func TestPlainTokensAreSealedAtStart(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerSays("5902", driver.Wording{Text: "Hello"})
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return len(aki.List().Conversations) > 0 })
	w.Hub.Stop()
	token := w.Facebook.PageToken
	for range 3 { // an older hub wrote it often
		changesPage(w, func(p *store.Page) { p.Token, p.SealedToken = token, "" })
	}
	if len(secretsHeld(w, token)) == 0 {
		t.Fatal("no file holds the token to begin with")
	}
	if err := os.Chmod(w.Database(), 0o644); err != nil {
		t.Fatal(err)
	}
	w.StartHub()
	if log := w.Hub.Err.String(); !strings.Contains(log, `"page tokens sealed" count=1`) || !strings.Contains(log, "chmod 600") {
		t.Errorf("the log says %s", log)
	}
	if held := secretsHeld(w, token); len(held) > 0 {
		t.Errorf("%v hold the token", held)
	}
	aki.Cli("reply", w.ConversationWith("5902"), "Sealed meanwhile").Ok()
}
