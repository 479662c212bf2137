package deletion_test

import (
	"testing"

	"go.uber.org/goleak"

	"parley/model"
	"parley/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The installer deletes the current conversation, after being told what goes; what is
// chosen first keeps it.
func TestDeleteConversation(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("ctrl+k")
	w.Types("delete conversation")
	w.Keys("enter")
	w.Shows("Delete the conversation with Customer 0", "for everybody on this hub", "n  Keep it", "y  Delete it for good")
	w.Keys("enter")
	if asked := w.Hub.Asked; len(asked) > 0 && asked[len(asked)-1] == "delete 100_5000" {
		t.Fatal("enter alone deletes")
	}
	w.Keys("ctrl+k")
	w.Types("delete conversation")
	w.Keys("enter", "y")
	w.Shows("The conversation with Customer 0 is deleted.", "Customer 1")
	if asked := w.Hub.Asked; asked[len(asked)-1] != "delete 100_5000" {
		t.Fatalf("asked %q", asked)
	}
	w.Removes("100_5000")
	w.Hides("question 0")
}

// Nobody but the installer can, and is told so.
func TestOnlyTheInstallerDeletes(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(2))
	w.PageNow(3, func(p *model.Page) { p.Installer = uitest.Ken; p.Visibility = model.Shared })
	w.Keys("ctrl+k")
	w.Types("delete conversation")
	w.Shows("Delete conversation", "Only who connected the Page can do this.")
	w.Keys("enter")
	w.Hides("Keep it")
}
