package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/cmd/cli"
)

// TestFilesByTheCommandLine: text and files arrive in their order, each once; what can't
// be sent is refused before anything is.
func TestFilesByTheCommandLine(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerWrites("2401", "Do you have a picture?")
	id := w.conversationWith("2401")
	waitFor(t, "the message is there", patience, func() bool { return aki.holds(id, "Do you have a picture?") })
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	desk, list := file("desk.png", "\x89PNG\r\n\x1a\nx"), file("list.pdf", "%PDF-1.4")
	aki.cli("reply", id, "Here it is", "--attach", desk, "--attach", list, "--json").ok()
	got := func(n int) bool { return len(w.facebook.gotBy("2401")) == n }
	waitFor(t, "all three arrived", patience, func() bool { return got(3) })
	if all, want := w.facebook.gotBy("2401"), []string{"Here it is", "[image]", "[file]"}; !slices.Equal(all, want) {
		t.Errorf("the customer got %q, want %q", all, want)
	}
	aki.cli("show", id).ok().tells("[image] desk.png")
	// A file alone, and the same command with the same id: once.
	const client = "0190b8a0-0000-7000-8000-00000000a77a"
	for range 2 {
		aki.cli("reply", id, "--attach", desk, "--client-id", client).ok()
	}
	if !got(4) {
		t.Errorf("the customer got %q", w.facebook.gotBy("2401"))
	}
	// An iPhone's photograph is no film, whatever it looks like.
	photo := file("IMG_0001.HEIC", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
	aki.cli("reply", id, "--attach", photo).ok()
	if all := w.facebook.gotBy("2401"); len(all) != 5 || all[4] != "[file]" {
		t.Errorf("the customer got %q", all)
	}
	aki.cli("reply", id, "--attach", file("empty.txt", "")).refused("attachment_empty")
	aki.cli("reply", id, "x", "--attach", file("lie.png", "text")).refused("attachment_type")
	aki.cli("reply", id, "x", "--attach", file("big.bin", strings.Repeat("x", 25_000_001))).refused("attachment_too_big")
	aki.cli("reply", id, "x", "--attach", dir).exits(cli.ExitMissing)
	aki.cli("reply", id, "x", "--attach", filepath.Join(dir, "none")).exits(cli.ExitMissing)
	aki.cli("reply", id).exits(cli.ExitUsage)
	if !got(5) {
		t.Errorf("what was refused arrived: %q", w.facebook.gotBy("2401"))
	}
	if left, _ := os.ReadDir(filepath.Join(w.dir, aki.homeDir, "state", "parley", "replies")); len(left) > 0 {
		t.Errorf("%d replies are still kept", len(left))
	}
}
