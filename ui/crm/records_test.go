package crm_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/app"
	"parley/ui/crm"
	"parley/ui/screen"
	"parley/ui/uitest"
)

// freshFor is how long a record counts as just read.
const freshFor = 10 * time.Second

func linkedTo(all ...model.Link) func(*model.Conversation) {
	return func(c *model.Conversation) { c.Links = all }
}

var (
	toHanako = model.Link{Type: "person", ID: "12", Title: "山田 花子"}
	toChairs = model.Link{Type: "deal", ID: "42", Title: "Office chairs"}
	toLead   = model.Link{Type: "lead", ID: "11111111-2222-3333-4444-555555555555", Title: "Chairs some day"}
)

// TestPanel: nothing linked, being read, read, and what can't be read differ.
func TestPanel(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toHanako, toChairs)), uitest.Talk(1, 2)})
	w.Keys("j", "enter")
	w.Shows("Not linked to Pipedrive.", "c links it.")
	w.Keys("esc", "k")
	msgs := collect(w.Updates(uitest.Press("enter")))
	w.Shows("◆ Office chairs", "Reading from Pipedrive")
	for _, m := range msgs {
		w.Sends(m)
	}
	w.Hides("Reading from Pipedrive")
	w.Shows("Contact", "◆ 山田 花子", "青山商事", "hanako@example.com", "090-1234-5678", "Owner Ken", "Deal", "¥480,000 · Proposal", "Sales",
		"Owner you", "Expected to close 31 Dec", "Other open deals and leads", "Standing desks")
	if n := strings.Count(w.Text(), "Office chairs"); n != 1 {
		t.Errorf("the linked deal stands there %d times", n)
	}
	before := asks(w, "record ")
	w.Keys("esc", "enter")
	if n := asks(w, "record "); n != before {
		t.Errorf("opened at once again, %d more are read", n-before)
	}
	w.Passes(freshFor)
	moved := w.Hub.CRM.Records[toChairs.Ref()]
	moved.Stage = &model.Stage{ID: 3, Name: "Negotiation", PipelineID: 1}
	w.Hub.CRM.Put(moved)
	w.Keys("esc", "enter")
	w.Shows("¥480,000 · Negotiation")
	w.Hub.CRM.Err = errors.New("it is away")
	w.Passes(freshFor)
	w.Keys("i", "i")
	w.Shows("◆ Office chairs", "It failed: it is away")
	w.Hides("Negotiation", "hanako@") // it may no longer be theirs to see
	w.Hub.CRM.Err = nil
	w.Keys("i", "i")
	w.Shows("Negotiation", "hanako@")
}

// TestPanelIsToldOfChanges: what somebody changes in Pipedrive is shown at once, though it
// was just read; what happens to other conversations reads nothing.
func TestPanelIsToldOfChanges(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toHanako, toChairs)), uitest.Talk(1, 2, linkedTo(toChairs))})
	w.Keys("enter")
	w.Shows("¥480,000 · Proposal")
	moved := w.Hub.CRM.Records[toChairs.Ref()]
	moved.Stage = &model.Stage{ID: 3, Name: "Negotiation", PipelineID: 1}
	w.Hub.CRM.Put(moved)
	told := func(c model.Conversation) {
		w.Sends(w.Changed(model.ChangeLink, model.LinkChange{Conversation: c.ID, Links: c.Links}))
	}
	told(uitest.Talk(1, 2, linkedTo(toChairs)))
	w.Shows("¥480,000 · Proposal")
	told(uitest.Talk(0, 1, linkedTo(toHanako, toChairs)))
	w.Shows("¥480,000 · Negotiation")
}

// TestADealTellsOfItsPerson where that is not linked.
func TestADealTellsOfItsPerson(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toChairs))})
	w.Keys("enter")
	w.Shows("hanako@example.com", "Standing desks")
}

