package snippets_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/model/snippet"
	"parley/ui/app"
	"parley/ui/snippets"
	"parley/ui/uitest"
)

// world is a screen on a hub with these snippets, in the first conversation.
func world(t *testing.T, all ...snippet.Snippet) *uitest.World {
	t.Helper()
	w := uitest.NewWorld(t, uitest.Some(3))
	keeps(w, all...)
	return w
}

// keeps has the hub keep these snippets, and the screen read them.
func keeps(w *uitest.World, all ...snippet.Snippet) {
	w.Helper()
	w.Hub.Kept = all
	w.Keys("ctrl+o", "esc", "esc")
}

func own(name string, text model.Untrusted) snippet.Snippet {
	return snippet.Snippet{Name: name, Text: text}
}

func team(name string, text model.Untrusted) snippet.Snippet {
	return snippet.Snippet{Name: name, Text: text, Team: true}
}

func TestTabInsertsASnippet(t *testing.T) {
	t.Parallel()
	all := []snippet.Snippet{
		own("hello", "Hello {customer}, {me} of {page} here."), team("挨拶", "{customer.first}様"), team("hello", "the team's"),
		own("hours", "9 to 5"), team("thanks", "Thanks\nand bye"),
	}
	for _, c := range []struct{ name, typed, want string }{
		{"a name", ";hello", "Hello Customer 0, Aoi of Aoyama Coffee here."},
		{"the only one that begins so", ";th", "Thanks\nand bye"},
		{"in the middle of a text", "Well ;hours", "Well 9 to 5"},
		{"after Japanese, without a space", "はい。；挨拶", "はい。Customer様"},
		{"full width", "；ＨＥＬＬＯ", "Hello Customer 0, Aoi of Aoyama Coffee here."},
		{"as far as they are the same", ";h", ";h"},
		{"none", ";x", ";x"},
		{"no name", "hello", "hello"},
	} {
		w := world(t, all...)
		w.Keys("r")
		w.Types(c.typed)
		w.Keys("tab")
		if got := w.Typed(); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// TestNamesAreSaidWhileTyping: what tab would insert, and what several have in common.
func TestNamesAreSaidWhileTyping(t *testing.T) {
	t.Parallel()
	w := world(t, own("hello", "a"), own("hello-again", "b"), own("hours", "c"))
	w.Keys("r")
	w.Types(";he")
	w.Shows("tab inserts ;hello ;hello-again")
	w.Keys("tab")
	if w.Typed() != ";hello" {
		t.Errorf("completed to %q", w.Typed())
	}
	w.Keys("tab")
	if w.Typed() != "a" {
		t.Errorf("inserted %q", w.Typed())
	}
}

// TestMissingFieldsAreNotSent: the customer never sees one, by a snippet or typed by hand; a note may
// say anything.
func TestMissingFieldsAreNotSent(t *testing.T) {
	t.Parallel()
	w := world(t, own("offer", "{deal.title} costs {deal.value}"))
	w.Keys("r")
	w.Types(";offer")
	w.Keys("tab")
	w.Shows("Not known here: {deal.title} {deal.value}")
	w.Keys("enter")
	w.Shows("Not sent: {deal.title} {deal.value}")
	if len(w.Hub.Replies) != 0 || w.Typed() != "{deal.title} costs {deal.value}" {
		t.Fatalf("%d sent, %q left", len(w.Hub.Replies), w.Typed())
	}
	w.Keys("ctrl+u")
	w.Types("for {customer} {name}")
	w.Keys("enter")
	w.Shows("Not sent: {customer} still")
	w.Keys("ctrl+u")
	w.Types("any {name}")
	w.Keys("enter")
	if len(w.Hub.Replies) != 1 {
		t.Errorf("%d sent", len(w.Hub.Replies))
	}
	w.Keys("esc", "I")
	w.Types("say {customer}")
	w.Keys("enter")
	if len(w.Hub.Replies) != 2 || !w.Hub.Replies[1].Note {
		t.Errorf("%d stored", len(w.Hub.Replies))
	}
}

// linked is a conversation with a deal that this user may see.
func linked(c *model.Conversation) {
	c.Links = []model.Link{{Type: "deal", ID: "42", Title: "Office chairs"}, {Type: "person", ID: "12", Title: "山田 花子"}}
}

func TestFieldsOfTheDeal(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, []model.Conversation{uitest.Talk(0, 1, linked)})
	w.Hub.CRM.Records = map[model.RecordRef]model.Record{{Type: model.Deal, ID: "42"}: {
		RecordRef: model.RecordRef{Type: model.Deal, ID: "42"}, Title: "Office chairs", Value: &model.Money{Amount: 480000, Currency: "JPY"},
		Stage: &model.Stage{ID: 1, Name: "Proposal"},
	}}
	w.Sends(tea.WindowSizeMsg{Width: 80, Height: 24}) // without the panel, which would have read it
	keeps(w, own("offer", "{person.name}: {deal.title}, {deal.value}, {deal.stage}"))
	w.Keys("r")
	w.Types(";offer")
	w.Keys("tab")
	if got := w.Typed(); got != "山田 花子: Office chairs, ¥480,000, Proposal" {
		t.Errorf("%q", got)
	}
}

// TestHostileNames: a customer's name is text, and nothing else, wherever it stands.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, []model.Conversation{uitest.Talk(0, 1, func(c *model.Conversation) { c.Customer.Name = "{me}\n\u202eevil\u001b]0;x\u0007" })})
	keeps(w, own("hi", "Hi {customer}"))
	w.Keys("r")
	w.Types(";hi")
	w.Keys("tab")
	if got := w.Typed(); got != "Hi {me} \u202eevil]0;x" {
		t.Errorf("%q", got)
	}
	w.Hides("\u202e")
	w.Keys("enter")
	if len(w.Hub.Replies) != 0 {
		t.Error("what looks like a field was sent")
	}
}

