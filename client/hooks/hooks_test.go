//go:build unix

package hooks

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/model"
	"parley/model/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = slog.New(slog.DiscardHandler)

// runs lets a runner run until a file is there.
func runs(t *testing.T, r *Runner, file string) []byte {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	defer func() {
		cancel()
		<-ended
	}()
	for range 500 {
		if b, err := os.ReadFile(file); err == nil {
			return b
		}
		select {
		case <-t.Context().Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatal("nothing was run")
	return nil
}

// TestACommandReadsItsEvent: as JSON, without what was written unless that is asked for; no
// shell reads its words; an event of another kind runs nothing.
func TestACommandReadsItsEvent(t *testing.T) {
	t.Parallel()
	event := notify.Event{
		Kind: notify.NewInMine, Page: "100", Conversation: "100:5000", Message: "100:m", Customer: "'; touch x; '", Text: "secret $(id)", At: time.Unix(0, 0).UTC(),
	}
	for content, want := range map[bool]model.Untrusted{false: "", true: "secret $(id)"} {
		dir := t.TempDir()
		out, tmp := filepath.Join(dir, "out"), filepath.Join(dir, "tmp; $x")
		copies := []string{"/bin/sh", "-c", `cat > "$1" && mv "$1" "$2"`, "hook", tmp, out}
		r := New([]Hook{{Event: notify.Mentioned, Command: []string{"/nowhere"}}, {Event: notify.NewInMine, Command: copies, Content: content}}, quiet)
		r.Told([]notify.Event{event}, true)
		var in Input
		if err := json.Unmarshal(runs(t, r, out), &in); err != nil {
			t.Fatal(err)
		}
		if in.Kind != event.Kind || in.Conversation != event.Conversation || in.Customer != event.Customer || in.Text != want || !in.Focused {
			t.Errorf("content %v: it read %+v", content, in)
		}
	}
}

// TestOneAtATimeAndFew: events beyond the queue are dropped, and whoever tells does not wait.
func TestOneAtATimeAndFew(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	r := New([]Hook{{Event: notify.NewInMine, Command: []string{"true"}}}, slog.New(slog.NewTextHandler(&log, nil)))
	for range mostWaiting + 5 {
		r.Told([]notify.Event{{Kind: notify.NewInMine, Customer: "Hanako", Text: "secret"}}, false)
	}
	if len(r.queue) != mostWaiting || strings.Count(log.String(), "dropped") != 5 || strings.Contains(log.String(), "Hanako") || strings.Contains(log.String(), "secret") {
		t.Errorf("%d wait; the log has\n%s", len(r.queue), &log)
	}
}

// TestACommandEndsWithTheProgram: so does what it started, and one that takes too long.
func TestACommandEndsWithTheProgram(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sleep"); err != nil {
		t.Skip(err)
	}
	began := filepath.Join(t.TempDir(), "began")
	hangs := []string{"/bin/sh", "-c", `sleep 600 & touch "$1"; wait`, "hook", began}
	r := New([]Hook{{Event: notify.NewInMine, Command: hangs}}, quiet)
	r.Told([]notify.Event{{Kind: notify.NewInMine}}, false)
	runs(t, r, began) // returns once the runner ended, which waits for the command

	r.takes = 50 * time.Millisecond
	if err := r.start(t.Context(), run{command: []string{"sleep", "600"}}); err == nil {
		t.Error("it ended well")
	}
}