// TestNothingOfARecordLingers after its conversation is left, hidden, deleted or linked
// otherwise, whatever answer comes then.
func TestNothingOfARecordLingers(t *testing.T) {
	t.Parallel()
	theirs := []string{"山田", "hanako@", "090-1234", "Office chairs", "Standing desks", "480,000", "青山商事"}
	for name, goes := range map[string]func(*uitest.World){
		"left":     func(w *uitest.World) { w.Keys("esc", "j", "enter") },
		"hidden":   func(w *uitest.World) { w.Hidden() },
		"deleted":  func(w *uitest.World) { w.Removes(string(uitest.Talk(0, 0).ID)) },
		"unlinked": func(w *uitest.World) { w.Arrives(uitest.Talk(0, 1, func(c *model.Conversation) { c.Seq = 500 })) },
	} {
		w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toHanako, toChairs)), uitest.Talk(1, 2)})
		w.PageNow(2, func(p *model.Page) { p.Visibility, p.Installer = model.Shared, uitest.Ken })
		w.Keys("enter")
		w.Shows(theirs...)
		w.Passes(freshFor)
		w.Keys("i")
		late := collect(w.Updates(uitest.Press("i")))
		if len(late) != 2 {
			t.Fatalf("%s: %d are read anew", name, len(late))
		}
		w.Keys("o")
		goes(w)
		w.Hides(theirs...)
		for _, m := range late {
			w.Sends(m)
		}
		w.Hides(theirs...)
		if n := w.Holds("crm", "records", "held"); n != 0 {
			t.Errorf("%s: %d records are still held", name, n)
		}
	}
}

// TestChoicesGoWithTheirConversation: nor does a list that names a record, or what was
// just said of it.
func TestChoicesGoWithTheirConversation(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]string{{"S"}, {"L"}, {"U"}, {"o"}, {"W"}} {
		w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toHanako, toChairs)), uitest.Talk(1, 2)})
		w.Keys("enter", "tab")
		w.Keys(keys...)
		w.Shows("Office chairs")
		w.Removes(string(uitest.Talk(0, 0).ID))
		w.Hides("Office chairs")
	}
}

// TestStageAndBack: the deal moves within its pipeline, and z moves it back.
func TestStageAndBack(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toHanako, toChairs))})
	w.Keys("enter", "tab")
	w.Shows("S stage", "W won", "L lost")
	w.Keys("S")
	w.Shows("Move Office chairs to a stage", "Contacted", "Proposal", "now", "Negotiation")
	w.Hides("Elsewhere")
	w.Keys("3")
	w.Shows("Office chairs is in Negotiation.", "z undo", "¥480,000 · Negotiation")
	w.Keys("z")
	w.Shows("¥480,000 · Proposal")
	w.Keys("S", "2")
	if n := asks(w, "stage "); n != 2 {
		t.Errorf("to where it is already, it was moved: %v", w.Hub.Asked)
	}
}

// TestAChoiceThatComesWhileTyping: what is typed goes on for a moment, and chooses nothing.
func TestAChoiceThatComesWhileTyping(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toHanako, toChairs))})
	w.Keys("enter", "tab")
	var late tea.Msg
	w.Catch = func(msg tea.Msg) bool {
		_, asked := msg.(crm.Msg)
		if asked {
			late = msg
		}
		return asked
	}
	w.Keys("S", "r")
	w.Types("We have ")
	w.Catch = nil
	w.Sends(late)
	w.Shows("Move Office chairs to a stage")
	for range 2 { // the second belongs to the same typing
		w.Passes(300 * time.Millisecond)
		w.Keys("3")
		w.Shows("Move Office chairs to a stage")
	}
	w.Passes(400 * time.Millisecond)
	w.Keys("3")
	w.Shows("Office chairs is in Negotiation.")
}

