package app

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
)

func person(id, name string) model.Record {
	return model.Record{
		RecordRef: model.RecordRef{Type: model.Person, ID: id}, Title: model.Untrusted(name), URL: "https://acme.pipedrive.com/person/" + id,
		Organization: "青山商事", Emails: []model.Untrusted{"hanako@example.com"}, Phones: []model.Untrusted{"090-1234-5678"}, Owner: "Ken",
	}
}

func deal(id, title string) model.Record {
	return model.Record{
		RecordRef: model.RecordRef{Type: model.Deal, ID: id}, Title: model.Untrusted(title), URL: "https://acme.pipedrive.com/deal/" + id, Mine: true,
		Value: &model.Money{Amount: 480000, Currency: "JPY"}, Stage: &model.Stage{ID: 2, Name: "Proposal", PipelineID: 1, Pipeline: "Sales"},
		Status: model.DealOpen, ExpectedClose: "2026-12-31", PersonName: "山田 花子",
	}
}

// crmWorld is a screen on a shared Page whose hub has a CRM with a person and their deals.
func crmWorld(t testing.TB, list []model.Conversation, change ...func(*Options)) *world {
	t.Helper()
	w := newWorld(t, list, change...)
	w.pageNow(2, func(p *model.Page) { p.Visibility = model.Shared })
	hanako := person("12", "山田 花子")
	chairs, desks := deal("42", "Office chairs"), deal("43", "Standing desks")
	chairs.Person = &hanako.RecordRef
	hanako.Open = []model.Record{desks, chairs}
	for _, r := range []model.Record{hanako, chairs, desks, person("13", "山田 太郎")} {
		w.hub.crm.put(r)
	}
	w.hub.crm.stages = []model.Stage{
		{ID: 1, Name: "Contacted", PipelineID: 1, Pipeline: "Sales"},
		{ID: 2, Name: "Proposal", PipelineID: 1, Pipeline: "Sales"},
		{ID: 3, Name: "Negotiation", PipelineID: 1, Pipeline: "Sales"},
		{ID: 9, Name: "Elsewhere", PipelineID: 2, Pipeline: "Partners"},
	}
	return w
}

// The times that the picker takes.
const (
	searchAfter = 300 * time.Millisecond
	lookAfter   = 250 * time.Millisecond
	slipGrace   = 400 * time.Millisecond
)

// timer is the message of the newest timer that is due after so long.
func (w *world) timer(after time.Duration) tea.Msg {
	w.Helper()
	for _, due := range slices.Backward(w.timers) {
		if due.at.Equal(w.time.Add(after)) {
			return due.msg
		}
	}
	w.Fatalf("no timer is due after %s", after)
	return nil
}

func (w *world) suggests(all ...model.Candidate) { w.hub.crm.suggested = all }

func byPhone(r model.Record) model.Candidate {
	return model.Candidate{Record: r, Match: model.MatchPhone, Found: "090-1234-5678"}
}

// asks counts what the hub was asked that begins so.
func (w *world) asks(prefix string) int {
	n := 0
	for _, a := range w.hub.asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

func (w *world) linksOf(n int) string {
	r, _ := w.Inbox.Conversation(talk(n, 0).ID)
	var all []string
	for _, l := range r.Links {
		all = append(all, l.Ref().String())
	}
	return strings.Join(all, " ")
}

// collect runs a command and returns its messages without handing them to the screen.
func collect(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case nil:
		return nil
	case tea.BatchMsg:
		var out []tea.Msg
		for _, c := range msg {
			out = append(out, collect(c)...)
		}
		return out
	default:
		return []tea.Msg{msg}
	}
}

