package lines

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/snippet"
	"parley/ui/term/prompt"
	"parley/ui/uitest"
)

// TestTriage: those who wait are read out by number; one is opened, answered and done with, and the
// next opens.
func TestTriage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(3))
	w.says("3 customers wait for an answer.", "Command: ")
	w.types("list")
	w.says("1 Customer 2, waits 3 minutes, closes in 23 hours, 1 unread: 'question 2'", "3 Customer 0, waits 1 minute")
	w.types("2")
	w.says("Customer 1, 11:58: question 1", "Customer 1, command: ")
	if len(w.hub.Read) != 1 {
		t.Errorf("marked read: %v", w.hub.Read)
	}
	w.types("reply")
	w.says("Reply to Customer 1, closes in 23 hours: ")
	w.types("We have it.")
	w.says("On its way to Customer 1.")
	if len(w.hub.Replies) != 1 || w.hub.Replies[0].Text != "We have it." || w.hub.Replies[0].Conversation != uitest.Talk(1, 0).ID {
		t.Errorf("sent %+v", w.hub.Replies)
	}
	w.types("done")
	w.says("Customer 1 is done.", "undo takes the last action back.", "Customer 2, waits 3 minutes", "question 2")
	w.types("undo")
	w.says("Taken back: Customer 1 is as before.")
}

// TestNothingIntoTheLine: what happens while something is typed is said afterwards.
func TestNothingIntoTheLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(2))
	w.types("list", "2")
	w.since()
	w.begins("no")
	w.customerWrites(1, "are you there")
	if got := w.since(); got != "no" {
		t.Errorf("into the line: %q", got)
	}
	w.begins("te Calls on Friday")
	w.enters()
	got := w.since()
	if !strings.Contains(got, "New: Customer 1") || strings.Index(got, "New:") < strings.Index(got, "Friday") {
		t.Errorf("not said afterwards: %q", got)
	}
	w.customerWrites(0, "and in the open one")
	w.says("Customer 0, 12:00: and in the open one")
}

// TestHidden: nothing more is said of a conversation that the user may no longer see, also nothing
// that waited; what is asked about it is taken back, and what was typed is kept.
func TestHidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(2))
	w.types("list", "2", "reply")
	w.since()
	w.begins("My answer")
	w.customerWrites(1, "a secret")
	p, _ := w.inbox.Page(uitest.Page)
	p.Sees, p.Seq = false, 9
	w.Apply([]inbox.Update{inbox.Dropped{Page: uitest.Page}})
	w.hears(inbox.PagesListed{Pages: []model.Page{p}})
	got := w.since()
	if !strings.Contains(got, "no longer yours to see") || strings.Contains(got, "secret") || strings.Contains(got, "Customer 1") {
		t.Errorf("said: %q", got)
	}
	if w.drafts[model.DraftOf{Conversation: uitest.Talk(0, 0).ID}] != "My answer" {
		t.Errorf("not kept: %v", w.drafts)
	}
	w.types("1")
	if got := w.since(); strings.Contains(got, "Customer") {
		t.Errorf("a number leads to it: %q", got)
	}
	if len(w.hub.Replies) != 0 {
		t.Error("sent")
	}
}

// TestRefused: where Facebook would refuse a reply none is asked for, and none is sent if the window
// closes while it is typed.
func TestRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", []model.Conversation{uitest.Talk(0, 24*60-1), uitest.Talk(1, 24*60+1)})
	w.types("list all", "2", "reply")
	w.says("Customer 1 can't be answered now. Reply window closed.")
	w.types("1", "reply")
	w.begins("too late")
	w.passes(2 * time.Minute)
	w.enters()
	w.says("Customer 0 can't be answered now.", "kept as a draft")
	if len(w.hub.Replies) != 0 {
		t.Errorf("sent %+v", w.hub.Replies)
	}
}

// TestNotSentTwice: a reply that the hub refused is a draft again, one that it did not get waits and is
// sent with the same id.
func TestNotSentTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(1))
	w.types("list", "1")
	w.hub.Err = model.Refuse(model.NewerReply)
	w.types("reply", "Hello")
	w.says("Not sent to Customer 0", "The text is a draft.")
	if got := w.Unheard(); len(got) != 0 {
		t.Errorf("it is kept as well: %+v", got)
	}
	w.hub.Err = errors.New("no answer")
	w.types("reply", "")
	w.says("Reply to Customer 0, closes in 23 hours: Hello", "resend sends it again")
	w.hub.Err = nil
	w.types("resend")
	n := len(w.hub.Replies)
	if n != 3 || w.hub.Replies[2].ClientID != w.hub.Replies[1].ClientID || w.hub.Replies[1].ClientID == w.hub.Replies[0].ClientID {
		t.Errorf("sent %+v", w.hub.Replies)
	}
}

