package lines

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/model/label"
	"parley/model/snippet"
	"parley/ui/uitest"
)

var update = flag.Bool("update", false, "write docs/accessible.md")

const page = "../../docs/accessible.md"

// morning is the world of the page: four customers who wait, one of whom can't be answered any more.
func morning(t *testing.T, lang string) *world {
	t.Helper()
	named := func(name, text string, unread int) func(*model.Conversation) {
		return func(c *model.Conversation) {
			c.Customer.Name, c.LastMessage.Text, c.Unread = model.Untrusted(name), model.Untrusted(text), unread
		}
	}
	w := newWorld(t, lang, []model.Conversation{
		uitest.Talk(0, 12, named("Hanako Yamada", "Is the oak desk still there? I need three of them.", 1)),
		uitest.Talk(1, 23*60+35, named("Ken Sato", "Could you send me a quote for 20 kg?", 2)),
		uitest.Talk(2, 95, named("Marta Ruiz", "Do you ship to Spain?", 1)),
		uitest.Talk(3, 26*60, named("Callum Wright", "Good morning, are you open on Sunday?", 1)),
	})
	w.hub.Kept = []snippet.Snippet{{Name: "ship", Text: "Yes, we ship there, {customer}. It takes five days.", Team: true}}
	w.hub.Counted = []label.Count{{Label: "vip", Count: 3}, {Label: "wholesale", Count: 1}}
	w.hub.CRM.Suggested = []model.Candidate{{
		Record: model.Record{RecordRef: model.RecordRef{Type: model.Person, ID: "12"}, Title: "Ken Sato", Organization: "Sato Coffee"}, Match: model.MatchName,
	}}
	w.hub.CRM.Put(w.hub.CRM.Suggested[0].Record)
	p, _ := w.inbox.Page(uitest.Page)
	p.Visibility, p.Seq = model.Shared, 2
	w.hears(inbox.PagesListed{Pages: []model.Page{p}})
	w.texts = w.hub.Kept
	return w
}

// arrives is that Facebook has the last reply, and what the hub says of its conversation then.
func (w *world) arrives() {
	w.Helper()
	for id, of := range w.news.sent {
		t, _ := w.inbox.Thread(of)
		for _, x := range t.Messages {
			if x.ID != id {
				continue
			}
			x.State, x.Seq = model.Sent, w.hub.next()
			r, _ := w.conversation(of)
			c, said := r.Conversation, x.Summary()
			c.LastMessage, c.LastSaid, c.Waits, c.WaitsSince, c.Seq = &said, nil, model.WaitsNobody, nil, w.hub.next()
			if last := w.hub.Replies[len(w.hub.Replies)-1]; last.Done {
				c.Status = model.Done
			}
			w.hears(w.changed(model.ChangeMessage, x))
			w.hears(w.changed(model.ChangeConversation, c))
		}
	}
}

// triage types a whole triage; word returns a command in the language.
func triage(w *world, word func(string) string) string {
	w.types(word("list"), "2")
	w.types(word("reply"), "Certainly. You get it this morning.")
	w.arrives()
	w.types(word("label"), "1", word("done"))
	w.begins(word("reply"))
	w.customerWrites(0, "And do you deliver?")
	w.enters()
	w.types(";ship", "")
	w.arrives()
	w.types(word("link"), "1")
	w.hears(inbox.Connection{State: inbox.Offline, Trouble: inbox.Silent})
	w.passes(time.Minute)
	w.hears(inbox.Connection{State: inbox.Live})
	w.types(word("note")+" Asks for the price list", word("snooze"), "2h")
	w.types(word("assign")+" Ken", word("undo"), word("next_waiting"), word("search")+" label:vip", "7")
	w.types(word("send_done"), "Three of them are here. We deliver on Friday.")
	w.arrives()
	w.types(word("next_waiting"), word("list")+" blocked", "1", word("reply"), word("quit"))
	return strings.TrimSpace(w.since())
}

// TestTranscript: docs/accessible.md shows a triage as it is
// (go test ./ui/lines -run Transcript -update).
func TestTranscript(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want, got := string(b), string(b)
	for _, lang := range []string{"en", "ja"} {
		w := morning(t, lang)
		said := triage(w, func(id string) string { return w.words(id)[0] })
		if !w.quitted {
			t.Errorf("%s: it did not end", lang)
		}
		for _, r := range said {
			if r < ' ' && r != '\n' || r >= '─' && r <= '╿' {
				t.Fatalf("%s: holds %q", lang, r)
			}
		}
		block := regexp.MustCompile("(?s)(<!-- " + lang + " -->\n```text\n).*?(\n```)")
		if !block.MatchString(got) {
			t.Fatalf("%s: no place for it in %s", lang, page)
		}
		got = block.ReplaceAllStringFunc(got, func(s string) string {
			at := block.FindStringSubmatch(s)
			return at[1] + said + at[2]
		})
	}
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s is stale: run go test ./ui/lines -run Transcript -update\n%s", page, got)
	}
}