// TestSuggestionsSayWhy: before anything is typed, none, one and many differ, and each
// says why it is there.
func TestSuggestionsSayWhy(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(3))
	w.keys("c")
	w.shows("Link Customer 0 to Pipedrive", "Nothing in Pipedrive matches this customer.", "Create a person", "Create a deal")
	w.keys("esc")
	w.suggests(byPhone(w.hub.crm.records[model.RecordRef{Type: model.Person, ID: "12"}]))
	w.keys("c")
	w.shows("One suggestion.", "山田 花子", "phone found in the chat: 090-1234-5678", "青山商事", "Owner Ken")
	w.passes(lookAfter)
	w.shows("Open deals and leads", "Standing desks", "¥480,000 · Proposal")
	w.keys("esc")
	w.suggests(
		byPhone(person("12", "山田 花子")), model.Candidate{Record: person("13", "山田 太郎"), Match: model.MatchName},
		model.Candidate{Record: deal("42", "Office chairs"), Match: model.MatchOfPerson},
	)
	w.keys("c")
	w.shows("3 suggestions.", "the very name", "open with the linked person", "¥480,000 · Proposal")
	if c := w.View().Cursor; c == nil {
		t.Error("there is no cursor where text is typed")
	}
}

// TestEnterLinks the selected record, not one that came under the key this moment.
func TestEnterLinks(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(3))
	w.suggests(byPhone(person("12", "山田 花子")))
	w.keys("c", "enter")
	w.shows("One suggestion.")
	if w.linksOf(0) != "" {
		t.Fatal("a key that was meant for what stood there before has linked")
	}
	w.passes(slipGrace)
	w.keys("enter")
	w.shows("Customer 0 is linked to 山田 花子.", "z undo", "Customer 0 ◆")
	if got := w.linksOf(0); got != "person:12" {
		t.Errorf("links: %q", got)
	}
	w.keys("z")
	if got := w.linksOf(0); got != "" {
		t.Errorf("after undo: %q", got)
	}
	w.shows("Taken back")
}

// TestSearchFollowsTyping: after two characters and a moment; what was found before is
// asked for once; an answer for other words is never shown.
func TestSearchFollowsTyping(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(3))
	w.hub.crm.found = map[string][]model.Candidate{
		"山田": {{Record: person("12", "山田 花子")}, {Record: person("13", "山田 太郎")}}, "山田 太": {{Record: person("13", "山田 太郎")}},
	}
	w.keys("c")
	w.types("山")
	w.passes(time.Second)
	w.types("田")
	w.shows("Searching")
	w.keys("enter") // nothing is selected while others are to come
	w.passes(searchAfter)
	w.shows("2 found.", "山田 太郎")
	w.types(" 太")
	w.hides("山田 花子 ")
	w.passes(searchAfter)
	w.shows("One found.")
	w.keys("backspace", "backspace")
	w.shows("2 found.", "山田 花子")
	w.types("x")
	w.passes(searchAfter)
	w.shows("Nothing found for 山田x.", "Create a lead")
	if n := w.asks("crm "); n != 3 {
		t.Errorf("%d searches: %v", n, w.hub.asked)
	}
	w.keys("backspace", "backspace", "backspace")
	w.shows("Nothing in Pipedrive matches this customer.")
}

// TestStaleAnswersAreNeverShown, in whatever order they come.
func TestStaleAnswersAreNeverShown(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(3))
	w.hub.crm.found = map[string][]model.Candidate{"old": {{Record: person("1", "Old answer")}}, "older": {{Record: person("2", "Right answer")}}}
	w.keys("c")
	w.types("old")
	first := collect(w.updates(w.timer(searchAfter)))
	w.types("er")
	second := collect(w.updates(w.timer(searchAfter)))
	for _, msg := range first {
		w.sends(msg)
	}
	w.shows("Searching")
	w.hides("Old answer", "Nothing found")
	for _, msg := range second {
		w.sends(msg)
	}
	w.shows("Right answer")
	for _, msg := range first {
		w.sends(msg)
	}
	w.shows("Right answer")
	w.hides("Old answer")
	w.keys("esc")
	for _, msg := range append(first, second...) {
		w.sends(msg)
	}
	w.hides("Old answer", "Right answer")
	if w.holds("crm", "picker") > 0 {
		t.Error("what was found outlives the picker")
	}
}