// TestWonAndLost, with a reason, and open again.
func TestWonAndLost(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toChairs))})
	w.Keys("enter", "tab", "W")
	w.Shows("Office chairs is won.", "¥480,000 · won")
	w.Keys("W")
	w.Shows("This deal is won already.")
	w.Keys("z")
	w.Shows("¥480,000 · Proposal")
	w.Keys("L")
	w.Shows("Why was Office chairs lost?")
	w.Types("too dear")
	w.Keys("enter")
	w.Shows("Office chairs is lost.", "¥480,000 · lost")
	if n := asks(w, "status 42 lost too dear"); n != 1 {
		t.Errorf("asked: %v", w.Hub.Asked)
	}
	w.Keys("ctrl+k")
	w.Types("open the deal again")
	w.Keys("enter")
	w.Shows("Office chairs is open again.", "¥480,000 · Proposal")
}

// TestConvert asks first, since it can't be taken back.
func TestConvert(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toLead))})
	w.Hub.CRM.Put(model.Record{RecordRef: toLead.Ref(), Title: toLead.Title})
	w.Keys("enter", "tab", "C")
	w.Shows("Convert Chairs some day to a deal", "The lead becomes a deal", "turned back.")
	w.Keys("enter")
	if n := asks(w, "convert"); n != 0 {
		t.Fatal("enter alone converts")
	}
	w.Keys("C", "y")
	w.Shows("Chairs some day becomes a deal.")
	if n := asks(w, "convert "+toLead.ID); n != 1 {
		t.Errorf("asked: %v", w.Hub.Asked)
	}
}

// TestRecordInTheBrowser: opened where there is one, copied over SSH; an address of
// another kind is neither.
func TestRecordInTheBrowser(t *testing.T) {
	t.Parallel()
	var opened []string
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toChairs))}, func(o *app.Options) {
		o.Browse = func(url string) error { opened = append(opened, url); return nil }
	})
	w.Keys("enter", "tab", "o")
	if len(opened) != 1 || opened[0] != "https://acme.pipedrive.com/deal/42" {
		t.Errorf("opened %q", opened)
	}
	w.Shows("acme.pipedrive.com")
	bad := deal("42", "Office chairs")
	bad.URL = "javascript:alert(1)"
	w.Hub.CRM.Put(bad)
	w.Passes(freshFor)
	w.Keys("i", "i", "tab", "o")
	w.Shows("Pipedrive told no address of its page.")
	if len(opened) != 1 {
		t.Errorf("opened %q", opened)
	}
	w = crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toHanako, toChairs))})
	w.Keys("enter", "tab", "o")
	w.Shows("Open in Pipedrive", "1  山田 花子", "2  Office chairs")
	w.Keys("2")
	w.Shows("The address at acme.pipedrive.com is copied")
}

// TestCRMCommandsSayWhyNot: each can be found, and says what keeps it from being used.
func TestCRMCommandsSayWhyNot(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1), uitest.Talk(1, 2, linkedTo(toLead))})
	for _, c := range []struct{ typed, why string }{
		{"move the deal", "No deal is linked to this conversation."},
		{"mark the deal won", "No deal is linked"},
		{"mark the deal lost", "No deal is linked"},
		{"convert the lead", "No lead is linked"},
		{"unlink from", "is not linked to Pipedrive"},
		{"open the person", "is not linked to Pipedrive"},
	} {
		w.Keys("ctrl+k")
		w.Types(c.typed)
		w.Shows(c.why)
		w.Keys("esc")
	}
	w.Keys("j", "ctrl+k")
	w.Types("mark the deal won")
	w.Shows("No deal is linked")
	empty := uitest.NewWorld(t, nil)
	empty.Keys("c")
	empty.Shows("No conversation is selected.")
}

