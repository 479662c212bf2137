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
	if !w.writer.Box.IsOpen() {
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
	w := newWorld(t, some(3))
	w.keys("enter")
	id := w.Shown
	r := model.Reply{Conversation: id, ClientID: "big", Text: "The plans", Files: []model.File{{Path: "/plans.pdf", Size: 20_000_000}}}
	w.writer.Replies.Add(r, "")
	w.writer.Replies.Next(id)
	w.sends(model.Uploading{Conversation: id, ClientID: "big", Sent: 5_000_000, All: 20_000_000, For: 2 * time.Second})
	w.shows("The plans", "25 % of 20 MB uploaded, 2.5 MB/s. D stops it.")
	w.keys("D")
	if !slices.Contains(w.hub.asked, "stop big") {
		t.Fatalf("asked %v", w.hub.asked)
	}
	w.sends(conversation.Replied{Reply: r, Err: context.Canceled})
	w.hides("uploaded")
	if !slices.Contains(w.hub.asked, "take back big") || w.writer.Box.Text() != "The plans" || len(w.writer.Attached[id]) != 1 {
		t.Errorf("asked %v; %q with %v is back", w.hub.asked, w.writer.Box.Text(), w.writer.Attached[id])
	}
	// All of it left: there is nothing to stop.
	r.ClientID = "small"
	w.writer.Replies.Add(r, "")
	w.writer.Replies.Next(id)
	w.sends(model.Uploading{Conversation: id, ClientID: "small", Sent: 20_000_000, All: 20_000_000})
	w.hides("uploaded")
	if why := w.writer.NeedsDroppable(); why == "" {
		t.Error("what has left can be stopped")
	}
}
