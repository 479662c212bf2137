package app_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"parley/i18n"
	"parley/ui/command"
	"parley/ui/uitest"
)

var update = flag.Bool("update", false, "write docs/keys.md")

const keysDoc = "../../docs/keys.md"

// TestKeysDocIsUpToDate: docs/keys.md is made from the table of commands
// (go test ./ui/app -run KeysDoc -update).
func TestKeysDocIsUpToDate(t *testing.T) {
	t.Parallel()
	want := keys(t)
	if *update {
		if err := os.WriteFile(keysDoc, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(keysDoc)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/keys.md is stale: run go test ./ui/app -run KeysDoc -update")
	}
}

// keys writes the page.
func keys(t *testing.T) string {
	t.Helper()
	en := i18n.New("en")
	var b strings.Builder
	b.WriteString("# Keys\n\nMade from the table of commands (ui/app/commands.go). `ctrl+k` finds all of them by name, `?` shows\nthose of the pane you are in. Each can be changed by its id: `[keys]` in config.toml, `done = [\"E\"]`.\n\n")
	b.WriteString("| keys | does | where | id |\n|---|---|---|---|\n")
	for _, c := range uitest.NewWorld(t, nil).Table() {
		if len(c.Keys) == 0 {
			continue
		}
		where := "everywhere"
		switch c.Scope {
		case command.List:
			where = "list"
		case command.Thread:
			where = "conversation"
		case command.Panel:
			where = "panel"
		case command.Composer:
			where = "composer"
		default:
		}
		names := make([]string, len(c.Keys))
		for i, k := range c.Keys {
			names[i] = "`" + k + "`"
		}
		b.WriteString("| " + strings.Join(names, " ") + " | " + en.Say(i18n.Command(c.ID)) + " | " + where + " | " + c.ID + " |\n")
	}
	b.WriteString("\nWhile typing a reply: `enter` sends, `alt+enter` or `ctrl+j` begins a new line, `esc` leaves and keeps the draft.\nWith `send_hold = \"5s\"` in config.toml a reply is held back that long: `z` takes it back, `enter` sends it at once.\n")
	return b.String()
}
