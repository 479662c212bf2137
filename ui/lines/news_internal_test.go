package lines

import (
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/uitest"
)

// TestToldOnce: what others do with conversations, and windows that close, are said once each.
func TestToldOnce(t *testing.T) {
	t.Parallel()
	closes := uitest.Talk(1, 24*60-40, func(c *model.Conversation) { c.Assignee = &model.UserRef{ID: uitest.Me} })
	w := newWorld(t, "en", []model.Conversation{uitest.Talk(0, 5), closes})
	w.since()
	r, _ := w.conversation(uitest.Talk(0, 0).ID)
	c := r.Conversation
	c.Assignee, c.AssignedBy, c.Mentioned, c.Seq = &model.UserRef{ID: uitest.Me}, &uitest.Ken, []model.UserID{uitest.Me}, w.hub.next()
	w.hears(w.changed(model.ChangeConversation, c))
	w.says("Customer 0 was assigned to you.", "A note about Customer 0 mentions you.")
	c.Seq = w.hub.next()
	w.hears(w.changed(model.ChangeConversation, c))
	w.passes(time.Minute)
	if got := w.since(); got != "" {
		t.Errorf("said again, or too early: %q", got)
	}
	w.passes(10 * time.Minute)
	w.says("Customer 1 closes in 29 minutes.")
	w.passes(time.Minute)
	if got := w.since(); got != "" {
		t.Errorf("said again: %q", got)
	}
}

// TestCompany: who else writes in a conversation is said when it is opened, when they begin, and before
// a reply is typed; and they are told of this user.
func TestCompany(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(2))
	p, _ := w.inbox.Page(uitest.Page)
	p.Visibility, p.Seq = model.Shared, 2
	w.hears(inbox.PagesListed{Pages: []model.Page{p}})
	id := uitest.Talk(0, 0).ID
	typing := inbox.Ephemeral{Frame: model.Ephemeral{Type: model.FrameTyping, Page: uitest.Page, Conversation: id, User: uitest.Ken, Active: true}}
	w.hears(typing)
	w.types("who", "list", "2")
	w.says("Customer 0, Ken is writing", "question 0\n", "Ken is writing")
	w.passes(time.Minute)
	w.hears(typing)
	w.says("Ken is writing")
	w.types("reply")
	w.says("Ken is writing")
	w.begins("I do")
	w.desk.keep()
	w.passes(time.Second)
	var told []string
	for _, f := range w.hub.Told {
		told = append(told, string(f.Type))
	}
	if got := strings.Join(told, " "); !strings.Contains(got, "presence") || !strings.Contains(got, "typing") {
		t.Errorf("told %s", got)
	}
}

// TestLinkOfPrivate: before a private conversation is linked, it is said who could read it then; no
// answer leaves it as it is.
func TestLinkOfPrivate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(1))
	others := 4
	w.hub.CRM.Others = &others
	rec := model.Record{RecordRef: model.RecordRef{Type: model.Deal, ID: "7"}, Title: "Desks\x1b[2J"}
	w.hub.CRM.Put(rec)
	w.hub.CRM.Found = map[string][]model.Candidate{"desks": {{Record: rec}}}
	w.types("list", "1", "link")
	w.says("Nothing was found for Customer 0.", "Words, or nothing to leave it: ")
	w.types("desks", "1")
	w.says("Aoyama Coffee is private", "4 others", "1 Leave it as it is", "2 Link")
	w.types("")
	w.says("Nothing was changed.")
	w.types("link desks", "1", "2")
	w.says("Customer 0 is linked to Desks")
	w.types("undo")
	w.says("Taken back")
	if r, _ := w.conversation(uitest.Talk(0, 0).ID); len(r.Links) != 0 {
		t.Errorf("linked to %v", r.Links)
	}
}

// TestQuit: with a reply held back, its user is asked what becomes of it.
func TestQuit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(1), func(o *Options) { o.Hold = time.Minute })
	w.types("list", "1", "reply", "Hello", "quit")
	w.says("1 Send now, and leave", "2 Keep as drafts, and leave", "3 Stay")
	w.types("2")
	if !w.quitted || len(w.hub.Replies) != 0 || w.drafts[model.DraftOf{Conversation: uitest.Talk(0, 0).ID}] != "Hello" || len(w.Unheard()) != 0 {
		t.Errorf("quitted %v, sent %v, drafts %v", w.quitted, w.hub.Replies, w.drafts)
	}
}

// TestDecides: a reply of which nobody knows whether it arrived is said, and sent again or given up by
// its user's word alone.
func TestDecides(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "en", uitest.Some(1))
	id := uitest.Talk(0, 0).ID
	w.types("list", "1", "reply", "Hello")
	w.since()
	th, _ := w.inbox.Thread(id)
	x := th.Messages[len(th.Messages)-1]
	x.State, x.Error, x.Seq = model.Ask, &model.MessageError{Code: model.OutcomeUnknown}, w.hub.next()
	w.hears(w.changed(model.ChangeMessage, x))
	w.says("Not sent to Customer 0, Facebook did not answer. It may have arrived.", "resend sends it again, drop gives it up.")
	w.passes(time.Hour)
	w.types("drop")
	w.says("given up")
	if n := len(w.hub.Replies); n != 1 {
		t.Errorf("handed in %d times", n)
	}
}
