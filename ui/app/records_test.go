package app

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/crm"
	"parley/ui/screen"
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
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toHanako, toChairs)), talk(1, 2)})
	w.keys("j", "enter")
	w.shows("Not linked to Pipedrive.", "c links it.")
	w.keys("esc", "k")
	msgs := collect(w.updates(press("enter")))
	w.shows("◆ Office chairs", "Reading from Pipedrive")
	for _, m := range msgs {
		w.sends(m)
	}
	w.hides("Reading from Pipedrive")
	w.shows("Contact", "◆ 山田 花子", "青山商事", "hanako@example.com", "090-1234-5678", "Owner Ken", "Deal", "¥480,000 · Proposal", "Sales",
		"Owner you", "Expected to close 31 Dec", "Other open deals and leads", "Standing desks")
	if n := strings.Count(w.text(), "Office chairs"); n != 1 {
		t.Errorf("the linked deal stands there %d times", n)
	}
	before := w.asks("record ")
	w.keys("esc", "enter")
	if n := w.asks("record "); n != before {
		t.Errorf("opened at once again, %d more are read", n-before)
	}
	w.passes(freshFor)
	moved := w.hub.crm.records[toChairs.Ref()]
	moved.Stage = &model.Stage{ID: 3, Name: "Negotiation", PipelineID: 1}
	w.hub.crm.put(moved)
	w.keys("esc", "enter")
	w.shows("¥480,000 · Negotiation")
	w.hub.crm.err = errors.New("it is away")
	w.passes(freshFor)
	w.keys("i", "i")
	w.shows("◆ Office chairs", "It failed: it is away")
	w.hides("Negotiation", "hanako@") // it may no longer be theirs to see
	w.hub.crm.err = nil
	w.keys("i", "i")
	w.shows("Negotiation", "hanako@")
}

// TestPanelIsToldOfChanges: what somebody changes in Pipedrive is shown at once, though it
// was just read; what happens to other conversations reads nothing.
func TestPanelIsToldOfChanges(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toHanako, toChairs)), talk(1, 2, linkedTo(toChairs))})
	w.keys("enter")
	w.shows("¥480,000 · Proposal")
	moved := w.hub.crm.records[toChairs.Ref()]
	moved.Stage = &model.Stage{ID: 3, Name: "Negotiation", PipelineID: 1}
	w.hub.crm.put(moved)
	told := func(c model.Conversation) {
		w.sends(w.changed(model.ChangeLink, model.LinkChange{Conversation: c.ID, Links: c.Links}))
	}
	told(talk(1, 2, linkedTo(toChairs)))
	w.shows("¥480,000 · Proposal")
	told(talk(0, 1, linkedTo(toHanako, toChairs)))
	w.shows("¥480,000 · Negotiation")
}

// TestADealTellsOfItsPerson where that is not linked.
func TestADealTellsOfItsPerson(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toChairs))})
	w.keys("enter")
	w.shows("hanako@example.com", "Standing desks")
}

// TestNothingOfARecordLingers after its conversation is left, hidden, deleted or linked
// otherwise, whatever answer comes then.
func TestNothingOfARecordLingers(t *testing.T) {
	t.Parallel()
	theirs := []string{"山田", "hanako@", "090-1234", "Office chairs", "Standing desks", "480,000", "青山商事"}
	for name, goes := range map[string]func(*world){
		"left":     func(w *world) { w.keys("esc", "j", "enter") },
		"hidden":   func(w *world) { w.hidden() },
		"deleted":  func(w *world) { w.removes(string(talk(0, 0).ID)) },
		"unlinked": func(w *world) { w.arrives(talk(0, 1, func(c *model.Conversation) { c.Seq = 500 })) },
	} {
		w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toHanako, toChairs)), talk(1, 2)})
		w.pageNow(2, func(p *model.Page) { p.Visibility, p.Installer = model.Shared, ken })
		w.keys("enter")
		w.shows(theirs...)
		w.passes(freshFor)
		w.keys("i")
		late := collect(w.updates(press("i")))
		if len(late) != 2 {
			t.Fatalf("%s: %d are read anew", name, len(late))
		}
		w.keys("o")
		goes(w)
		w.hides(theirs...)
		for _, m := range late {
			w.sends(m)
		}
		w.hides(theirs...)
		if n := w.holds("crm", "records", "held"); n != 0 {
			t.Errorf("%s: %d records are still held", name, n)
		}
	}
}

