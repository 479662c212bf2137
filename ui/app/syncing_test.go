package app

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
)

// synced is a link that tells how the transcript stands.
func synced(l model.Link, state model.SyncState, ago time.Duration, reason model.Code) model.Link {
	l.Sync = &model.Sync{State: state, Reason: reason}
	if state == model.SyncDone {
		at := noon.Add(-ago)
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
		w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(synced(toHanako, c.state, c.ago, c.why), synced(toChairs, c.state, c.ago, c.why)))},
			func(o *Options) { o.Words = i18n.New(c.lang) })
		w.keys("enter")
		w.shows(c.says)
		w.hides("Office chairs: ")
	}
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(synced(toHanako, model.SyncDone, 2*time.Minute, ""), synced(toChairs, model.SyncWaiting, 0, "")))})
	w.keys("enter")
	w.shows("Office chairs: Transcript", "2 min ago")
	w.passes(61 * time.Second)
	w.shows("3 min ago")
}

// TestSyncByHand: now, off, and on again, with what it said in the panel; the CRM off for
// the Page leaves nothing to switch.
func TestSyncByHand(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(synced(toHanako, model.SyncDone, time.Minute, "")))})
	w.keys("enter", "tab", "Y")
	w.shows("The transcript is written to Pipedrive now.", "Transcript waits to be")
	w.keys("T")
	w.shows("The transcript is no longer synced.", "Transcript off")
	w.keys("Y")
	w.shows("The transcript is off. T switches it on.")
	w.keys("T")
	w.shows("The transcript is synced to Pipedrive.")
	if w.asks("sync now") != 1 || w.asks("sync false") != 1 || w.asks("sync true") != 1 {
		t.Errorf("asked %v", w.hub.asked)
	}
	w.pageNow(3, func(p *model.Page) { p.Visibility, p.SyncOff = model.Shared, true })
	w.keys("T")
	w.shows("Transcripts are off for Aoyama Coffee. An admin can switch them on.")
}

// TestNobodyReadsAPrivateConversationUnasked: switching its transcript on asks first, and
// so does the Page's; linking says what is true while it is off.
func TestNobodyReadsAPrivateConversationUnasked(t *testing.T) {
	t.Parallel()
	off := synced(toHanako, model.SyncOff, 0, "")
	w := crmWorld(t, []model.Conversation{talk(0, 1, linkedTo(off))})
	w.pageNow(3, func(p *model.Page) { p.Visibility = model.Private })
	w.keys("enter", "tab", "T")
	w.shows("transcript is synced, whoever may see 山田 花子")
	w.keys("enter")
	if w.asks("sync true") != 0 {
		t.Fatal("it is switched on by what is chosen first")
	}
	w.keys("T", "y")
	if w.asks("sync true") != 1 {
		t.Fatal("it is not switched on")
	}
	w.arrives(talk(0, 1, linkedTo(off), func(c *model.Conversation) { c.Seq = 5000 }))
	w.suggests(byPhone(deal("42", "Office chairs")))
	w.keys("c", "down", "up")
	w.passes(time.Second)
	w.keys("enter")
	w.shows("so linking shows it to nobody")
	w.keys("esc", "esc")
	w.keys(":")
	w.types("sync_page")
	w.keys("enter")
	if w.asks("sync page") != 0 {
		t.Error("who is no admin switches the Page")
	}
}

// TestThePagesTranscripts are an admin's to switch.
func TestThePagesTranscripts(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(1))
	w.sends([]inbox.Update{inbox.Welcomed{Now: w.Inbox.Now(), User: model.User{ID: me, Name: "Aoi", Admin: true}}})
	palette := func() {
		w.keys(":")
		w.types("sync_page")
		w.keys("enter")
	}
	palette()
	w.shows("Transcripts of Aoyama Coffee are no longer synced.")
	w.pageNow(3, func(p *model.Page) { p.Visibility, p.SyncOff = model.Private, true })
	palette()
	w.shows("Aoyama Coffee is private. Once transcripts are synced")
	w.keys("n")
	w.pageNow(4, func(p *model.Page) { p.Visibility, p.SyncOff = model.Shared, true })
	palette()
	w.shows("Transcripts of Aoyama Coffee are synced to Pipedrive.")
	if w.asks("sync page 100 false") != 1 || w.asks("sync page 100 true") != 1 {
		t.Errorf("asked %v", w.hub.asked)
	}
}

// TestEarlierConversations of the same person that this user may see, and no others.
func TestEarlierConversations(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, []model.Conversation{
		talk(0, 1, linkedTo(toHanako)), talk(1, 2), talk(2, 3*24*60, linkedTo(toHanako, toChairs)), talk(3, 5*24*60, linkedTo(toChairs)),
	})
	w.keys("j", "enter")
	w.hides("Earlier conversations")
	w.keys("esc", "k", "enter")
	w.shows("Earlier conversations", "15 Nov  question 2")
	w.hides("13 Nov  question 3")
	w.keys("tab", "enter")
	w.shows("Customer 2  ")
	if w.Model.Shown != talk(2, 0).ID {
		t.Errorf("%s is open", w.Model.Shown)
	}
	w.arrives(talk(1, 2, linkedTo(toHanako), func(c *model.Conversation) { c.Seq = 500 }))
	w.keys("tab", "enter")
	w.shows("Earlier conversations of Customer 2", "18 Nov")
	w.keys("2")
	if w.Model.Shown != talk(1, 0).ID {
		t.Errorf("%s is open", w.Model.Shown)
	}
	w.removes(string(talk(2, 0).ID))
	w.sends(tea.WindowSizeMsg{Width: 160, Height: 45})
	w.hides("15 Nov  question 2")
}
