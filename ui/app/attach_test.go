package app

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"parley/model"
	"parley/ui/conversation"
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
	w := newWorld(t, some(3), func(o *Options) { o.Files = fakeFiles{} })
	w.keys("enter", "A")
	w.shows("Attach a file", "tab completes")
	w.types("/tmp/x")
	w.keys("enter")
	w.shows("It failed: there is no /tmp/x")
	w.keys("backspace")
	w.types("d")
	w.keys("tab", "enter")
	w.shows("+ with desk.png", "esc without the file")
	w.keys("enter")
	if n := len(w.hub.replies); n != 1 || len(w.hub.replies[0].Files) != 1 || w.hub.replies[0].Text != "" {
		t.Fatalf("left as %+v", w.hub.replies)
	}
	w.hides("with desk.png")
	w.keys("enter")
	w.shows("The text is empty.")
}

// TestAFileIsTakenAway by esc, and comes back with a reply that was not taken.
func TestAFileIsTakenAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3), func(o *Options) { o.Files = fakeFiles{} })
	w.keys("enter", "A")
	w.types("/tmp/desk.png")
	w.keys("enter")
	w.hub.err = errors.New("no route")
	w.types("see")
	w.keys("enter", "esc")
	w.shows("It failed: no route", "desk.png")
	w.hub.err = nil
	w.keys("D", "r")
	w.shows("+ with desk.png", "see")
	w.keys("esc")
	w.hides("+ with desk.png")
	if !w.Composing() {
		t.Error("esc left the composer")
	}
}

// TestNoFilesOverSSH: the reason stands in words.
func TestNoFilesOverSSH(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.keys("enter", "A")
	w.shows("Over SSH the files of your machine are not here.")
}

// TestUploadsAreShownAndStopped: how far a reply's files have come stands below it, and D
// stops them; what was written comes back with its files.
func TestUploadsAreShownAndStopped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3), func(o *Options) { o.Files = fakeFiles{} })
	w.slows()
	// sends sends the file off and returns the reply, which is on its way.
	sends := func() model.Reply {
		w.keys("A")
		w.types("/tmp/desk.png")
		w.keys("enter")
		w.types("The plans")
		w.keys("enter", "esc")
		return w.Unheard()[0]
	}
	w.keys("enter")
	r := sends()
	w.sends(model.Uploading{Conversation: r.Conversation, ClientID: r.ClientID, Sent: 5_000_000, All: 20_000_000, For: 2 * time.Second})
	w.shows("The plans", "25 % of 20 MB uploaded, 2.5 MB/s. D stops it.")
	w.keys("D")
	if !slices.Contains(w.hub.asked, "stop "+string(r.ClientID)) {
		t.Fatalf("asked %v", w.hub.asked)
	}
	w.sends(conversation.Replied{Reply: r, Err: context.Canceled})
	w.hides("uploaded")
	w.keys("r")
	w.shows("+ with desk.png")
	if !slices.Contains(w.hub.asked, "take back "+string(r.ClientID)) || w.typed() != "The plans" {
		t.Errorf("asked %v; %q is back", w.hub.asked, w.typed())
	}
	// All of it left: there is nothing to stop.
	w.keys("enter", "esc")
	r = w.Unheard()[0]
	w.sends(model.Uploading{Conversation: r.Conversation, ClientID: r.ClientID, Sent: 20_000_000, All: 20_000_000})
	w.hides("uploaded")
	w.keys("D")
	if slices.Contains(w.hub.asked, "stop "+string(r.ClientID)) {
		t.Error("what has left can be stopped")
	}
}
