package inbox_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
)

func change(t *testing.T, seq int64, kind model.ChangeKind, object any) model.Change {
	t.Helper()
	b, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return model.Change{Seq: seq, Kind: kind, Object: b}
}

func head(psid model.PSID, seq int64, at time.Time) model.Conversation {
	return model.Conversation{
		ID: model.NewConversationID("1", psid), PageID: "1", Seq: seq, Customer: model.Customer{PSID: psid},
		Status: model.Open, UpdatedAt: at, Labels: []string{}, Links: []model.Link{},
	}
}

func TestUpdatesFillAnInboxAndEmptyIt(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	user := model.User{ID: "u", Name: "Aiko"}
	in := inbox.NewInbox(user)
	page := model.Page{ID: "1", PageID: "1", Visibility: model.Shared, Sees: true, Seq: 1}
	moved := head("7", 5, at.Add(time.Minute))

	changes, err := in.Apply(
		inbox.Welcomed{Now: at, User: user, FeedbackURL: "https://example.com/missed"},
		inbox.PagesListed{Pages: []model.Page{page}},
		inbox.Reloading{Page: "1"},
		inbox.Listed{
			Page: "1", First: true, AsOf: model.Position{Epoch: "e", Seq: 4},
			Conversations: []model.Conversation{head("8", 4, at), head("7", 3, at)},
		},
		inbox.Changed{Batch: model.Batch{Page: "1", From: 4, To: 5, Events: []model.Change{change(t, 5, model.ChangeConversation, moved)}}},
		inbox.PagesListed{Pages: []model.Page{page}},
		inbox.Noticed{Page: "1"},
		inbox.Complete{Page: "1"},
	)
	if err != nil || !changes.Lists {
		t.Fatalf("Apply: %+v, %v", changes, err)
	}
	if u := in.FeedbackURL(); u != "https://example.com/missed" {
		t.Errorf("what is missed is said at %q", string(u))
	}
	if !in.AllComplete() {
		t.Error("the Page is not complete")
	}
	if p, ok := in.Position("1"); !ok || p != (model.Position{Epoch: "e", Seq: 5}) {
		t.Errorf("position %+v", p)
	}
	if c := in.Counts(""); c.All != 2 {
		t.Errorf("counts %+v", c)
	}

	hubs := inbox.Counts{All: 2000, Unread: 3}
	if _, err := in.Apply(
		inbox.Reloading{Page: "1"},
		inbox.Listed{Page: "1", First: true, AsOf: model.Position{Epoch: "e", Seq: 5}},
		inbox.Counted{Page: "1", AsOf: model.Position{Epoch: "e", Seq: 5}, Counts: hubs},
	); err != nil || in.Counts("") != hubs {
		t.Errorf("while it is read anew: counts %+v, %v", in.Counts(""), err)
	}

	_, err = in.Apply(inbox.Changed{Batch: model.Batch{Page: "1", From: 9, To: 10}})
	if err == nil {
		t.Error("a hole went unnoticed")
	}

	if _, err := in.Apply(inbox.Dropped{Page: "1"}); err != nil {
		t.Fatal(err)
	}
	if _, ok := in.Conversation(moved.ID); ok || in.Counts("").All != 0 {
		t.Error("something of a dropped Page is still held")
	}
}

// How the user is known from now on is theirs at once; a colleague's changes nothing here.
func TestUpdatesFollowTheUser(t *testing.T) {
	t.Parallel()
	in := inbox.NewInbox(model.User{ID: "me", Name: "Me", Email: "me@example.com", Admin: true})
	for _, u := range []model.Colleague{{ID: "ken", Name: "Ken", Away: true}, {ID: "me", Name: "Me", Away: true}} {
		changes, err := in.Apply(inbox.UserChanged{User: u})
		if err != nil || changes.Any() != (u.ID == "me") {
			t.Errorf("%s: %+v (%v)", u.ID, changes, err)
		}
	}
	if got, want := in.User(), (model.User{ID: "me", Name: "Me", Email: "me@example.com", Admin: true, Away: true}); got != want {
		t.Errorf("the user is %+v, want %+v", got, want)
	}
}

// TestTakenTogether: of updates taken together is told what each of them changed, also
// after the Inbox changed again.
func TestTakenTogether(t *testing.T) {
	t.Parallel()
	in := inbox.NewInbox(model.User{ID: "me"})
	at := model.Position{Epoch: "e", Seq: 5}
	conv := func(id model.ConversationID) model.Conversation {
		return model.Conversation{ID: id, PageID: id.Page(), Seq: 1, Status: model.Open, UpdatedAt: time.Unix(1, 0)}
	}
	changes, err := in.Apply(
		inbox.Reloading{Page: "1"},
		inbox.Listed{Page: "1", First: true, AsOf: at, Conversations: []model.Conversation{conv("1_7"), conv("1_8")}},
		inbox.Noticed{Page: "1", Notices: []model.Notice{{ID: "n", PageID: "1"}}},
	)
	if err != nil || !changes.Lists || !changes.Pages || !changes.Notices || changes.Many || !slices.Equal(changes.Conversations, []model.ConversationID{"1_7", "1_8"}) {
		t.Errorf("%+v, %v", changes, err)
	}
	// The Page has to be read anew: any of its conversations may be another.
	changes, err = in.Apply(inbox.Reloading{Page: "1"}, inbox.HubTime{Now: time.Unix(2, 0)})
	if err != nil || !changes.Many {
		t.Errorf("read anew: %+v, %v", changes, err)
	}
}