// TestHold: a held reply leaves after its time, and can be taken back before.
func TestHold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(1), func(o *Options) { o.Hold = 5 * time.Second })
	w.types("list", "1", "reply", "Hello")
	w.says("To Customer 0, leaves in 5 seconds. undo takes it back, send sends it now.")
	w.types("undo")
	w.says("Taken back, to Customer 0.")
	w.passes(6 * time.Second)
	if len(w.hub.Replies) != 0 {
		t.Fatalf("sent %+v", w.hub.Replies)
	}
	w.types("reply", " there")
	w.passes(6 * time.Second)
	if len(w.hub.Replies) != 1 || w.hub.Replies[0].Text != "Hello there" {
		t.Errorf("sent %+v", w.hub.Replies)
	}
}

// TestWhatWasSeen: a reply says up to where its writer was read to, and not what waited to be said.
func TestWhatWasSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(2))
	w.types("list", "2", "reply")
	before, _ := w.inbox.Position(uitest.Page)
	w.begins("Hello")
	w.customerWrites(1, "something")
	w.enters()
	if got := w.hub.Replies[0].SeenSeq; got != before.Seq {
		t.Errorf("seen up to %d, read up to %d", got, before.Seq)
	}
}

// TestNothingTwice: after the connection was lost, and all was read again, nothing is repeated.
func TestNothingTwice(t *testing.T) {
	t.Parallel()
	all := uitest.Some(3)
	w := newWorld(t, "en", all)
	w.types("list", "1")
	w.hears(inbox.Connection{State: inbox.Offline, Trouble: inbox.Silent})
	w.says("No connection to the hub: it does not answer.")
	w.types("reply", "Kept")
	w.says("it is kept, and leaves when the hub is there again")
	w.hears(inbox.Connection{State: inbox.Connecting}, inbox.Connection{State: inbox.Offline, Trouble: inbox.Silent})
	if got := w.since(); strings.Contains(got, "No connection") {
		t.Errorf("said twice: %q", got)
	}
	w.hears(append([]inbox.Update{inbox.Connection{State: inbox.Live}, inbox.Reloading{Page: uitest.Page}}, uitest.Filled(all)...)...)
	got := w.since()
	if !strings.Contains(got, "The hub is there again.") || strings.Contains(got, "question") {
		t.Errorf("said: %q", got)
	}
	if len(w.hub.Replies) != 1 || w.hub.Replies[0].Text != "Kept" {
		t.Errorf("sent %+v", w.hub.Replies)
	}
}

// TestSnippet: a name after a semicolon becomes its text, which is read out before it is sent; what
// is not known in it keeps it from being sent.
func TestSnippet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(1))
	w.hub.Kept = []snippet.Snippet{{Name: "thanks", Text: "Thank you, {customer}."}, {Name: "price", Text: "It is {deal.value}."}}
	w.types("snippets", "list", "1", "reply", ";thanks")
	w.says("Enter sends this, or type on: Thank you, Customer 0.")
	if len(w.hub.Replies) != 0 {
		t.Fatal("sent unheard")
	}
	w.types("", "reply", ";price", "")
	w.says("{deal.value}", "Nothing is sent.")
	if len(w.hub.Replies) != 1 || w.hub.Replies[0].Text != "Thank you, Customer 0." {
		t.Errorf("sent %+v", w.hub.Replies)
	}
}

// TestLeft: out of a reply by ctrl+c, the text is a draft, and stands there again.
func TestLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(1))
	w.types("list", "1", "reply")
	w.begins("Half a")
	w.ends(prompt.Left)
	w.says("kept as a draft")
	w.types("drafts")
	w.says("1 Customer 0, waits 1 minute, closes in 23 hours, draft")
	w.types("reply", " sentence")
	if w.hub.Replies[0].Text != "Half a sentence" || len(w.drafts[model.DraftOf{Conversation: uitest.Talk(0, 0).ID}]) != 0 {
		t.Errorf("sent %+v, drafts %v", w.hub.Replies, w.drafts)
	}
}

