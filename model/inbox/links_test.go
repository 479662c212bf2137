package inbox_test

import (
	"encoding/json"
	"errors"
	"testing"

	"parley/model"
	"parley/model/inbox"
)

// linkChange applies a change of links, or what stands in its place.
func (c *wire) linkChange(t *testing.T, object any) (inbox.Changes, error) {
	t.Helper()
	at, _ := c.in.Position("1")
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return c.in.Apply(changed(model.Batch{Page: "1", From: at.Seq, To: at.Seq + 1, Events: []model.Change{
		{Seq: at.Seq + 1, Kind: model.ChangeLink, Object: raw},
	}}))
}

// TestInboxLinks: links come by a change of their own and with an answer, and leave
// everything else of the conversation as it is.
func TestInboxLinks(t *testing.T) {
	t.Parallel()
	c := loaded(t, 2)
	before, _ := c.in.View(inbox.Query{}).At(0)
	links := []model.Link{{Type: "deal", ID: "42", Title: "Office chairs"}}
	if changes, err := c.linkChange(t, model.LinkChange{Conversation: before.ID, Links: links}); err != nil || len(changes.Conversations) != 1 || len(changes.Links) != 1 || changes.Links[0] != before.ID {
		t.Errorf("%v %v", changes, err)
	}
	after, _ := c.in.Conversation(before.ID)
	if len(after.Links) != 1 || after.Links[0] != links[0] || after.Seq != before.Seq || after.Unread != before.Unread || after.Customer != before.Customer {
		t.Errorf("it is %+v", after)
	}
	c.in.PutLinks(model.LinkChange{Conversation: before.ID})
	if after, _ := c.in.Conversation(before.ID); len(after.Links) != 0 {
		t.Errorf("links %v", after.Links)
	}
	if changes, err := c.linkChange(t, model.LinkChange{Conversation: model.NewConversationID("1", "99999"), Links: links}); err != nil || changes.Any() {
		t.Errorf("of a conversation that is not held: %v %v", changes, err)
	}
	for name, object := range map[string]any{"no change": 7, "another Page's": model.LinkChange{Conversation: model.NewConversationID("2", "5")}} {
		if _, err := loaded(t, 1).linkChange(t, object); !errors.Is(err, inbox.ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLinkedTo: conversations are found by the record that they are linked to, as long as
// they are, and may be seen.
func TestLinkedTo(t *testing.T) {
	t.Parallel()
	c := loaded(t, 3)
	person := model.Link{Type: "person", ID: "12"}
	for i := range 3 {
		r, _ := c.in.View(inbox.Query{}).At(i)
		c.in.PutLinks(model.LinkChange{Conversation: r.ID, Links: []model.Link{person}})
	}
	all := c.in.LinkedTo(person.Ref())
	if len(all) != 3 || all[0].UpdatedAt.Before(all[1].UpdatedAt) || all[1].UpdatedAt.Before(all[2].UpdatedAt) {
		t.Fatalf("%d are linked", len(all))
	}
	c.in.PutLinks(model.LinkChange{Conversation: all[0].ID})
	if now := c.in.LinkedTo(person.Ref()); len(now) != 2 || now[0].ID != all[1].ID {
		t.Errorf("after one is unlinked: %d", len(now))
	}
	if n := len(c.in.LinkedTo(model.RecordRef{Type: model.Deal, ID: "12"})); n != 0 {
		t.Errorf("%d are linked to the deal of that number", n)
	}
	apply(c.in, inbox.Dropped{Page: "1"})
	if n := len(c.in.LinkedTo(person.Ref())); n != 0 {
		t.Errorf("%d of a hidden Page", n)
	}
}
