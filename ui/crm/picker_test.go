package crm_test

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
	"parley/ui/app"
	"parley/ui/crm"
	"parley/ui/uitest"
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
func crmWorld(t testing.TB, list []model.Conversation, change ...func(*app.Options)) *uitest.World {
	t.Helper()
	w := uitest.NewWorld(t, list, change...)
	w.PageNow(2, func(p *model.Page) { p.Visibility = model.Shared })
	hanako := person("12", "山田 花子")
	chairs, desks := deal("42", "Office chairs"), deal("43", "Standing desks")
	chairs.Person = &hanako.RecordRef
	hanako.Open = []model.Record{desks, chairs}
	for _, r := range []model.Record{hanako, chairs, desks, person("13", "山田 太郎")} {
		w.Hub.CRM.Put(r)
	}
	w.Hub.CRM.Stages = []model.Stage{
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
func timer(w *uitest.World, after time.Duration) tea.Msg {
	w.Helper()
	for _, due := range slices.Backward(w.Timers) {
		if due.At.Equal(w.Time.Add(after)) {
			return due.Msg
		}
	}
	w.Fatalf("no timer is due after %s", after)
	return nil
}

func suggests(w *uitest.World, all ...model.Candidate) { w.Hub.CRM.Suggested = all }

func byPhone(r model.Record) model.Candidate {
	return model.Candidate{Record: r, Match: model.MatchPhone, Found: "090-1234-5678"}
}

// asks counts what the hub was asked that begins so.
func asks(w *uitest.World, prefix string) int {
	n := 0
	for _, a := range w.Hub.Asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

func linksOf(w *uitest.World, n int) string {
	r, _ := w.Inbox.Conversation(uitest.Talk(n, 0).ID)
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
	w := crmWorld(t, uitest.Some(3))
	w.Keys("c")
	w.Shows("Link Customer 0 to Pipedrive", "Nothing in Pipedrive matches this customer.", "Create a person", "Create a deal")
	w.Keys("esc")
	suggests(w, byPhone(w.Hub.CRM.Records[model.RecordRef{Type: model.Person, ID: "12"}]))
	w.Keys("c")
	w.Shows("One suggestion.", "山田 花子", "phone found in the chat: 090-1234-5678", "青山商事", "Owner Ken")
	w.Passes(lookAfter)
	w.Shows("Open deals and leads", "Standing desks", "¥480,000 · Proposal")
	w.Keys("esc")
	suggests(w,
		byPhone(person("12", "山田 花子")), model.Candidate{Record: person("13", "山田 太郎"), Match: model.MatchName},
		model.Candidate{Record: deal("42", "Office chairs"), Match: model.MatchOfPerson},
	)
	w.Keys("c")
	w.Shows("3 suggestions.", "the very name", "open with the linked person", "¥480,000 · Proposal")
	if c := w.View().Cursor; c == nil {
		t.Error("there is no cursor where text is typed")
	}
}

// TestEnterLinks the selected record, not one that came under the key this moment.
func TestEnterLinks(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(3))
	suggests(w, byPhone(person("12", "山田 花子")))
	w.Keys("c", "enter")
	w.Shows("One suggestion.")
	if linksOf(w, 0) != "" {
		t.Fatal("a key that was meant for what stood there before has linked")
	}
	w.Passes(slipGrace)
	w.Keys("enter")
	w.Shows("Customer 0 is linked to 山田 花子.", "z undo", "Customer 0 ◆")
	if got := linksOf(w, 0); got != "person:12" {
		t.Errorf("links: %q", got)
	}
	w.Keys("z")
	if got := linksOf(w, 0); got != "" {
		t.Errorf("after undo: %q", got)
	}
	w.Shows("Taken back")
}

// TestSearchFollowsTyping: after two characters and a moment; what was found before is
// asked for once; an answer for other words is never shown.
func TestSearchFollowsTyping(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(3))
	w.Hub.CRM.Found = map[string][]model.Candidate{
		"山田": {{Record: person("12", "山田 花子")}, {Record: person("13", "山田 太郎")}}, "山田 太": {{Record: person("13", "山田 太郎")}},
	}
	w.Keys("c")
	w.Types("山")
	w.Passes(time.Second)
	w.Types("田")
	w.Shows("Searching")
	w.Keys("enter") // nothing is selected while others are to come
	w.Passes(searchAfter)
	w.Shows("2 found.", "山田 太郎")
	w.Types(" 太")
	w.Hides("山田 花子 ")
	w.Passes(searchAfter)
	w.Shows("One found.")
	w.Keys("backspace", "backspace")
	w.Shows("2 found.", "山田 花子")
	w.Types("x")
	w.Passes(searchAfter)
	w.Shows("Nothing found for 山田x.", "Create a lead")
	if n := asks(w, "crm "); n != 3 {
		t.Errorf("%d searches: %v", n, w.Hub.Asked)
	}
	w.Keys("backspace", "backspace", "backspace")
	w.Shows("Nothing in Pipedrive matches this customer.")
}

// TestStaleAnswersAreNeverShown, in whatever order they come.
func TestStaleAnswersAreNeverShown(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(3))
	w.Hub.CRM.Found = map[string][]model.Candidate{"old": {{Record: person("1", "Old answer")}}, "older": {{Record: person("2", "Right answer")}}}
	w.Keys("c")
	w.Types("old")
	first := collect(w.Updates(timer(w, searchAfter)))
	w.Types("er")
	second := collect(w.Updates(timer(w, searchAfter)))
	for _, msg := range first {
		w.Sends(msg)
	}
	w.Shows("Searching")
	w.Hides("Old answer", "Nothing found")
	for _, msg := range second {
		w.Sends(msg)
	}
	w.Shows("Right answer")
	for _, msg := range first {
		w.Sends(msg)
	}
	w.Shows("Right answer")
	w.Hides("Old answer")
	w.Keys("esc")
	for _, msg := range append(first, second...) {
		w.Sends(msg)
	}
	w.Hides("Old answer", "Right answer")
	if w.Holds("crm", "picker") > 0 {
		t.Error("what was found outlives the picker")
	}
}