// TestCreate: filled in from the chat, nothing made before it is entered, linked then.
func TestCreate(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(2))
	ms := uitest.Incoming(3)
	ms[0].Text = "call me: ０９０−1234−5678 or 090 8765 4321, at 2026-11-18"
	ms[1].Text = "mail taro.yamada@example.co.jp, price 480,000"
	ms[2].Direction, ms[2].Text = model.Out, "ours is shop@example.com, 03-0000-0000"
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter", "c")
	w.Passes(slipGrace)
	w.Keys("enter")
	w.Shows("Create a person", "Customer 0", "taro.yamada@example.co.jp", "090 8765 4321")
	if _, form, ok := strings.Cut(w.Text(), "Create a person"); !ok || strings.Contains(form, "shop@example.com") || strings.Contains(form, "03-0000") {
		t.Errorf("what is ours is in the form:\n%s", form)
	}
	if len(w.Hub.CRM.Made) != 0 {
		t.Fatal("it is made unasked")
	}
	w.Keys("enter")
	w.Shows("Customer 0 is created and linked.")
	if n := w.Hub.CRM.Made[0]; n.Title != "Customer 0" || n.Email != "taro.yamada@example.co.jp" || n.Phone == "" {
		t.Errorf("made %+v", n)
	}
	w.Keys("ctrl+k")
	w.Types("create a deal")
	w.Keys("enter")
	w.Shows("Customer 0 deal", "With Customer 0.")
	w.Keys("ctrl+u")
	w.Types("Desks")
	w.Keys("tab")
	w.Types("four")
	w.Keys("enter")
	w.Shows("The value is not an amount.")
	w.Keys("ctrl+u")
	w.Types("¥480,000")
	w.Keys("enter")
	w.Shows("Name the currency by three letters")
	w.Keys("tab")
	w.Types("jpy")
	w.Keys("enter")
	w.Shows("Desks is created and linked.", "¥480,000")
	if n := w.Hub.CRM.Made[1]; n.PersonID != "901" || n.Value == nil || *n.Value != (model.Money{Amount: 480000, Currency: "JPY"}) {
		t.Errorf("made %+v", n)
	}
	if got := linksOf(w, 0); got != "person:901 deal:902" {
		t.Errorf("links: %q", got)
	}
}

// TestCreateWithANewPerson: both are made; where the second can't be, it says what is
// there, and where nothing can be, what was typed comes back.
func TestCreateWithANewPerson(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(2))
	w.Hub.CRM.FailMade = map[model.RecordType]error{model.Person: errors.New("no such field")}
	w.Keys("ctrl+k")
	w.Types("create a lead")
	w.Keys("enter")
	w.Shows("No person is linked, so one is created with it.", "Customer 0 lead")
	w.Types(" twice")
	w.Keys("enter")
	w.Shows("It failed: no such field", "Customer 0 lead twice")
	w.Hub.CRM.FailMade = map[model.RecordType]error{model.Lead: errors.New("leads are off")}
	w.Keys("enter")
	w.Shows("Customer 0 was created, the rest was not: It failed: leads are off")
	if got := linksOf(w, 0); got != "person:901" {
		t.Errorf("links: %q", got)
	}
	w.Hub.CRM.FailMade = nil
	w.Keys("ctrl+k")
	w.Types("create a lead")
	w.Keys("enter", "enter")
	if n := w.Hub.CRM.Made[len(w.Hub.CRM.Made)-1]; n.PersonID != "901" || len(w.Hub.CRM.Made) != 2 {
		t.Errorf("made %+v", w.Hub.CRM.Made)
	}
}

// TestCreateWithoutAnAnswer does not ask for the same key again: it may be there.
func TestCreateWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(2))
	w.Hub.CRM.FailMade = map[model.RecordType]error{model.Person: context.DeadlineExceeded}
	w.Keys("ctrl+k")
	w.Types("create a person")
	w.Keys("enter", "enter")
	w.Shows("It may have been created. Search for it (c)")
	w.Hides("Create a person")
}

// TestCreateWarnsOfAPrivateConversation, and goes back to the form.
func TestCreateWarnsOfAPrivateConversation(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(2))
	w.PageNow(3, func(p *model.Page) { p.Visibility = model.Private })
	w.Keys("c")
	w.Types("Taro")
	w.Passes(searchAfter + slipGrace)
	w.Keys("enter")
	w.Types(" Y")
	w.Keys("enter")
	w.Shows("is private")
	w.Keys("n")
	w.Shows("Taro Y")
	if len(w.Hub.CRM.Made) != 0 {
		t.Fatal("it is made")
	}
	w.Keys("enter", "y")
	w.Shows("Taro Y is created and linked.")
}

