package cli

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestMediaByTheCommandLine: what a customer sent is saved when Facebook's address of it answers
// 403, and is not there for a user who may not see the Page.
func TestMediaByTheCommandLine(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t, "PARLEY_MEDIA_QUOTA=1GB")
	aki := w.AddAdmin("Aki Mori")
	aki.ConnectsPage("private").Ok()
	id := w.ConversationWith("2401")
	sent := map[string][]byte{"message-image": {0xff, 0xd8}, "message-audio": []byte("\x00\x00\x00"), "message-file": []byte("%PDF")}
	for event := range sent {
		w.Facebook.Control(http.MethodPost, "/customers/2401/events", map[string]any{"event": event}, nil)
	}
	driver.WaitFor(t, "all is fetched", driver.Patience, func() bool {
		out := aki.Cli("show", id).Ok().Out
		return strings.Contains(out, "[image] desk.jpg 3.9 kB") && strings.Contains(out, "[voice] 0:03") && strings.Contains(out, "[file] plan.pdf 561 B")
	})
	w.Facebook.Fails(driver.Fault{On: "media", Kind: "html_403"})
	other := w.AddUser("Other")
	for event, begin := range sent {
		var attachment string
		for _, m := range aki.Messages(id) {
			if a := m.Attachments[0]; strings.Contains(a.URL, map[string]string{"message-image": "desk", "message-audio": "audioclip", "message-file": "plan"}[event]) {
				attachment = a.ID
			}
		}
		file := filepath.Join(t.TempDir(), "saved")
		aki.Cli("media", attachment, "-o", file).Ok().Tells("Saved: ")
		if b, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(b, begin) {
			t.Errorf("%s: saved %.10q, %v", event, b, err)
		}
		aki.Cli("media", attachment, "-o", file).Exits(cli.ExitFailed)
		other.Cli("media", attachment, "-o", file).Exits(cli.ExitMissing)
	}
}
