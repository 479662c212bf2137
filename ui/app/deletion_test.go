package app

import (
	"maps"
	"testing"

	"parley/model"
	"parley/ui/conversation"
)

// removes is that a conversation or message is gone, as it comes from the hub.
func (w *world) removes(id string) {
	w.Helper()
	w.sends(w.changed(model.ChangeRemoved, model.Removed{ID: id}))
}

// The installer deletes the current conversation, after being told what goes; what is
// chosen first keeps it.
func TestDeleteConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.keys("ctrl+k")
	w.types("delete conversation")
	w.keys("enter")
	w.shows("Delete the conversation with Customer 0", "for everybody on this hub", "n  Keep it", "y  Delete it for good")
	w.keys("enter")
	if asked := w.hub.asked; len(asked) > 0 && asked[len(asked)-1] == "delete 100_5000" {
		t.Fatal("enter alone deletes")
	}
	w.keys("ctrl+k")
	w.types("delete conversation")
	w.keys("enter", "y")
	w.shows("The conversation with Customer 0 is deleted.", "Customer 1")
	if asked := w.hub.asked; asked[len(asked)-1] != "delete 100_5000" {
		t.Fatalf("asked %q", asked)
	}
	w.removes("100_5000")
	w.hides("question 0")
}

// Nobody but the installer can, and is told so.
func TestOnlyTheInstallerDeletes(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(2))
	w.pageNow(3, func(p *model.Page) { p.Installer = ken; p.Visibility = model.Shared })
	w.keys("ctrl+k")
	w.types("delete conversation")
	w.shows("Delete conversation", "Only who connected the Page can do this.")
	w.keys("enter")
	w.hides("Keep it")
}

// What is typed and kept of a conversation that somebody deletes goes too, from memory and
// from disk, also what is in the composer at that moment; the others' stays.
func TestDeletedConversationTakesWhatIsTyped(t *testing.T) {
	t.Parallel()
	typed := map[model.DraftOf]string{
		{Conversation: "100_5000", Note: true}: "a note about her",
		{Conversation: "100_5001"}:             "kept for another",
		{Conversation: "200_1"}:                "of a Page that is not there",
	}
	w := newWorld(t, some(3), func(o *Options) {
		o.Typed = map[model.DraftOf]model.Draft{}
		for of, text := range typed {
			o.Typed[of] = model.Draft{Text: model.Untrusted(text)}
		}
		o.Unsent = []model.Reply{{Conversation: "100_5000", ClientID: "c1", Text: "not handed in"}, {Conversation: "100_5001", ClientID: "c2", Text: "nor this"}}
	})
	maps.Copy(w.drafts, typed)
	w.keys("enter", "r")
	w.types("half a sentence")
	w.passes(conversation.DraftPause)
	if w.drafts[model.DraftOf{Conversation: "100_5000"}] != "half a sentence" {
		t.Fatalf("kept %v", w.drafts)
	}
	w.types(" and more")
	w.removes("100_5000")
	w.passes(conversation.DraftPause)
	w.hides("half a sentence", "question 0", "not handed in")
	if of, text := w.Unsaved(); of.Conversation != "" || text != "" {
		t.Errorf("would still save %q of %s", text, of.Conversation)
	}
	for of, text := range w.drafts {
		if of.Conversation == "100_5000" && text != "" {
			t.Errorf("%q of the deleted is on disk", text)
		}
	}
	if w.drafts[model.DraftOf{Conversation: "100_5001"}] != "kept for another" || w.drafts[model.DraftOf{Conversation: "200_1"}] == "" {
		t.Errorf("drafts of others: %v", w.drafts)
	}
	if left := w.Unheard(); len(left) != 1 || left[0].Conversation != "100_5001" {
		t.Errorf("replies that were not handed in: %v", left)
	}
	if want := "taken c1"; w.hub.asked[len(w.hub.asked)-1] != want {
		t.Errorf("asked %q, want %q at last", w.hub.asked, want)
	}
}