// TestTypingEndsTheSearchUnderWay: nobody waits for its answer any more.
func TestTypingEndsTheSearchUnderWay(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(1))
	w.Keys("c")
	w.Types("ab")
	search := w.Updates(timer(w, searchAfter))
	w.Types("c")
	collect(search)
	if asks(w, "crm ab") != 1 || asks(w, "ended ab") != 1 {
		t.Errorf("it goes on: %v", w.Hub.Asked)
	}
}

// TestSearchesKeepToTheBudget: at most 10 in 2 s, however somebody types.
func TestSearchesKeepToTheBudget(t *testing.T) {
	t.Parallel()
	for _, pause := range []time.Duration{20, 50, 150, 250, 299, 300, 301, 400} {
		w := crmWorld(t, uitest.Some(1))
		w.Keys("c")
		for at := time.Duration(0); at < 2000; at += pause {
			w.Types(string([]rune("見積山田花子")[int(at/pause)%6]))
			w.Passes(pause * time.Millisecond)
		}
		if n := asks(w, "crm "); n > 10 || pause < 300 && n > 0 {
			t.Errorf("a key every %d ms: %d searches in 2 s", pause, n)
		}
		w.Passes(searchAfter)
		if n := asks(w, "crm "); n == 0 {
			t.Errorf("a key every %d ms: nothing was searched at the end", pause)
		}
	}
}

// TestAddressIsPasted: as it is copied from the browser.
func TestAddressIsPasted(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(3))
	w.Keys("c")
	w.Sends(tea.PasteMsg{Content: "https://acme.pipedrive.com/deal/42\n"})
	w.Passes(searchAfter)
	w.Shows("One found.", "Office chairs", "the address you pasted")
	w.Passes(slipGrace)
	w.Keys("enter")
	if got := linksOf(w, 0); got != "deal:42" {
		t.Errorf("links: %q", got)
	}
	if n := asks(w, "crm "); n != 0 {
		t.Errorf("%d searches for an address", n)
	}
}

