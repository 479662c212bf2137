package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestFilesByTheCommandLine: text and files arrive in their order, each once; what can't
// be sent is refused before anything is.
func TestFilesByTheCommandLine(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerWrites("2401", "Do you have a picture?")
	id := w.ConversationWith("2401")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(id, "Do you have a picture?") })
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	desk, list := file("desk.png", "\x89PNG\r\n\x1a\nx"), file("list.pdf", "%PDF-1.4")
	aki.Cli("reply", id, "Here it is", "--attach", desk, "--attach", list, "--json").Ok()
	got := func(n int) bool { return len(w.Facebook.GotBy("2401")) == n }
	driver.WaitFor(t, "all three arrived", driver.Patience, func() bool { return got(3) })
	if all, want := w.Facebook.GotBy("2401"), []string{"Here it is", "[image]", "[file]"}; !slices.Equal(all, want) {
		t.Errorf("the customer got %q, want %q", all, want)
	}
	aki.Cli("show", id).Ok().Tells("[image] desk.png")
	// A file alone, and the same command with the same id: once.
	const client = "0190b8a0-0000-7000-8000-00000000a77a"
	for range 2 {
		aki.Cli("reply", id, "--attach", desk, "--client-id", client).Ok()
	}
	if !got(4) {
		t.Errorf("the customer got %q", w.Facebook.GotBy("2401"))
	}
	// An iPhone's photograph is no film, whatever it looks like.
	photo := file("IMG_0001.HEIC", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
	aki.Cli("reply", id, "--attach", photo).Ok()
	if all := w.Facebook.GotBy("2401"); len(all) != 5 || all[4] != "[file]" {
		t.Errorf("the customer got %q", all)
	}
	aki.Cli("reply", id, "--attach", file("empty.txt", "")).Refused("attachment_empty")
	aki.Cli("reply", id, "x", "--attach", file("lie.png", "text")).Refused("attachment_type")
	aki.Cli("reply", id, "x", "--attach", file("big.bin", strings.Repeat("x", 25_000_001))).Refused("attachment_too_big")
	aki.Cli("reply", id, "x", "--attach", dir).Exits(cli.ExitMissing)
	aki.Cli("reply", id, "x", "--attach", filepath.Join(dir, "none")).Exits(cli.ExitMissing)
	aki.Cli("reply", id).Exits(cli.ExitUsage)
	if !got(5) {
		t.Errorf("what was refused arrived: %q", w.Facebook.GotBy("2401"))
	}
	if left := aki.KeptReplies(); len(left) > 0 {
		t.Errorf("%d replies are still kept", len(left))
	}
}
