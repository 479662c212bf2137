package editor_test

import (
	"errors"
	"os"
	"testing"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"parley/ui/app"
	"parley/ui/term"
	"parley/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a screen with an editor that leaves that text, or fails.
func world(t *testing.T, edit func(string) (string, error)) *uitest.World {
	t.Helper()
	w := uitest.NewWorld(t, uitest.Some(2), func(o *app.Options) {
		o.Edit = func(text string, _, _ *os.File) (string, error) { return edit(text) }
	})
	w.Catch = func(msg tea.Msg) bool {
		l, ok := msg.(term.Lend)
		if ok {
			w.Sends(l.Done(l.Run(nil, nil)))
		}
		return ok
	}
	return w
}

func TestTheEditorsTextIsTakenOver(t *testing.T) {
	t.Parallel()
	w := world(t, func(text string) (string, error) { return text + "\r\nand more\x1b[2J\n\n", nil })
	w.Keys("r")
	w.Types("Hello")
	w.Keys("ctrl+g")
	if got := w.Typed(); got != "Hello\nand more[2J" {
		t.Errorf("%q", got)
	}
	if len(w.Hub.Replies) != 0 {
		t.Error("it was sent")
	}
}

func TestAFailingEditorChangesNothing(t *testing.T) {
	t.Parallel()
	w := world(t, func(string) (string, error) { return "half", errors.New("exit status 1") })
	w.Keys("I")
	w.Types("Hello")
	w.Keys("ctrl+g")
	if got := w.Typed(); got != "Hello" {
		t.Errorf("%q", got)
	}
	w.Shows("The editor failed, and the text stayed as it was: exit status 1")
}

// TestTheEditorsTextStaysWithItsConversation: what comes back after its conversation was hidden is not
// put anywhere.
func TestTheEditorsTextStaysWithItsConversation(t *testing.T) {
	t.Parallel()
	var w *uitest.World
	w = world(t, func(text string) (string, error) {
		w.Removes(string(uitest.Talk(0, 1).ID))
		return text + "!", nil
	})
	w.Keys("r")
	w.Types("Hello")
	w.Keys("ctrl+g")
	if got := w.Typed(); got != "" {
		t.Errorf("%q", got)
	}
}

func TestNoEditorOverSSH(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(1))
	w.Keys("r", "ctrl+g")
	w.Shows("Your editor is not on this machine.")
}
