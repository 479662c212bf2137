package cli

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"parley/e2e/driver"
)

// TestSettingsComeFromFlagsVariablesAndAFile: flags win over variables, these over the
// file.
func TestSettingsComeFromFlagsVariablesAndAFile(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	w.Facebook = w.StartFacebook()
	f := w.Facebook
	file := filepath.Join(w.Dir, driver.HubHome, "config", "parley", "config.toml")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	inFile, inVariable, inFlag := filepath.Join(w.Dir, "file.db"), filepath.Join(w.Dir, "variable.db"), filepath.Join(w.Dir, "flag.db")
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
		p := driver.NewProcess(t, w.Env(driver.HubHome, c.env...), append([]string{"hub", "--json"}, c.args...)...)
		p.Begin()
		var listens struct{ URL string }
		driver.FromJSON(t, []byte(p.Ready()), &listens)
		w.Call(http.MethodGet, listens.URL+"/healthz", nil, nil).Is(http.StatusOK)
		sentence(driver.RunProgram(t, w.Env(driver.HubHome), "", "hub", "--listen", "127.0.0.1:0", "--db", c.db), c.db) // it is the hub's
		p.Stop()
	}
}
