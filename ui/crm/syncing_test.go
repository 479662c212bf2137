package crm_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/uitest"
)

// synced is a link that tells how the transcript stands.
func synced(l model.Link, state model.SyncState, ago time.Duration, reason model.Code) model.Link {
	l.Sync = &model.Sync{State: state, Reason: reason}
	if state == model.SyncDone {
		at := uitest.Noon.Add(-ago)
		l.Sync.At = &at
	}
	return l
}

// TestThePanelSaysHowTheTranscriptStands: once where it stands alike everywhere; and what
// time alone changes, changes by itself.
func TestThePanelSaysHowTheTranscriptStands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang  string
		state model.SyncState
		ago   time.Duration
		why   model.Code
		says  string
	}{
		{"en", model.SyncDone, 0, "", "Transcript synced just now"},
		{"en", model.SyncDone, 2 * time.Minute, "", "Transcript synced 2 min ago"},
		{"ja", model.SyncDone, 2 * time.Minute, "", "会話記録：2分前に同期"},
		{"en", model.SyncDone, 2 * time.Hour, "", "Transcript synced 10:00"},
		{"en", model.SyncWaiting, 0, "", "Transcript waits to be"},
		{"en", model.SyncWaiting, 0, model.CRMLimited, "up. It goes on by itself."},
		{"en", model.SyncFailed, 0, model.CRMForbidden, "Transcript not synced"},
		{"ja", model.SyncFailed, 0, "unheard_of", "会話記録を同期できません"},
		{"en", model.SyncOff, 0, "", "Transcript off: nothing is"},
	} {
		w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(synced(toHanako, c.state, c.ago, c.why), synced(toChairs, c.state, c.ago, c.why)))},
			func(o *app.Options) { o.Words = i18n.New(c.lang) })
		w.Keys("enter")
		w.Shows(c.says)
		w.Hides("Office chairs: ")
	}
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(synced(toHanako, model.SyncDone, 2*time.Minute, ""), synced(toChairs, model.SyncWaiting, 0, "")))})
	w.Keys("enter")
	w.Shows("Office chairs: Transcript", "2 min ago")
	w.Passes(61 * time.Second)
	w.Shows("3 min ago")
}

// TestSyncByHand: now, off, and on again, with what it said in the panel; the CRM off for
// the Page leaves nothing to switch.
func TestSyncByHand(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(synced(toHanako, model.SyncDone, time.Minute, "")))})
	w.Keys("enter", "tab", "Y")
	w.Shows("The transcript is written to Pipedrive now.", "Transcript waits to be")
	w.Keys("T")
	w.Shows("The transcript is no longer synced.", "Transcript off")
	w.Keys("Y")
	w.Shows("The transcript is off. T switches it on.")
	w.Keys("T")
	w.Shows("The transcript is synced to Pipedrive.")
	if asks(w, "sync now") != 1 || asks(w, "sync false") != 1 || asks(w, "sync true") != 1 {
		t.Errorf("asked %v", w.Hub.Asked)
	}
	w.PageNow(3, func(p *model.Page) { p.Visibility, p.SyncOff = model.Shared, true })
	w.Keys("T")
	w.Shows("Transcripts are off for Aoyama Coffee. An admin can switch them on.")
}

// TestNobodyReadsAPrivateConversationUnasked: switching its transcript on asks first, and
// so does the Page's; linking says what is true while it is off.
func TestNobodyReadsAPrivateConversationUnasked(t *testing.T) {
	t.Parallel()
	off := synced(toHanako, model.SyncOff, 0, "")
	w := crmWorld(t, []model.Conversation{uitest.Talk(0, 1, linkedTo(off))})
	w.PageNow(3, func(p *model.Page) { p.Visibility = model.Private })
	w.Keys("enter", "tab", "T")
	w.Shows("transcript is synced, whoever may see 山田 花子")
	w.Keys("enter")
	if asks(w, "sync true") != 0 {
		t.Fatal("it is switched on by what is chosen first")
	}
	w.Keys("T", "y")
	if asks(w, "sync true") != 1 {
		t.Fatal("it is not switched on")
	}
	w.Arrives(uitest.Talk(0, 1, linkedTo(off), func(c *model.Conversation) { c.Seq = 5000 }))
	suggests(w, byPhone(deal("42", "Office chairs")))
	w.Keys("c", "down", "up")
	w.Passes(time.Second)
	w.Keys("enter")
	w.Shows("so linking shows it to")
	w.Keys("esc", "esc")
	w.Keys(":")
	w.Types("sync_page")
	w.Keys("enter")
	if asks(w, "sync page") != 0 {
		t.Error("who is no admin switches the Page")
	}
}

// TestThePagesTranscripts are an admin's to switch.
func TestThePagesTranscripts(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, uitest.Some(1))
	w.Sends([]inbox.Update{inbox.Welcomed{Now: w.Inbox.Now(), User: model.User{ID: uitest.Me, Name: "Aoi", Admin: true}}})
	palette := func() {
		w.Keys(":")
		w.Types("sync_page")
		w.Keys("enter")
	}
	palette()
	w.Shows("Transcripts of Aoyama Coffee are no longer synced.")
	w.PageNow(3, func(p *model.Page) { p.Visibility, p.SyncOff = model.Private, true })
	palette()
	w.Shows("Aoyama Coffee is private. Once transcripts are synced")
	w.Keys("n")
	w.PageNow(4, func(p *model.Page) { p.Visibility, p.SyncOff = model.Shared, true })
	palette()
	w.Shows("Transcripts of Aoyama Coffee are synced to Pipedrive.")
	if asks(w, "sync page 100 false") != 1 || asks(w, "sync page 100 true") != 1 {
		t.Errorf("asked %v", w.Hub.Asked)
	}
}

// TestEarlierConversations of the same person that this user may see, and no others.
func TestEarlierConversations(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{
		uitest.Talk(0, 1, linkedTo(toHanako)), uitest.Talk(1, 2), uitest.Talk(2, 3*24*60, linkedTo(toHanako, toChairs)), uitest.Talk(3, 5*24*60, linkedTo(toChairs)),
	})
	w.Keys("j", "enter")
	w.Hides("Earlier conversations")
	w.Keys("esc", "k", "enter")
	w.Shows("Earlier conversations", "15 Nov  question 2")
	w.Hides("13 Nov  question 3")
	w.Keys("tab", "enter")
	w.Shows("Customer 2  ")
	if w.Model.Shown != uitest.Talk(2, 0).ID {
		t.Errorf("%s is open", w.Model.Shown)
	}
	w.Arrives(uitest.Talk(1, 2, linkedTo(toHanako), func(c *model.Conversation) { c.Seq = 500 }))
	w.Keys("tab", "enter")
	w.Shows("Earlier conversations of Customer 2", "18 Nov")
	w.Keys("2")
	if w.Model.Shown != uitest.Talk(1, 0).ID {
		t.Errorf("%s is open", w.Model.Shown)
	}
	w.Removes(string(uitest.Talk(2, 0).ID))
	w.Sends(tea.WindowSizeMsg{Width: 160, Height: 45})
	w.Hides("15 Nov  question 2")
}