// TestTypingEndsTheSearchUnderWay: nobody waits for its answer any more.
func TestTypingEndsTheSearchUnderWay(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(1))
	w.keys("c")
	w.types("ab")
	search := w.updates(w.timer(searchAfter))
	w.types("c")
	collect(search)
	if w.asks("crm ab") != 1 || w.asks("ended ab") != 1 {
		t.Errorf("it goes on: %v", w.hub.asked)
	}
}

// TestSearchesKeepToTheBudget: at most 10 in 2 s, however somebody types.
func TestSearchesKeepToTheBudget(t *testing.T) {
	t.Parallel()
	for _, pause := range []time.Duration{20, 50, 150, 250, 299, 300, 301, 400} {
		w := crmWorld(t, some(1))
		w.keys("c")
		for at := time.Duration(0); at < 2000; at += pause {
			w.types(string([]rune("見積山田花子")[int(at/pause)%6]))
			w.passes(pause * time.Millisecond)
		}
		if n := w.asks("crm "); n > 10 || pause < 300 && n > 0 {
			t.Errorf("a key every %d ms: %d searches in 2 s", pause, n)
		}
		w.passes(searchAfter)
		if n := w.asks("crm "); n == 0 {
			t.Errorf("a key every %d ms: nothing was searched at the end", pause)
		}
	}
}

// TestAddressIsPasted: as it is copied from the browser.
func TestAddressIsPasted(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(3))
	w.keys("c")
	w.sends(tea.PasteMsg{Content: "https://acme.pipedrive.com/deal/42\n"})
	w.passes(searchAfter)
	w.shows("One found.", "Office chairs", "the address you pasted")
	w.passes(slipGrace)
	w.keys("enter")
	if got := w.linksOf(0); got != "deal:42" {
		t.Errorf("links: %q", got)
	}
	if n := w.asks("crm "); n != 0 {
		t.Errorf("%d searches for an address", n)
	}
}

// TestCRMAway: suggestions and searches that fail say why, and typing on tries again.
func TestCRMAway(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(3))
	w.hub.crm.err = errors.New("the budget is used up")
	w.keys("c")
	w.shows("It failed: the budget is used up")
	w.types("yamada")
	w.passes(searchAfter)
	w.shows("It failed: the budget is used up")
	w.hub.crm.err = nil
	w.hub.crm.found = map[string][]model.Candidate{"yamad": {{Record: person("12", "山田 花子")}}}
	w.keys("backspace")
	w.passes(searchAfter)
	w.shows("One found.")
	w.hides("budget")
}

// TestLinkingAPrivateConversation says first who can read it then, and what is chosen
// first changes nothing.
func TestLinkingAPrivateConversation(t *testing.T) {
	t.Parallel()
	three := 3
	for _, c := range []struct {
		others *int
		said   string
	}{
		{nil, "whoever may see 山田"}, {&three, "3 others who may see"}, {new(int), "Nobody else"},
	} {
		w := crmWorld(t, some(3))
		w.pageNow(3, func(p *model.Page) { p.Visibility = model.Private })
		w.hub.crm.others = c.others
		w.suggests(byPhone(person("12", "山田 花子")))
		w.keys("c")
		w.passes(slipGrace)
		w.keys("enter")
		w.shows("Aoyama Coffee is private", c.said, "Leave it as it is")
		w.keys("enter")
		w.shows("One suggestion.") // back where it was chosen
		if w.linksOf(0) != "" {
			t.Fatal("it is linked")
		}
		w.passes(slipGrace)
		w.keys("enter", "y")
		if got := w.linksOf(0); got != "person:12" {
			t.Errorf("links: %q", got)
		}
	}
}

