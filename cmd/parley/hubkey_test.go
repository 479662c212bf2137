package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/model"
)

// keyPath is where the hub's key is.
func (w *world) keyPath() string { return filepath.Join(w.dataDir(), "hub.key") }

// holding returns the files beside the store, and the store itself, that hold a text.
func (w *world) holding(text string) []string {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dataDir(), "*"))
	if err != nil || len(files) < 2 {
		w.t.Fatalf("files of the store: %v (%v)", files, err)
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
func (w *world) changesPage(change func(*store.Page)) {
	w.t.Helper()
	s, err := sqlite.Open(w.t.Context(), w.database(), sqlite.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	id := model.PageID(w.facebook.PageID)
	err = s.Write(context.Background(), id, func(tx store.PageTx) error {
		p, err := tx.Page(id)
		if err != nil {
			return err
		}
		change(&p)
		return tx.PutPage(&p)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		w.t.Fatal(err)
	}
}

// refusesToStart runs a hub that must not start, and says why.
func (w *world) refusesToStart(code int, env []string, said ...string) {
	w.t.Helper()
	runProgram(w.t, append(w.hubEnv(), env...), "", w.hubArgs()...).exits(code).says(said...)
}

// TestPageTokensAreSealed: no file of the store holds a Page's token, and the hub works
// by the right key alone.
func TestPageTokensAreSealed(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerSays("5901", wording{Text: "Hello"})
	info, err := os.Stat(w.keyPath())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key: %v (%v)", info, err)
	}
	key, err := os.ReadFile(w.keyPath())
	if err != nil {
		t.Fatal(err)
	}
	w.secret(strings.TrimSpace(string(key)))
	token := w.facebook.PageToken
	if held := w.holding(token); len(held) > 0 {
		t.Errorf("%v hold the token of a hub that runs", held)
	}
	w.hub.stop()
	if held := w.holding(token); len(held) > 0 {
		t.Errorf("%v hold the token", held)
	}

	if err := os.Remove(w.keyPath()); err != nil {
		t.Fatal(err)
	}
	w.refusesToStart(cli.ExitFailed, nil, "hub.key is not there", "PARLEY_MASTER_KEY")
	if _, err := os.Stat(w.keyPath()); err == nil {
		t.Error("a new key was made, which opens nothing")
	}
	other := strings.Repeat("0", 64)
	w.refusesToStart(cli.ExitFailed, []string{"PARLEY_MASTER_KEY=" + other}, "PARLEY_MASTER_KEY does not open")
	w.refusesToStart(cli.ExitUsage, []string{"PARLEY_MASTER_KEY=secret"}, "PARLEY_MASTER_KEY is no key")
	for content, said := range map[string]string{"": "holds no key", other: "does not open"} {
		if err := os.WriteFile(w.keyPath(), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		w.refusesToStart(cli.ExitFailed, nil, "hub.key", said)
	}
	w.settings = append(w.settings, "PARLEY_MASTER_KEY="+strings.TrimSpace(string(key)))
	w.startHub()
	aki.cli("reply", w.conversationWith("5901"), "By the right key").ok()
}

// TestPlainTokensAreSealedAtStart: what an older hub left as it was is sealed, and no
// trace of it is left; files that others may read are complained about.
func TestPlainTokensAreSealedAtStart(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerSays("5902", wording{Text: "Hello"})
	waitFor(t, "the customer is there", patience, func() bool { return len(aki.list().Conversations) > 0 })
	w.hub.stop()
	token := w.facebook.PageToken
	for range 3 { // an older hub wrote it often
		w.changesPage(func(p *store.Page) { p.Token, p.SealedToken = token, "" })
	}
	if len(w.holding(token)) == 0 {
		t.Fatal("no file holds the token to begin with")
	}
	if err := os.Chmod(w.database(), 0o644); err != nil {
		t.Fatal(err)
	}
	w.startHub()
	if log := w.hub.err.String(); !strings.Contains(log, `"page tokens sealed" count=1`) || !strings.Contains(log, "chmod 600") {
		t.Errorf("the log says %s", log)
	}
	if held := w.holding(token); len(held) > 0 {
		t.Errorf("%v hold the token", held)
	}
	aki.cli("reply", w.conversationWith("5902"), "Sealed meanwhile").ok()
}