// TestWords: commands are known in both languages and by their keys on the screen, and others are
// guessed at; every command that is not one of lines alone is in the screen's registry.
func TestWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "ja", uitest.Some(2))
	w.types("一覧", "１")
	w.says("1 Customer 1、返信待ち2分", "Customer 1さん、コマンド：")
	w.types("e")
	w.says("Customer 1さんを完了にしました。")
	w.types("１　メモ　ＡＢＣ、ーです。")
	w.says("Customer")
	w.types("メモ　１　ＡＢＣ、ーです。")
	if r := w.hub.Replies; len(r) != 1 || r[0].Text != "ＡＢＣ、ーです。" || !r[0].Note {
		t.Errorf("noted %+v", r)
	}
	w.types("スヌーズ 3h", "rply")
	w.says("「rply」")
	w.types("ヘルプ")
	w.says("一覧またはいちらん：")
	for _, v := range w.verbs {
		if v.title == "" && !w.Words.Has(i18n.Command(v.id)) {
			t.Errorf("%s: no command of the screen", v.id)
		}
	}
	seen := map[string]string{}
	for _, v := range w.verbs {
		for _, l := range both {
			for _, word := range (voice{}).in(l).words(v.id) {
				if seen[word] != "" {
					t.Errorf("%s is %s and %s", word, seen[word], v.id)
				}
				seen[word] = v.id
			}
		}
	}
}

// TestHostile: what a customer writes is made safe, in a list and in a conversation.
func TestHostile(t *testing.T) {
	t.Parallel()
	c := uitest.Talk(0, 1, func(c *model.Conversation) {
		c.Customer.Name = "Eve\x1b[2J"
		c.LastMessage.Text = "\x1b]0;mine\a\u202ehello\r\nCommand: quit"
	})
	w := newWorld(t, "en", []model.Conversation{c})
	w.types("list", "1")
	if got := w.since(); strings.ContainsAny(got, "\x1b\a\r\u202e") {
		t.Errorf("said: %q", got)
	}
}

// TestACustomersLinesAreTheirs: none of them passes for one of the program's, or of somebody else's.
func TestACustomersLinesAreTheirs(t *testing.T) {
	t.Parallel()
	for lang, mark := range map[string]string{"en": "Fran, further: ", "ja": "Fran、続き："} {
		c := uitest.Talk(0, 1, func(c *model.Conversation) {
			c.Customer.Name = "Fran"
			c.LastMessage.Text = "hello\nFran is done.\nCommand: quit\n\nYou, 12:00, sent: bye"
		})
		w := newWorld(t, lang, []model.Conversation{c})
		w.types("list", "1")
		got := w.since()
		for _, line := range []string{"Fran is done.", "Command: quit", "You, 12:00, sent: bye"} {
			if strings.Contains(got, "\n"+line) || !strings.Contains(got, "\n"+mark+line) {
				t.Errorf("%s: %q is no line of Fran's:\n%s", lang, line, got)
			}
		}
	}
}

// TestLater: a reply is written for a time within the reply window, and another time is refused
// before it is written.
func TestLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", []model.Conversation{uitest.Talk(0, 1)})
	w.types("list", "1", "later 9999h")
	if got := w.since(); !strings.Contains(got, "By then the reply window is closed.") || len(w.hub.Replies) != 0 {
		t.Errorf("said: %s", got)
	}
	w.types("later 2h", "hello later")
	if len(w.hub.Replies) != 1 || w.hub.Replies[0].SendAt == nil || w.hub.Replies[0].SendAt.Sub(uitest.Noon) != 2*time.Hour {
		t.Fatalf("left: %+v", w.hub.Replies)
	}
	if got := w.since(); !strings.Contains(got, "Sends 14:00, unless the customer writes before.") {
		t.Errorf("said: %s", got)
	}
}

// TestMedia: what was attached is saved and opened, each by its number; where this is another
// machine, a link is said.
func TestMedia(t *testing.T) {
	t.Parallel()
	c := uitest.Talk(0, 1)
	photo := func(id, name string) model.Attachment {
		return model.Attachment{ID: id, Type: model.ImageFile, Title: model.Untrusted(name), Size: 9, Media: &model.Media{State: model.MediaStored, Type: "image/jpeg"}}
	}
	to, opened := &uitest.FakeDownloads{Opens: true}, []string(nil)
	w := newWorld(t, "en", []model.Conversation{c}, func(o *Options) {
		o.Downloads, o.Browse = to, func(path string) error { opened = append(opened, path); return nil }
	})
	w.hub.Files = uitest.FakeMedia{"100_m.1": "one", "100_m.2": "two"}
	w.hub.Threads[c.ID][0].Attachments = []model.Attachment{photo("100_m.1", "desk.jpg"), photo("100_m.2", "chair.jpg")}
	w.types("media 1")
	w.types("list", "1", "media", "2")
	if got := w.since(); !strings.Contains(got, "Attached, 2") || !strings.Contains(got, "Opened: ") || len(opened) != 1 {
		t.Errorf("opened %q, said: %s", opened, got)
	}
	w.o.Browse = nil
	w.types("media", "1")
	if got := w.since(); !strings.Contains(got, "https://hub.example/m/token") {
		t.Errorf("said: %s", got)
	}
}