func TestPicker(t *testing.T) {
	t.Parallel()
	w := world(t, own("hello", "Hello {customer}"), team("見積", "お見積もりです。{deal.title}"))
	w.Keys("r")
	w.Types("Well, ")
	w.Keys("ctrl+o")
	w.Shows("own   ;hello", "team  ;見積", "Hello Customer 0")
	w.Types("お見積")
	w.Hides(";hello")
	w.Shows("Not known here: {deal.title}")
	w.Keys("backspace", "backspace", "backspace")
	w.Types("HELL")
	w.Keys("enter")
	if got := w.Typed(); got != "Well, Hello Customer 0" {
		t.Errorf("%q", got)
	}
	w.Keys("esc", "I", "ctrl+o", "enter")
	if got := w.Typed(); got != "Hello Customer 0" || !w.TypedOf().Note {
		t.Errorf("in a note: %q", got)
	}
}

// TestPickerCloses when its conversation is hidden: it names the customer.
func TestPickerCloses(t *testing.T) {
	t.Parallel()
	w := world(t, own("hello", "Hello {customer}"))
	w.Keys("ctrl+o")
	w.Shows("Hello Customer 0")
	w.Hidden()
	w.Hides("Customer 0", "Hello")
}

func macro(m snippet.Macro, text model.Untrusted) snippet.Snippet {
	return snippet.Snippet{Name: "paid", Text: text, Macro: &m}
}

// triage returns a customer's conversation.
func triage(w *uitest.World, n int) model.Conversation {
	w.Helper()
	r, ok := w.Inbox.Conversation(uitest.Talk(n, 0).ID)
	if !ok {
		w.Fatal("it is gone")
	}
	return r.Conversation
}