// TestChoicesGoWithTheirConversation: nor does a list that names a record, or what was
// just said of it.
func TestChoicesGoWithTheirConversation(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]string{{"S"}, {"L"}, {"U"}, {"o"}, {"W"}} {
		w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toHanako, toChairs)), talk(1, 2)})
		w.keys("enter", "tab")
		w.keys(keys...)
		w.shows("Office chairs")
		w.removes(string(talk(0, 0).ID))
		w.hides("Office chairs")
	}
}

// TestStageAndBack: the deal moves within its pipeline, and z moves it back.
func TestStageAndBack(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toHanako, toChairs))})
	w.keys("enter", "tab")
	w.shows("S stage", "W won", "L lost")
	w.keys("S")
	w.shows("Move Office chairs to a stage", "Contacted", "Proposal", "now", "Negotiation")
	w.hides("Elsewhere")
	w.keys("3")
	w.shows("Office chairs is in Negotiation.", "z undo", "¥480,000 · Negotiation")
	w.keys("z")
	w.shows("¥480,000 · Proposal")
	w.keys("S", "2")
	if n := w.asks("stage "); n != 2 {
		t.Errorf("to where it is already, it was moved: %v", w.hub.asked)
	}
}

// TestAChoiceThatComesWhileTyping: what is typed goes on for a moment, and chooses nothing.
func TestAChoiceThatComesWhileTyping(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toHanako, toChairs))})
	w.keys("enter", "tab")
	var late tea.Msg
	w.catch = func(msg tea.Msg) bool {
		_, asked := msg.(crm.Msg)
		if asked {
			late = msg
		}
		return asked
	}
	w.keys("S", "r")
	w.types("We have ")
	w.catch = nil
	w.sends(late)
	w.shows("Move Office chairs to a stage")
	for range 2 { // the second belongs to the same typing
		w.passes(300 * time.Millisecond)
		w.keys("3")
		w.shows("Move Office chairs to a stage")
	}
	w.passes(400 * time.Millisecond)
	w.keys("3")
	w.shows("Office chairs is in Negotiation.")
}

// TestWonAndLost, with a reason, and open again.
func TestWonAndLost(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toChairs))})
	w.keys("enter", "tab", "W")
	w.shows("Office chairs is won.", "¥480,000 · won")
	w.keys("W")
	w.shows("This deal is won already.")
	w.keys("z")
	w.shows("¥480,000 · Proposal")
	w.keys("L")
	w.shows("Why was Office chairs lost?")
	w.types("too dear")
	w.keys("enter")
	w.shows("Office chairs is lost.", "¥480,000 · lost")
	if n := w.asks("status 42 lost too dear"); n != 1 {
		t.Errorf("asked: %v", w.hub.asked)
	}
	w.keys("ctrl+k")
	w.types("open the deal again")
	w.keys("enter")
	w.shows("Office chairs is open again.", "¥480,000 · Proposal")
}

// TestConvert asks first, since it can't be taken back.
func TestConvert(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toLead))})
	w.hub.crm.put(model.Record{RecordRef: toLead.Ref(), Title: toLead.Title})
	w.keys("enter", "tab", "C")
	w.shows("Convert Chairs some day to a deal", "The lead becomes a deal", "turned back.")
	w.keys("enter")
	if n := w.asks("convert"); n != 0 {
		t.Fatal("enter alone converts")
	}
	w.keys("C", "y")
	w.shows("Chairs some day becomes a deal.")
	if n := w.asks("convert " + toLead.ID); n != 1 {
		t.Errorf("asked: %v", w.hub.asked)
	}
}

// TestRecordInTheBrowser: opened where there is one, copied over SSH; an address of
// another kind is neither.
func TestRecordInTheBrowser(t *testing.T) {
	t.Parallel()
	var opened []string
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toChairs))}, func(o *Options) {
		o.Browse = func(url string) error { opened = append(opened, url); return nil }
	})
	w.keys("enter", "tab", "o")
	if len(opened) != 1 || opened[0] != "https://acme.pipedrive.com/deal/42" {
		t.Errorf("opened %q", opened)
	}
	w.shows("acme.pipedrive.com")
	bad := deal("42", "Office chairs")
	bad.URL = "javascript:alert(1)"
	w.hub.crm.put(bad)
	w.passes(freshFor)
	w.keys("i", "i", "tab", "o")
	w.shows("Pipedrive told no address of its page.")
	if len(opened) != 1 {
		t.Errorf("opened %q", opened)
	}
	w = crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toHanako, toChairs))})
	w.keys("enter", "tab", "o")
	w.shows("Open in Pipedrive", "1  山田 花子", "2  Office chairs")
	w.keys("2")
	w.shows("The address at acme.pipedrive.com is copied")
}