// TestCRMAway: suggestions and searches that fail say why, and typing on tries again.
func TestCRMAway(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(3))
	w.Hub.CRM.Err = errors.New("the budget is used up")
	w.Keys("c")
	w.Shows("It failed: the budget is used up")
	w.Types("yamada")
	w.Passes(searchAfter)
	w.Shows("It failed: the budget is used up")
	w.Hub.CRM.Err = nil
	w.Hub.CRM.Found = map[string][]model.Candidate{"yamad": {{Record: person("12", "山田 花子")}}}
	w.Keys("backspace")
	w.Passes(searchAfter)
	w.Shows("One found.")
	w.Hides("budget")
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
		w := crmWorld(t, uitest.Some(3))
		w.PageNow(3, func(p *model.Page) { p.Visibility = model.Private })
		w.Hub.CRM.Others = c.others
		suggests(w, byPhone(person("12", "山田 花子")))
		w.Keys("c")
		w.Passes(slipGrace)
		w.Keys("enter")
		w.Shows("Aoyama Coffee is private", c.said, "Leave it as it is")
		w.Keys("enter")
		w.Shows("One suggestion.") // back where it was chosen
		if linksOf(w, 0) != "" {
			t.Fatal("it is linked")
		}
		w.Passes(slipGrace)
		w.Keys("enter", "y")
		if got := linksOf(w, 0); got != "person:12" {
			t.Errorf("links: %q", got)
		}
	}
}

// TestOnePersonAndOneDeal: another takes the place of the first, which is said.
func TestOnePersonAndOneDeal(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(3))
	for _, ref := range []string{"person:12", "deal:42"} {
		w.Keys("c")
		w.Types(ref)
		w.Passes(searchAfter + slipGrace)
		w.Keys("enter")
	}
	if got := linksOf(w, 0); got != "person:12 deal:42" {
		t.Fatalf("links: %q", got)
	}
	w.Keys("c")
	w.Types("deal:43")
	w.Passes(searchAfter + slipGrace)
	w.Keys("enter")
	w.Shows("Office chairs is unlinked: a conversation has")
	w.Keys("y")
	if got := linksOf(w, 0); got != "person:12 deal:43" {
		t.Errorf("links: %q", got)
	}
	w.Keys("z")
	if got := linksOf(w, 0); got != "person:12 deal:42" {
		t.Errorf("after undo: %q", got)
	}
	w.Keys("c")
	w.Types("deal:42")
	w.Passes(searchAfter + slipGrace)
	w.Shows("◆ linked")
	w.Keys("enter")
	w.Shows("Office chairs is linked already.", "One found.")
	w.Keys("up", "down", "down", "down", "down", "down", "enter") // the last but one: unlink
	if got := linksOf(w, 0); got != "person:12" && got != "deal:42" {
		t.Errorf("after unlinking one: %q", got)
	}
}

// TestPSIDFieldByThePalette: an admin has the field for PSIDs made by the command for it;
// for others it is not there to choose.
func TestPSIDFieldByThePalette(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(1, 0)}, func(o *app.Options) { o.Keys = map[string][]string{"psid_field": {"alt+f"}} })
	w.Keys("alt+f")
	w.Shows("Only an admin can do this.")
	w.Sends([]inbox.Update{inbox.Welcomed{Now: w.Inbox.Now(), User: model.User{ID: uitest.Me, Name: "Aoi", Admin: true}}})
	for _, want := range []string{"have the field Messenger PSID now", "have the field Messenger PSID already"} {
		w.Keys("alt+f")
		w.Shows(want)
	}
}