// TestMacroSendsAndActs in one step: what can be undone is undone by one key, and the toast says what
// can't.
func TestMacroSendsAndActs(t *testing.T) {
	t.Parallel()
	w := world(t, macro(snippet.Macro{Send: true, Label: "paid", Assign: snippet.ToMe, Done: true}, "Thanks {customer}"))
	w.Keys("alt+1")
	if len(w.Hub.Replies) != 1 || w.Hub.Replies[0].Text != "Thanks Customer 0" {
		t.Fatalf("sent %d", len(w.Hub.Replies))
	}
	c := triage(w, 0)
	if c.Status != model.Done || len(c.Labels) != 1 || c.Assignee == nil || c.Assignee.ID != uitest.Me {
		t.Fatalf("%s %v %v", c.Status, c.Labels, c.Assignee)
	}
	w.Shows("A reply that has left stays sent.", "z undo")
	w.Keys("z")
	if c = triage(w, 0); c.Status != model.Open || len(c.Labels) != 0 || c.Assignee != nil {
		t.Errorf("undone: %s %v %v", c.Status, c.Labels, c.Assignee)
	}
	if len(w.Hub.Replies) != 1 {
		t.Errorf("%d replies", len(w.Hub.Replies))
	}
}

// TestMacroDoesNothing at all where it can't send.
func TestMacroDoesNothing(t *testing.T) {
	t.Parallel()
	does := snippet.Macro{Send: true, Label: "paid", Done: true}
	closed := func(c *model.Conversation) {
		c.WindowUntil = nil
		c.Reply = model.Verdict{Code: model.WindowClosed}
	}
	for name, c := range map[string]struct {
		text   model.Untrusted
		change func(*model.Conversation)
		keys   func(*uitest.World)
		says   string
	}{
		"a missing field": {"for {deal.title}", func(*model.Conversation) {}, nil, "Not known here: {deal.title}"},
		"a closed window": {"Thanks", closed, nil, "Reply window closed"},
		"a text begun":    {"Thanks", func(*model.Conversation) {}, func(w *uitest.World) { w.Keys("r"); w.Types("Dear") }, "Nothing was done"},
		"a draft":         {"Thanks", func(*model.Conversation) {}, func(w *uitest.World) { w.Keys("r"); w.Types("Dear"); w.Keys("esc") }, "Nothing was done"},
		"a note":          {"Thanks", func(*model.Conversation) {}, func(w *uitest.World) { w.Keys("I") }, "not a note"},
	} {
		w := uitest.NewWorld(t, []model.Conversation{uitest.Talk(0, 1, c.change)})
		w.Keys("0") // what can't be answered is not among the open ones
		keeps(w, macro(does, c.text))
		if c.keys != nil {
			c.keys(w)
		}
		w.Keys("alt+1")
		if got := triage(w, 0); len(w.Hub.Replies) != 0 || got.Status != model.Open || len(got.Labels) != 0 {
			t.Errorf("%s: %d sent, %s %v", name, len(w.Hub.Replies), got.Status, got.Labels)
		}
		if !strings.Contains(w.Text(), c.says) {
			t.Errorf("%s: it doesn't say %q:\n%s", name, c.says, w.Text())
		}
	}
}

// TestMacroFollowsTheReply: without send it writes, and does the rest once the user sends; leaving the
// reply leaves that out.
func TestMacroFollowsTheReply(t *testing.T) {
	t.Parallel()
	w := world(t, macro(snippet.Macro{Label: "paid", Done: true, Key: "f5"}, "Thanks {deal.title}"))
	f5 := tea.KeyPressMsg{Code: tea.KeyF5}
	w.Sends(f5)
	if got := triage(w, 0); w.Typed() != "Thanks {deal.title}" || got.Status != model.Open {
		t.Fatalf("%q, %s", w.Typed(), got.Status)
	}
	w.Keys("enter")
	if len(w.Hub.Replies) != 0 || triage(w, 0).Status != model.Open {
		t.Fatal("sent with a missing field")
	}
	for range len("{deal.title}") {
		w.Keys("backspace")
	}
	w.Types("again")
	w.Keys("enter")
	if got := triage(w, 0); len(w.Hub.Replies) != 1 || got.Status != model.Done || len(got.Labels) != 1 {
		t.Fatalf("%d sent, %s %v", len(w.Hub.Replies), got.Status, got.Labels)
	}
	w = world(t, macro(snippet.Macro{Done: true, Key: "f5"}, "Thanks"))
	w.Sends(f5)
	w.Keys("esc", "r", "enter")
	if len(w.Hub.Replies) != 1 || triage(w, 0).Status != model.Open {
		t.Errorf("%d sent, %s", len(w.Hub.Replies), triage(w, 0).Status)
	}
}

