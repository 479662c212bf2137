package ui

import (
	"errors"
	"testing"
)

// fakeFiles is a machine with one picture.
type fakeFiles struct{}

func (fakeFiles) Check(path string) (File, error) {
	if path != "/tmp/desk.png" {
		return File{}, errors.New("there is no " + path)
	}
	return File{Path: path, Name: "desk.png", Size: 1_200_000, SHA256: "x"}, nil
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
	if !w.box.IsOpen() {
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