// TestCRMCommandsSayWhyNot: each can be found, and says what keeps it from being used.
func TestCRMCommandsSayWhyNot(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(0, 1), talk(1, 2, linkedTo(toLead))})
	for _, c := range []struct{ typed, why string }{
		{"move the deal", "No deal is linked to this conversation."},
		{"mark the deal won", "No deal is linked"},
		{"mark the deal lost", "No deal is linked"},
		{"convert the lead", "No lead is linked"},
		{"unlink from", "is not linked to Pipedrive"},
		{"open the person", "is not linked to Pipedrive"},
	} {
		w.keys("ctrl+k")
		w.types(c.typed)
		w.shows(c.why)
		w.keys("esc")
	}
	w.keys("j", "ctrl+k")
	w.types("mark the deal won")
	w.shows("No deal is linked")
	empty := newWorld(t, nil)
	empty.keys("c")
	empty.shows("No conversation is selected.")
}

// TestCreate: filled in from the chat, nothing made before it is entered, linked then.
func TestCreate(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(2))
	ms := incoming(3)
	ms[0].Text = "call me: ０９０−1234−5678 or 090 8765 4321, at 2026-11-18"
	ms[1].Text = "mail taro.yamada@example.co.jp, price 480,000"
	ms[2].Direction, ms[2].Text = model.Out, "ours is shop@example.com, 03-0000-0000"
	w.hub.messages[ms[0].ConversationID] = ms
	w.keys("enter", "c")
	w.passes(slipGrace)
	w.keys("enter")
	w.shows("Create a person", "Customer 0", "taro.yamada@example.co.jp", "090 8765 4321")
	w.hides("shop@example.com", "03-0000")
	if len(w.hub.crm.made) != 0 {
		t.Fatal("it is made unasked")
	}
	w.keys("enter")
	w.shows("Customer 0 is created and linked.")
	if n := w.hub.crm.made[0]; n.Title != "Customer 0" || n.Email != "taro.yamada@example.co.jp" || n.Phone == "" {
		t.Errorf("made %+v", n)
	}
	w.keys("ctrl+k")
	w.types("create a deal")
	w.keys("enter")
	w.shows("Customer 0 deal", "With Customer 0.")
	w.keys("ctrl+u")
	w.types("Desks")
	w.keys("tab")
	w.types("four")
	w.keys("enter")
	w.shows("The value is not an amount.")
	w.keys("ctrl+u")
	w.types("¥480,000")
	w.keys("enter")
	w.shows("Name the currency by three letters")
	w.keys("tab")
	w.types("jpy")
	w.keys("enter")
	w.shows("Desks is created and linked.", "¥480,000")
	if n := w.hub.crm.made[1]; n.PersonID != "901" || n.Value == nil || *n.Value != (model.Money{Amount: 480000, Currency: "JPY"}) {
		t.Errorf("made %+v", n)
	}
	if got := w.linksOf(0); got != "person:901 deal:902" {
		t.Errorf("links: %q", got)
	}
}

// TestCreateWithANewPerson: both are made; where the second can't be, it says what is
// there, and where nothing can be, what was typed comes back.
func TestCreateWithANewPerson(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(2))
	w.hub.crm.failMade = map[model.RecordType]error{model.Person: errors.New("no such field")}
	w.keys("ctrl+k")
	w.types("create a lead")
	w.keys("enter")
	w.shows("No person is linked, so one is created with it.", "Customer 0 lead")
	w.types(" twice")
	w.keys("enter")
	w.shows("It failed: no such field", "Customer 0 lead twice")
	w.hub.crm.failMade = map[model.RecordType]error{model.Lead: errors.New("leads are off")}
	w.keys("enter")
	w.shows("Customer 0 was created, the rest was not: It failed: leads are off")
	if got := w.linksOf(0); got != "person:901" {
		t.Errorf("links: %q", got)
	}
	w.hub.crm.failMade = nil
	w.keys("ctrl+k")
	w.types("create a lead")
	w.keys("enter", "enter")
	if n := w.hub.crm.made[len(w.hub.crm.made)-1]; n.PersonID != "901" || len(w.hub.crm.made) != 2 {
		t.Errorf("made %+v", w.hub.crm.made)
	}
}

// TestCreateWithoutAnAnswer does not ask for the same key again: it may be there.
func TestCreateWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(2))
	w.hub.crm.failMade = map[model.RecordType]error{model.Person: context.DeadlineExceeded}
	w.keys("ctrl+k")
	w.types("create a person")
	w.keys("enter", "enter")
	w.shows("It may have been created. Search for it (c)")
	w.hides("Create a person")
}

