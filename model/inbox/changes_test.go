package inbox_test

import (
	"encoding/json"
	"testing"

	"parley/model"
	"parley/model/inbox"
)

// TestChangesAreOfOneCall: what a call reports is what it changed, not what one before it
// did.
func TestChangesAreOfOneCall(t *testing.T) {
	t.Parallel()
	c := loaded(t, 2)
	row, _ := c.in.View(inbox.Query{}).At(0)
	held, _ := c.in.Conversation(row.ID)
	elsewhere := model.NewConversationID("9", "1")
	for name, call := range map[string]func() inbox.Changes{
		"Welcomed": func() inbox.Changes { return apply(c.in, welcomed(c.in, me)) },
		"Changed":  func() inbox.Changes { return apply(c.in, changed(model.Batch{Page: "9"})) },
		"Put":      func() inbox.Changes { return c.in.Put(model.Conversation{ID: elsewhere}) },
		"Noticed":  func() inbox.Changes { return apply(c.in, noticed()) },
		"Counted":  func() inbox.Changes { return apply(c.in, inbox.Counted{Page: "9"}) },
		"Listed":   func() inbox.Changes { return apply(c.in, inbox.Listed{Page: "9"}) },
		"Complete": func() inbox.Changes { return apply(c.in, complete("9")) },
		"PutLinks": func() inbox.Changes { return c.in.PutLinks(model.LinkChange{Conversation: elsewhere}) },
		"SetMessages": func() inbox.Changes {
			_, changes := c.in.SetMessages(inbox.Opening{}, nil, "", model.Position{})
			return changes
		},
		"AddOlder": func() inbox.Changes {
			_, changes := c.in.AddOlder(inbox.Opening{}, nil, "", model.Position{})
			return changes
		},
		"PutMessage": func() inbox.Changes { return c.in.PutMessage(model.Message{ConversationID: held.ID}) },
		"Advance":    func() inbox.Changes { return c.in.Advance(c.in.Now()) },
	} {
		before := c.in.PutLinks(model.LinkChange{Conversation: held.ID, Links: held.Links})
		if len(before.Conversations) != 1 || len(before.Links) != 1 {
			t.Fatalf("before %s: %+v", name, before)
		}
		if changes := call(); changes.Any() || len(changes.Links) > 0 {
			t.Errorf("%s reports %+v", name, changes)
		}
	}
	// These change their Pages themselves, but no conversation.
	for name, call := range map[string]func() inbox.Changes{
		"PagesListed": func() inbox.Changes { return apply(c.in, inbox.PagesListed{Pages: c.w.pageList()}) },
		"Dropped":     func() inbox.Changes { return apply(c.in, inbox.Dropped{Page: "9"}) },
		"Reloading":   func() inbox.Changes { return apply(c.in, reloading("9")) },
	} {
		c.in.PutLinks(model.LinkChange{Conversation: held.ID, Links: held.Links})
		if changes := call(); len(changes.Conversations)+len(changes.Links) > 0 {
			t.Errorf("%s reports %+v", name, changes)
		}
	}
}

// TestPutLinksWithoutPosition: links answered alone are taken over for what is held as of
// a position, and for nothing else.
func TestPutLinksWithoutPosition(t *testing.T) {
	t.Parallel()
	c := loaded(t, 1)
	row, _ := c.in.View(inbox.Query{}).At(0)
	links := model.LinkChange{Conversation: row.ID, Links: []model.Link{{Type: "deal", ID: "42"}}}
	apply(c.in, reloading("1"))
	if changes := c.in.PutLinks(links); changes.Any() {
		t.Errorf("before the first list: %+v", changes)
	}
	if now, _ := c.in.Conversation(row.ID); len(now.Links) > 0 {
		t.Errorf("links %v", now.Links)
	}
}

// TestNoticeComesWithTheStream: a notice that happens now is shown, and said to be new.
func TestNoticeComesWithTheStream(t *testing.T) {
	t.Parallel()
	c := loaded(t, 1)
	at, _ := c.in.Position("1")
	raw, err := json.Marshal(model.Notice{ID: "n1", PageID: "1", Seq: at.Seq + 1, CreatedAt: noon})
	if err != nil {
		t.Fatal(err)
	}
	changes, err := c.in.Apply(changed(model.Batch{Page: "1", From: at.Seq, To: at.Seq + 1, Events: []model.Change{
		{Seq: at.Seq + 1, Kind: model.ChangeNotice, Object: raw},
	}}))
	if got := c.in.Notices(); err != nil || !changes.Notices || len(got) != 1 || got[0].ID != "n1" {
		t.Errorf("%+v, %+v, %v", got, changes, err)
	}
}

// TestFeedbackURL: where users say what they miss is told by the hub.
func TestFeedbackURL(t *testing.T) {
	t.Parallel()
	in := inbox.NewInbox(me)
	for _, address := range []model.Untrusted{"https://a.example", "https://b.example", ""} {
		apply(in, inbox.Welcomed{Now: noon, User: me, FeedbackURL: address})
		if got := in.FeedbackURL(); got != address {
			t.Errorf("%q", got)
		}
	}
}

// TestAccessAgain: a Page that is shown again is reloaded; what it holds is said to be
// stale, down to a single conversation, and its visibility stays where none was told.
func TestAccessAgain(t *testing.T) {
	t.Parallel()
	for _, held := range []int{0, 1} {
		c := loaded(t, held)
		before, _ := c.in.Page("1")
		changes := apply(c.in, reloading("1"))
		if many := held > 0; changes.Many != many || changes.Lists != many || !changes.Pages {
			t.Errorf("%d held: %+v", held, changes)
		}
		if after, _ := c.in.Page("1"); after.Visibility != before.Visibility || !after.Visibility.Valid() {
			t.Errorf("visibility %q, was %q", after.Visibility, before.Visibility)
		}
	}
}

// TestHeldIsTheInboxsOwn: what a caller does afterwards with what it handed over changes
// nothing that is held.
func TestHeldIsTheInboxsOwn(t *testing.T) {
	t.Parallel()
	c := loaded(t, 1)
	row, _ := c.in.View(inbox.Query{}).At(0)
	conv := row.Conversation
	conv.Seq++
	last := *conv.LastMessage
	last.Attachments = []string{"image"}
	conv.LastMessage, conv.Labels, conv.Links = &last, []string{"vip"}, []model.Link{{Type: "deal", ID: "42"}}
	c.in.Put(conv)
	last.Attachments[0], conv.Labels[0], conv.Links[0].ID = "other", "other", "43"
	now, _ := c.in.Conversation(row.ID)
	if now.Seq != conv.Seq || now.Labels[0] != "vip" || now.Links[0].ID != "42" || now.LastMessage.Attachments[0] != "image" {
		t.Errorf("%+v, %+v", now, now.LastMessage)
	}
}
