package conversation_test

import (
	"maps"
	"testing"

	"parley/model"
	"parley/ui/app"
	"parley/ui/conversation"
	"parley/ui/uitest"
)

// What is typed and kept of a conversation that somebody deletes goes too, from memory and
// from disk, also what is in the composer at that moment; the others' stays.
func TestDeletedConversationTakesWhatIsTyped(t *testing.T) {
	t.Parallel()
	typed := map[model.DraftOf]string{
		{Conversation: "100_5000", Note: true}: "a note about her",
		{Conversation: "100_5001"}:             "kept for another",
		{Conversation: "200_1"}:                "of a Page that is not there",
	}
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) {
		o.Typed = map[model.DraftOf]model.Draft{}
		for of, text := range typed {
			o.Typed[of] = model.Draft{Text: model.Untrusted(text)}
		}
		o.Unsent = []model.Reply{{Conversation: "100_5000", ClientID: "c1", Text: "not handed in"}, {Conversation: "100_5001", ClientID: "c2", Text: "nor this"}}
	})
	maps.Copy(w.Drafts, typed)
	w.Keys("enter", "r")
	w.Types("half a sentence")
	w.Passes(conversation.DraftPause)
	if w.Drafts[model.DraftOf{Conversation: "100_5000"}] != "half a sentence" {
		t.Fatalf("kept %v", w.Drafts)
	}
	w.Types(" and more")
	w.Removes("100_5000")
	w.Passes(conversation.DraftPause)
	w.Hides("half a sentence", "question 0", "not handed in")
	if of, d := w.Unsaved(); of.Conversation != "" || !d.Empty() {
		t.Errorf("would still save %q of %s", d.Text, of.Conversation)
	}
	for of, text := range w.Drafts {
		if of.Conversation == "100_5000" && text != "" {
			t.Errorf("%q of the deleted is on disk", text)
		}
	}
	if w.Drafts[model.DraftOf{Conversation: "100_5001"}] != "kept for another" || w.Drafts[model.DraftOf{Conversation: "200_1"}] == "" {
		t.Errorf("drafts of others: %v", w.Drafts)
	}
	if left := w.Unheard(); len(left) != 1 || left[0].Conversation != "100_5001" {
		t.Errorf("replies that were not handed in: %v", left)
	}
	if want := "taken c1"; w.Hub.Asked[len(w.Hub.Asked)-1] != want {
		t.Errorf("asked %q, want %q at last", w.Hub.Asked, want)
	}
}
