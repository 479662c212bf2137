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
		"SetUser":    func() inbox.Changes { return c.in.SetUser(model.User{}) },
		"Apply":      func() inbox.Changes { _, changes, _ := c.in.ApplyBatch(model.Batch{Page: "9"}); return changes },
		"Put":        func() inbox.Changes { return c.in.Put(model.Conversation{ID: elsewhere}) },
		"AddNotices": func() inbox.Changes { return c.in.AddNotices(nil) },
		"SetCounts":  func() inbox.Changes { return c.in.SetCounts("9", inbox.Counts{}, model.Position{}) },
		"PutLinks":   func() inbox.Changes { return c.in.PutLinks(model.LinkChange{Conversation: elsewhere}) },
		"SetMessages": func() inbox.Changes {
			_, changes := c.in.SetMessages(inbox.Opening{}, nil, "", model.Position{})
			return changes
		},
		"AddOlder": func() inbox.Changes {
			_, changes := c.in.AddOlder(inbox.Opening{}, nil, "", model.Position{})
			return changes
		},
		"PutMessage": func() inbox.Changes { return c.in.PutMessage(model.Message{ConversationID: held.ID}) },
		"AddList": func() inbox.Changes {
			changes, _ := c.in.AddList(inbox.Reload{}, nil, model.Position{})
			return changes
		},
		"EndReload": func() inbox.Changes { changes, _ := c.in.EndReload(inbox.Reload{}); return changes },
		"Advance":   func() inbox.Changes { return c.in.Advance(c.in.Now()) },
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
		"SetPages": func() inbox.Changes { return c.in.SetPages(c.w.pageList()) },
		"Access": func() inbox.Changes {
			_, changes := c.in.Access(model.Access{Page: "9", Sees: true})
			return changes
		},
		"Welcome": func() inbox.Changes {
			_, changes := c.in.Welcome(welcomeTo(c.w.pages["1"].position().Epoch, c.w.pages["1"].head, model.ResumeOK))
			return changes
		},
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
	if _, ok := c.in.BeginReload("1"); !ok {
		t.Fatal("no reload begins")
	}
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
	_, changes, err := c.in.ApplyBatch(model.Batch{Page: "1", From: at.Seq, To: at.Seq + 1, Events: []model.Change{
		{Seq: at.Seq + 1, Kind: model.ChangeNotice, Object: raw},
	}})
	if got := c.in.Notices(); err != nil || !changes.Notices || len(got) != 1 || got[0].ID != "n1" {
		t.Errorf("%+v, %+v, %v", got, changes, err)
	}
}

// TestFeedbackURL: where users say what they miss is told by the hub, and by whoever keeps
// the inbox between two runs.
func TestFeedbackURL(t *testing.T) {
	t.Parallel()
	in := inbox.NewInbox(me)
	in.SetFeedbackURL("https://a.example")
	if got := in.FeedbackURL(); got != "https://a.example" {
		t.Errorf("%q", got)
	}
	w := welcomeTo("e", 1, model.ResumeOK)
	w.FeedbackURL = "https://b.example"
	in.Welcome(w)
	if got := in.FeedbackURL(); got != "https://b.example" {
		t.Errorf("%q after a welcome", got)
	}
}

// TestAccessAgain: a Page that is shown again is reloaded; what it holds is said to be
// stale, down to a single conversation, and its visibility stays where none was told.
func TestAccessAgain(t *testing.T) {
	t.Parallel()
	for _, held := range []int{0, 1} {
		c := loaded(t, held)
		before, _ := c.in.Page("1")
		reload, changes := c.in.Access(model.Access{Page: "1", Sees: true})
		if many := held > 0; !reload || changes.Many != many || changes.Lists != many || !changes.Pages {
			t.Errorf("%d held: %v, %+v", held, reload, changes)
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