// TestOnePersonAndOneDeal: another takes the place of the first, which is said.
func TestOnePersonAndOneDeal(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(3))
	for _, ref := range []string{"person:12", "deal:42"} {
		w.keys("c")
		w.types(ref)
		w.passes(searchAfter + slipGrace)
		w.keys("enter")
	}
	if got := w.linksOf(0); got != "person:12 deal:42" {
		t.Fatalf("links: %q", got)
	}
	w.keys("c")
	w.types("deal:43")
	w.passes(searchAfter + slipGrace)
	w.keys("enter")
	w.shows("Office chairs is unlinked: a conversation has")
	w.keys("y")
	if got := w.linksOf(0); got != "person:12 deal:43" {
		t.Errorf("links: %q", got)
	}
	w.keys("z")
	if got := w.linksOf(0); got != "person:12 deal:42" {
		t.Errorf("after undo: %q", got)
	}
	w.keys("c")
	w.types("deal:42")
	w.passes(searchAfter + slipGrace)
	w.shows("◆ linked")
	w.keys("enter")
	w.shows("Office chairs is linked already.", "One found.")
	w.keys("up", "down", "down", "down", "down", "down", "enter") // the last but one: unlink
	if got := w.linksOf(0); got != "person:12" && got != "deal:42" {
		t.Errorf("after unlinking one: %q", got)
	}
}

// TestPSIDFieldByThePalette: an admin has the field for PSIDs made by the command for it;
// for others it is not there to choose.
func TestPSIDFieldByThePalette(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(1, 0)}, func(o *Options) { o.Keys = map[string][]string{"psid_field": {"alt+f"}} })
	w.keys("alt+f")
	w.shows("Only an admin can do this.")
	w.sends([]inbox.Update{inbox.Welcomed{Now: w.Inbox.Now(), User: model.User{ID: me, Name: "Aoi", Admin: true}}})
	for _, want := range []string{"have the field Messenger PSID now", "have the field Messenger PSID already"} {
		w.keys("alt+f")
		w.shows(want)
	}
}

// TestPickerTellsALowBudget: once little is left of what the company may ask in a day, the
// picker says so beside how the search stands, and no more once there is enough.
func TestPickerTellsALowBudget(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(1, 0)})
	w.suggests(byPhone(person("12", "山田 花子")))
	left := 7
	w.hub.crm.budget = &left
	w.keys("g", "c")
	w.shows("One suggestion.", "7% of your company's")
	w.hub.crm.budget = nil
	w.keys("esc", "c")
	w.shows("One suggestion.")
	w.hides("budget")
}

// TestPickerGoesWithItsConversation: what is shown of records goes when the conversation
// is hidden or deleted, and no answer brings it back.
func TestPickerGoesWithItsConversation(t *testing.T) {
	t.Parallel()
	for name, goes := range map[string]func(*world){
		"hidden":  func(w *world) { w.hidden() },
		"deleted": func(w *world) { w.removes(string(talk(0, 0).ID)) },
	} {
		w := crmWorld(t, some(3))
		w.pageNow(2, func(p *model.Page) { p.Visibility, p.Installer = model.Shared, ken })
		w.suggests(byPhone(person("12", "山田 花子")), byPhone(deal("42", "Office chairs")))
		w.keys("c", "down", "up")
		due := collect(w.updates(w.timer(lookAfter)))
		goes(w)
		w.hides("山田", "Office chairs", "Link Customer 0")
		for _, msg := range due {
			w.sends(msg)
		}
		w.hides("山田", "090-1234")
		if w.holds("crm", "picker") > 0 {
			t.Errorf("%s: what was found is still held", name)
		}
	}
}

// TestPickerFits: each state at each size, in both languages.
func TestPickerFits(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, s := range sizes {
			w := crmWorld(t, some(3), func(o *Options) { o.Words = i18n.New(lang) })
			w.pageNow(3, func(p *model.Page) { p.Visibility = model.Private })
			w.sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
			check := func(keys ...string) {
				w.keys(keys...)
				w.whole(s[0], s[1])
			}
			check("c")
			check("esc")
			w.suggests(byPhone(w.hub.crm.records[model.RecordRef{Type: model.Person, ID: "12"}]), byPhone(deal("42", "Office chairs")))
			check("c", "down", "up")
			w.passes(time.Second)
			w.whole(s[0], s[1])
			check("enter")
			check("esc")
			w.types("長い言葉を入力")
			w.whole(s[0], s[1])
			w.passes(time.Second)
			check("down", "down")
			check("enter")
			check("tab", "a", "esc")
			check("esc")
			w.hub.crm.err = errors.New(strings.Repeat("the budget is used up ", 12))
			check("c")
		}
	}
}