// TestMacroWithoutText acts at once, from the palette by its name, too.
func TestMacroWithoutText(t *testing.T) {
	t.Parallel()
	w := world(t, macro(snippet.Macro{Label: "spam", Done: true}, ""))
	w.Palette("paid")
	if got := triage(w, 0); got.Status != model.Done || len(got.Labels) != 1 {
		t.Errorf("%s %v", got.Status, got.Labels)
	}
}

func TestManaging(t *testing.T) {
	t.Parallel()
	w := world(t, team("hello", "Hello"))
	w.Palette("Snippets and macros")
	w.Shows("team  ;hello", "New snippet")
	w.Hides("New snippet for the team")
	w.Keys("enter")
	w.Shows("Only an admin can do this.")
	w.Keys("esc", "down", "enter")
	w.Types("bye")
	w.Keys("tab")
	w.Types("Bye {customer}")
	w.Keys("alt+enter")
	w.Types("See you")
	w.Keys("enter")
	if len(w.Hub.Kept) != 2 || w.Hub.Kept[1].Text != "Bye {customer}\nSee you" || w.Hub.Kept[1].Macro != nil {
		t.Fatalf("kept %d", len(w.Hub.Kept))
	}
	w.Shows("Snippet bye is saved.")
	w.Keys("r")
	w.Types(";bye")
	w.Keys("tab")
	if w.Typed() != "Bye Customer 0\nSee you" {
		t.Errorf("%q", w.Typed())
	}
	w.Keys("ctrl+u", "backspace", "ctrl+u", "esc")

	w.Palette("Snippets and macros")
	w.Types("bye")
	w.Keys("enter", "e")
	w.Shows("See you")
	w.Keys("shift+tab")
	w.Types("-all")
	w.Keys("enter")
	if len(w.Hub.Kept) != 2 || w.Hub.Kept[1].Name != "bye-all" {
		t.Errorf("renamed to %v", w.Hub.Kept[1].Name)
	}
	w.Palette("Snippets and macros")
	w.Types("bye")
	w.Keys("enter", "x", "y")
	if len(w.Hub.Kept) != 1 {
		t.Errorf("%d left", len(w.Hub.Kept))
	}
}

// TestWhatIsTypedIsNotLost by one esc, or by a refusal.
func TestWhatIsTypedIsNotLost(t *testing.T) {
	t.Parallel()
	w := world(t)
	w.Palette("Snippets and macros")
	w.Keys("enter")
	w.Types("two words")
	w.Keys("tab")
	w.Types("Some text")
	w.Keys("esc")
	w.Shows("Some text", "esc again discards it")
	w.Keys("enter")
	w.Shows("Some text", "A name has letters, digits and - only")
	if len(w.Hub.Kept) != 0 {
		t.Error("it is kept")
	}
	w.Keys("esc")
	w.Hides("Some text")
}

// TestMacroUndoesTheHeldReply: while the reply is held back, one key takes back all of it; later, what
// can still be undone.
func TestMacroUndoesTheHeldReply(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]bool{"held": false, "gone": true} {
		w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Hold = 5 * time.Second })
		keeps(w, macro(snippet.Macro{Send: true, Label: "paid", Done: true}, "Thanks"))
		w.Keys("alt+1")
		if len(w.Hub.Replies) != 0 || triage(w, 0).Status != model.Done {
			t.Fatalf("%s: %d sent, %s", name, len(w.Hub.Replies), triage(w, 0).Status)
		}
		if late {
			w.Passes(6 * time.Second)
		}
		w.Keys("z")
		w.Passes(10 * time.Second)
		want, draft := 0, "Thanks"
		if late {
			want, draft = 1, ""
		}
		got := triage(w, 0)
		if len(w.Hub.Replies) != want || got.Status != model.Open || len(got.Labels) != 0 || w.Drafts[model.DraftOf{Conversation: got.ID}] != draft {
			t.Errorf("%s: %d sent, %s %v, draft %q", name, len(w.Hub.Replies), got.Status, got.Labels, w.Drafts[model.DraftOf{Conversation: got.ID}])
		}
	}
}

