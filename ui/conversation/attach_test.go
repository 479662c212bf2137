package conversation_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"parley/model"
	"parley/ui/app"
	"parley/ui/conversation"
	"parley/ui/uitest"
)

// fakeFiles is a machine with one picture.
type fakeFiles struct{}

func (fakeFiles) Check(path string) (model.File, error) {
	if path != "/tmp/desk.png" {
		return model.File{}, errors.New("there is no " + path)
	}
	return model.File{Path: path, Size: 1_200_000, SHA256: "x"}, nil
}

func (fakeFiles) Complete(path string) string {
	if path == "/tmp/d" {
		return "/tmp/desk.png"
	}
	return path
}

// TestAFileIsAttached by its path, shown over the text, and sent with it or alone.
func TestAFileIsAttached(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Files = fakeFiles{} })
	w.Keys("enter", "A")
	w.Shows("Attach a file", "tab completes")
	w.Types("/tmp/x")
	w.Keys("enter")
	w.Shows("It failed: there is no /tmp/x")
	w.Keys("backspace")
	w.Types("d")
	w.Keys("tab", "enter")
	w.Shows("+ with desk.png", "esc without the file")
	w.Keys("enter")
	if n := len(w.Hub.Replies); n != 1 || len(w.Hub.Replies[0].Files) != 1 || w.Hub.Replies[0].Text != "" {
		t.Fatalf("left as %+v", w.Hub.Replies)
	}
	w.Hides("with desk.png")
	w.Keys("enter")
	w.Shows("The text is empty.")
}

// TestAFileIsTakenAway by esc, and comes back with a reply that was not taken.
func TestAFileIsTakenAway(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Files = fakeFiles{} })
	w.Keys("enter", "A")
	w.Types("/tmp/desk.png")
	w.Keys("enter")
	w.Hub.Err = errors.New("no route")
	w.Types("see")
	w.Keys("enter", "esc")
	w.Shows("It failed: no route", "desk.png")
	w.Hub.Err = nil
	w.Keys("D", "r")
	w.Shows("+ with desk.png", "see")
	w.Keys("esc")
	w.Hides("+ with desk.png")
	if !w.Composing() {
		t.Error("esc left the composer")
	}
}

// TestNoFilesOverSSH: the reason stands in words.
func TestNoFilesOverSSH(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("enter", "A")
	w.Shows("Over SSH the files of your machine are not here.")
}

// TestUploadsAreShownAndStopped: how far a reply's files have come stands below it, and D
// stops them; what was written comes back with its files.
func TestUploadsAreShownAndStopped(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Files = fakeFiles{} })
	w.Slows()
	// sends sends the file off and returns the reply, which is on its way.
	sends := func() model.Reply {
		w.Keys("A")
		w.Types("/tmp/desk.png")
		w.Keys("enter")
		w.Types("The plans")
		w.Keys("enter", "esc")
		return w.Unheard()[0]
	}
	w.Keys("enter")
	r := sends()
	w.Sends(model.Uploading{Conversation: r.Conversation, ClientID: r.ClientID, Sent: 5_000_000, All: 20_000_000, For: 2 * time.Second})
	w.Shows("The plans", "25 % of 20 MB uploaded, 2.5 MB/s. D stops it.")
	w.Keys("D")
	if !slices.Contains(w.Hub.Asked, "stop "+string(r.ClientID)) {
		t.Fatalf("asked %v", w.Hub.Asked)
	}
	w.Sends(conversation.Replied{Reply: r, Err: context.Canceled})
	w.Hides("uploaded")
	w.Keys("r")
	w.Shows("+ with desk.png")
	if !slices.Contains(w.Hub.Asked, "take back "+string(r.ClientID)) || w.Typed() != "The plans" {
		t.Errorf("asked %v; %q is back", w.Hub.Asked, w.Typed())
	}
	// All of it left: there is nothing to stop.
	w.Keys("enter", "esc")
	r = w.Unheard()[0]
	w.Sends(model.Uploading{Conversation: r.Conversation, ClientID: r.ClientID, Sent: 20_000_000, All: 20_000_000})
	w.Hides("uploaded")
	w.Keys("D")
	if slices.Contains(w.Hub.Asked, "stop "+string(r.ClientID)) {
		t.Error("what has left can be stopped")
	}
}