// TestPickerTellsALowBudget: once little is left of what the company may ask in a day, the
// picker says so beside how the search stands, and no more once there is enough.
func TestPickerTellsALowBudget(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(1, 0)})
	suggests(w, byPhone(person("12", "山田 花子")))
	left := 7
	w.Hub.CRM.Budget = &left
	w.Keys("g", "c")
	w.Shows("One suggestion.", "7% of your company's")
	w.Hub.CRM.Budget = nil
	w.Keys("esc", "c")
	w.Shows("One suggestion.")
	w.Hides("budget")
}

// TestPickerGoesWithItsConversation: what is shown of records goes when the conversation
// is hidden or deleted, and no answer brings it back.
func TestPickerGoesWithItsConversation(t *testing.T) {
	t.Parallel()
	for name, goes := range map[string]func(*uitest.World){
		"hidden":  func(w *uitest.World) { w.Hidden() },
		"deleted": func(w *uitest.World) { w.Removes(string(uitest.Talk(0, 0).ID)) },
	} {
		w := crmWorld(t, uitest.Some(3))
		w.PageNow(2, func(p *model.Page) { p.Visibility, p.Installer = model.Shared, uitest.Ken })
		suggests(w, byPhone(person("12", "山田 花子")), byPhone(deal("42", "Office chairs")))
		w.Keys("c", "down", "up")
		due := collect(w.Updates(timer(w, lookAfter)))
		goes(w)
		w.Hides("山田", "Office chairs", "Link Customer 0")
		for _, msg := range due {
			w.Sends(msg)
		}
		w.Hides("山田", "090-1234")
		if w.Holds("crm", "picker") > 0 {
			t.Errorf("%s: what was found is still held", name)
		}
	}
}

// TestPickerFits: each state at each size, in both languages.
func TestPickerFits(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, s := range uitest.Sizes {
			w := crmWorld(t, uitest.Some(3), func(o *app.Options) { o.Words = i18n.New(lang) })
			w.PageNow(3, func(p *model.Page) { p.Visibility = model.Private })
			w.Sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
			check := func(keys ...string) {
				w.Keys(keys...)
				w.Whole(s[0], s[1])
			}
			check("c")
			check("esc")
			suggests(w, byPhone(w.Hub.CRM.Records[model.RecordRef{Type: model.Person, ID: "12"}]), byPhone(deal("42", "Office chairs")))
			check("c", "down", "up")
			w.Passes(time.Second)
			w.Whole(s[0], s[1])
			check("enter")
			check("esc")
			w.Types("長い言葉を入力")
			w.Whole(s[0], s[1])
			w.Passes(time.Second)
			check("down", "down")
			check("enter")
			check("tab", "a", "esc")
			check("esc")
			w.Hub.CRM.Err = errors.New(strings.Repeat("the budget is used up ", 12))
			check("c")
		}
	}
}

// TestUndoOfTheCRM is of the last action, too.
func TestUndoOfTheCRM(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(3))
	suggests(w, byPhone(person("12", "山田 花子")))
	w.Keys("e", "c")
	w.Passes(slipGrace)
	var linked tea.Msg
	w.Catch = func(msg tea.Msg) bool {
		_, ok := msg.(crm.Msg)
		if ok {
			linked = msg
		}
		return ok
	}
	w.Keys("enter")
	w.Catch = nil
	w.Keys("z") // Pipedrive has not answered
	w.Shows("Pipedrive has not answered yet.")
	if w.Status(0) != model.Done {
		t.Error("the action before was taken back")
	}
	w.Sends(linked)
	w.Keys("z")
	if !slices.ContainsFunc(w.Hub.Asked, func(s string) bool { return strings.HasPrefix(s, "unlink ") }) || w.Status(0) != model.Done {
		t.Errorf("asked %v, the first is %s", w.Hub.Asked, w.Status(0))
	}
	w.Keys("z")
	if w.Status(0) != model.Open {
		t.Errorf("asked %v, the first is %s", w.Hub.Asked, w.Status(0))
	}
}