// TestCreateWarnsOfAPrivateConversation, and goes back to the form.
func TestCreateWarnsOfAPrivateConversation(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(2))
	w.pageNow(3, func(p *model.Page) { p.Visibility = model.Private })
	w.keys("c")
	w.types("Taro")
	w.passes(searchAfter + slipGrace)
	w.keys("enter")
	w.types(" Y")
	w.keys("enter")
	w.shows("is private")
	w.keys("n")
	w.shows("Taro Y")
	if len(w.hub.crm.made) != 0 {
		t.Fatal("it is made")
	}
	w.keys("enter", "y")
	w.shows("Taro Y is created and linked.")
}

// TestPanelFits: what can be linked and said of it, at each size, in both languages.
func TestPanelFits(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, s := range sizes {
			w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toHanako, toChairs)), talk(1, 2, linkedTo(toLead)), talk(2, 3)}, func(o *Options) { o.Words = i18n.New(lang) })
			w.sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
			if s[0] < screen.ThreePanes {
				w.keys("enter", "i")
			} else {
				w.keys("enter", "tab")
			}
			if w.Focus != screen.PanePanel {
				t.Fatalf("%v: the panel has not the keys", s)
			}
			for _, k := range []string{"j", "G", "k", "g", "S", "j", "esc", "W", "z", "L", "x", "enter", "o", "esc", "U", "esc", "ctrl+d", "r"} {
				w.keys(k)
				w.whole(s[0], s[1])
			}
			w.types("x")
			w.keys("esc")
			w.whole(s[0], s[1])
			if w.Layout.Thread == 0 {
				t.Errorf("%v: where the reply is typed is not on screen", s)
			}
		}
	}
}

// TestThePanelScrolls where it has not enough lines for all.
func TestThePanelScrolls(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toHanako, toChairs))})
	w.sends(tea.WindowSizeMsg{Width: 40, Height: 12})
	w.keys("enter", "i")
	w.shows("hanako@example.com")
	w.hides("Standing desks")
	w.keys("G")
	w.shows("Standing desks")
	w.passes(time.Second)
	w.keys("g")
	w.shows("hanako@example.com")
	w.keys("esc")
	w.shows("Reply to Customer 0…")
}

// TestTheConversationSaysWhoLinked what, and when.
func TestTheConversationSaysWhoLinked(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(2))
	ms := incoming(3)
	for i, by := range []string{string(me), "ken"} {
		ms[i+1].Direction, ms[i+1].Text = model.System, ""
		ms[i+1].Author = model.Author{Kind: model.ByUser, ID: by, Name: "Ken"}
		ms[i+1].Event = &model.Notable{Kind: model.EventRecord, Action: []string{model.ActionLinked, model.ActionUnlinked}[i], Record: &toChairs}
	}
	w.hub.messages[ms[0].ConversationID] = ms
	w.keys("enter")
	w.shows("Linked to Office chairs ◆ by you · 10:00", "Unlinked from Office chairs ◆ by Ken · 11:00")
}

// TestTheConversationSaysWhatHappened to a record in Pipedrive.
func TestTheConversationSaysWhatHappened(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(2))
	ms := incoming(3)
	for i, action := range []string{model.ActionStage, model.ActionDeleted} {
		ms[i+1].Direction, ms[i+1].Text = model.System, ""
		ms[i+1].Author = model.Author{Kind: model.ByApp, ID: "crm"}
		ms[i+1].Event = &model.Notable{Kind: model.EventRecord, Action: action, Record: &toChairs}
	}
	ms[1].Event.Stage, ms[1].Event.Payload = 3, "Negotiation"
	w.hub.messages[ms[0].ConversationID] = ms
	w.keys("enter")
	w.shows("Office chairs is now in Negotiation · 10:00", "Office chairs was deleted in Pipedrive")
}

// TestAnAnswerToAnEarlierOpening is not shown: what the user may see can be otherwise.
func TestAnAnswerToAnEarlierOpening(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(toChairs)), talk(1, 2)})
	late := collect(w.updates(press("enter")))
	w.keys("esc", "j", "enter")
	w.hub.crm.err = errors.New("no such record")
	w.keys("esc", "k", "enter")
	w.shows("It failed: no such record")
	for _, m := range late {
		if r, ok := m.(crm.Msg); ok {
			w.sends(r)
		}
	}
	w.shows("It failed: no such record")
	w.hides("480,000")
}