// TestMacroFollowsSendAndDone: what a macro leaves to be done is done by the key that sends and is done,
// too.
func TestMacroFollowsSendAndDone(t *testing.T) {
	t.Parallel()
	w := world(t, macro(snippet.Macro{Label: "paid", Done: true, Key: "f5"}, "Thanks"))
	w.Sends(tea.KeyPressMsg{Code: tea.KeyF5})
	w.Keys("alt+s")
	if got := triage(w, 0); len(w.Hub.Replies) != 1 || len(got.Labels) != 1 {
		t.Errorf("%d sent, %v", len(w.Hub.Replies), got.Labels)
	}
}

// TestMacrosOfTheUsersFile: a key runs them before those that the hub keeps, in one step that undo
// takes back; the text may be that of a snippet; palette and help show the key.
func TestMacrosOfTheUsersFile(t *testing.T) {
	t.Parallel()
	own := func(x snippet.Macro, text model.Untrusted, uses string) snippets.Configured {
		return snippets.Configured{Snippet: snippet.Snippet{Name: "thanks", Text: text, Macro: &x}, Uses: uses}
	}
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) {
		o.Macros = []snippets.Configured{
			own(snippet.Macro{Send: true, Label: "paid", Done: true, Key: "alt+q"}, "", "greeting"),
			own(snippet.Macro{Send: true, Done: true, Key: "alt+w"}, "", "nothing"),
		}
	})
	keeps(w, snippet.Snippet{Name: "greeting", Text: "Hello {customer}"}, macro(snippet.Macro{Label: "other", Key: "alt+q"}, ""))
	w.Sends(tea.WindowSizeMsg{Width: 160, Height: 120})
	w.Keys("?")
	w.Shows("Macros and saved views", "alt+q")
	w.Keys("esc", "alt+w")
	if got := triage(w, 0); len(w.Hub.Replies) > 0 || got.Status != model.Open {
		t.Errorf("without its snippet it sent %v, %s", w.Hub.Replies, got.Status)
	}
	w.Shows("nothing")
	w.Keys("alt+q")
	if got := triage(w, 0); len(w.Hub.Replies) != 1 || w.Hub.Replies[0].Text != "Hello Customer 0" || got.Status != model.Done || !slices.Equal(got.Labels, []string{"paid"}) {
		t.Fatalf("sent %v, %s %v", w.Hub.Replies, got.Status, got.Labels)
	}
	w.Keys("z")
	if got := triage(w, 0); got.Status != model.Open || len(got.Labels) > 0 {
		t.Errorf("undone: %s %v", got.Status, got.Labels)
	}
}

// TestAHeldMacroSendsOnce: the key's repeats send nothing, neither to this customer nor to the next.
func TestAHeldMacroSendsOnce(t *testing.T) {
	t.Parallel()
	w := world(t, macro(snippet.Macro{Send: true}, "Thanks {customer}"))
	for range 30 {
		w.Keys("alt+1")
		w.Passes(33 * time.Millisecond)
	}
	if len(w.Hub.Replies) != 1 {
		t.Fatalf("sent %d times", len(w.Hub.Replies))
	}
	w.Shows("That macro has just sent its text.")
	w.Keys("j", "alt+1")
	if len(w.Hub.Replies) != 1 {
		t.Error("the next customer got it by the same press")
	}
	w.Passes(4 * time.Second)
	w.Keys("alt+1")
	if len(w.Hub.Replies) != 2 {
		t.Errorf("sent %d times, want 2", len(w.Hub.Replies))
	}
}

// TestMacrosAreForOneCustomer: with several selected they do nothing.
func TestMacrosAreForOneCustomer(t *testing.T) {
	t.Parallel()
	w := world(t, macro(snippet.Macro{Send: true, Done: true}, "Thanks"))
	w.Keys("esc", "x", "alt+1")
	if len(w.Hub.Replies) != 0 || triage(w, 0).Status != model.Open {
		t.Errorf("sent %d", len(w.Hub.Replies))
	}
	w.Shows("This goes to one customer at a time.")
}
