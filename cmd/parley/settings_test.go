package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// TestSettingsComeFromFlagsVariablesAndAFile: flags win over variables, these over the
// file.
func TestSettingsComeFromFlagsVariablesAndAFile(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	w.facebook = w.startFacebook()
	f := w.facebook
	file := filepath.Join(w.dir, hubHome, "config", "parley", "config.toml")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	inFile, inVariable, inFlag := filepath.Join(w.dir, "file.db"), filepath.Join(w.dir, "variable.db"), filepath.Join(w.dir, "flag.db")
	content := fmt.Sprintf(`
listen = "127.0.0.1:0"
db = %q
meta_graph_url = %q
meta_app_id = %q
meta_app_secret = %q
meta_verify_token = %q

[timing]
unknown_checks = ["1s", "2s"]
ask_after = "3s"
`, inFile, f.GraphURL, f.AppID, f.AppSecret, f.VerifyToken)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		db   string
		env  []string
		args []string
	}{
		{db: inFile},
		{db: inVariable, env: []string{"PARLEY_DB=" + inVariable, "PARLEY_TIMING_UNKNOWN_CHECKS=1s,2s"}},
		{db: inFlag, env: []string{"PARLEY_DB=" + inVariable}, args: []string{"--db", inFlag}},
		{db: inFile, args: []string{"--config", file}},
	} {
		p := newProcess(t, w.env(hubHome, c.env...), append([]string{"hub", "--json"}, c.args...)...)
		p.begin()
		var listens struct{ URL string }
		fromJSON(t, []byte(p.ready()), &listens)
		w.call(http.MethodGet, listens.URL+"/healthz", nil, nil).is(http.StatusOK)
		runProgram(t, w.env(hubHome), "", "hub", "--listen", "127.0.0.1:0", "--db", c.db).sentence(c.db) // it is the hub's
		p.stop()
	}
}