// TestPanelFits: what can be linked and said of it, at each size, in both languages.
func TestPanelFits(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, s := range uitest.Sizes {
			w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toHanako, toChairs)), uitest.Talk(1, 2, linkedTo(toLead)), uitest.Talk(2, 3)}, func(o *app.Options) { o.Words = i18n.New(lang) })
			w.Sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
			if s[0] < screen.ThreePanes {
				w.Keys("enter", "i")
			} else {
				w.Keys("enter", "tab")
			}
			if w.Focus != screen.PanePanel {
				t.Fatalf("%v: the panel has not the keys", s)
			}
			for _, k := range []string{"j", "G", "k", "g", "S", "j", "esc", "W", "z", "L", "x", "enter", "o", "esc", "U", "esc", "ctrl+d", "r"} {
				w.Keys(k)
				w.Whole(s[0], s[1])
			}
			w.Types("x")
			w.Keys("esc")
			w.Whole(s[0], s[1])
			if w.Layout.Thread == 0 {
				t.Errorf("%v: where the reply is typed is not on screen", s)
			}
		}
	}
}

// TestThePanelScrolls where it has not enough lines for all.
func TestThePanelScrolls(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toHanako, toChairs))})
	w.Sends(tea.WindowSizeMsg{Width: 40, Height: 12})
	w.Keys("enter", "i")
	w.Shows("hanako@example.com")
	w.Hides("Standing desks")
	w.Keys("G")
	w.Shows("Standing desks")
	w.Passes(time.Second)
	w.Keys("g")
	w.Shows("hanako@example.com")
	w.Keys("esc")
	w.Shows("Reply to Customer 0…")
}

// TestTheConversationSaysWhoLinked what, and when.
func TestTheConversationSaysWhoLinked(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(2))
	ms := uitest.Incoming(3)
	for i, by := range []string{string(uitest.Me), "ken"} {
		ms[i+1].Direction, ms[i+1].Text = model.System, ""
		ms[i+1].Author = model.Author{Kind: model.ByUser, ID: by, Name: "Ken"}
		ms[i+1].Event = &model.Notable{Kind: model.EventRecord, Action: []string{model.ActionLinked, model.ActionUnlinked}[i], Record: &toChairs}
	}
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter")
	w.Shows("Linked to Office chairs ◆ by you · 10:00", "Unlinked from Office chairs ◆ by Ken · 11:00")
}

// TestTheConversationSaysWhatHappened to a record in Pipedrive.
func TestTheConversationSaysWhatHappened(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(2))
	ms := uitest.Incoming(3)
	for i, action := range []string{model.ActionStage, model.ActionDeleted} {
		ms[i+1].Direction, ms[i+1].Text = model.System, ""
		ms[i+1].Author = model.Author{Kind: model.ByApp, ID: "crm"}
		ms[i+1].Event = &model.Notable{Kind: model.EventRecord, Action: action, Record: &toChairs}
	}
	ms[1].Event.Stage, ms[1].Event.Payload = 3, "Negotiation"
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter")
	w.Shows("Office chairs is now in Negotiation · 10:00", "Office chairs was deleted in Pipedrive")
}

// TestAnAnswerToAnEarlierOpening is not shown: what the user may see can be otherwise.
func TestAnAnswerToAnEarlierOpening(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(toChairs)), uitest.Talk(1, 2)})
	late := collect(w.Updates(uitest.Press("enter")))
	w.Keys("esc", "j", "enter")
	w.Hub.CRM.Err = errors.New("no such record")
	w.Keys("esc", "k", "enter")
	w.Shows("It failed: no such record")
	for _, m := range late {
		if r, ok := m.(crm.Msg); ok {
			w.Sends(r)
		}
	}
	w.Shows("It failed: no such record")
	w.Hides("480,000")
}
