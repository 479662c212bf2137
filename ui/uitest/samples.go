package uitest

import (
	"fmt"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
)

// Filled is what whoever follows the hub hands on of the Page and its conversations.
func Filled(list []model.Conversation) []inbox.Update {
	at, page := sample(list)
	return []inbox.Update{
		inbox.Welcomed{Now: Noon, User: model.User{ID: Me, Name: "Aoi"}},
		inbox.Reloading{Page: Page},
		inbox.Listed{Page: Page, AsOf: at, First: true, Conversations: list},
		inbox.PagesListed{Pages: []model.Page{page}},
		inbox.Noticed{Page: Page},
		inbox.Complete{Page: Page},
	}
}

// sample is the Page, and its position when it holds those conversations.
func sample(list []model.Conversation) (model.Position, model.Page) {
	connected := Noon.Add(-time.Hour)
	return model.Position{Epoch: "e", Seq: int64(len(list)) + 1}, model.Page{
		ID: Page, PageID: "100", Name: "Aoyama Coffee", Visibility: model.Private, Installer: model.UserRef{ID: Me, Name: "Aoi"},
		Sees: true, Seq: 1, ConnectedAt: &connected, Subscribed: true,
	}
}

// Kept is what an earlier run kept of the same.
func Kept(list []model.Conversation) []inbox.Update {
	at, page := sample(list)
	return []inbox.Update{
		inbox.HubTime{Now: Noon},
		inbox.Restored{Page: page, At: at, AsOf: Noon.Add(-time.Hour), First: true, Last: true, Conversations: list},
		inbox.Connection{State: inbox.Connecting},
	}
}

// Talk is a conversation in which the customer wrote last, so many minutes before noon.
func Talk(n int, minutes int, change ...func(*model.Conversation)) model.Conversation {
	psid := model.PSID(fmt.Sprint(5000 + n))
	at := Noon.Add(-time.Duration(minutes) * time.Minute)
	until := at.Add(24 * time.Hour)
	c := model.Conversation{
		ID: model.NewConversationID(Page, psid), PageID: Page, Seq: int64(n) + 1,
		Customer: model.Customer{PSID: psid, Name: model.Untrusted(fmt.Sprintf("Customer %d", n)), Locale: "ja_JP"},
		Status:   model.Open, Started: true, WindowUntil: &until, UpdatedAt: at, Unread: 1,
		LastMessage: &model.Summary{
			ID: model.NewMessageID(Page, fmt.Sprintf("m%d", n)), Direction: model.In,
			Author: model.Author{Kind: model.ByCustomer}, Text: model.Untrusted(fmt.Sprintf("question %d", n)), SentAt: at,
		},
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

// Some returns n conversations, the first the newest.
func Some(n int) []model.Conversation {
	out := make([]model.Conversation, n)
	for i := range out {
		out[i] = Talk(i, i+1)
	}
	return out
}

// Refused is an answer of the hub that it did not do something.
func Refused(why error) error { return refusedError{why} }

type refusedError struct{ error }

func (refusedError) Refused() bool { return true }

// News brings a conversation up to now.
func News(n int) model.Conversation {
	return Talk(n, 0, func(c *model.Conversation) { c.Seq = 100 + int64(n) })
}

// NewSharedWorld is a screen on a shared Page with three users.
func NewSharedWorld(t *testing.T, list []model.Conversation) *World {
	t.Helper()
	w := NewWorld(t, list)
	w.Hub.Colleagues = []model.Colleague{{ID: "mia", Name: "Mia"}, {ID: Me, Name: "Aoi"}, {ID: Ken.ID, Name: Ken.Name}}
	w.PageNow(2, func(p *model.Page) { p.Visibility = model.Shared })
	return w
}

// Ken is a colleague.
var Ken = model.UserRef{ID: "ken", Name: "Ken"}

// Incoming are messages of the first conversation.
func Incoming(n int) []model.Message {
	out := make([]model.Message, n)
	for i := range out {
		out[i] = model.Message{
			ID: model.NewMessageID(Page, "i"+string(rune('a'+i))), Seq: int64(i + 1), ConversationID: model.NewConversationID(Page, "5000"),
			Direction: model.In, Author: model.Author{Kind: model.ByCustomer, Name: "Customer 0"}, Text: "hello", SentAt: Noon.Add(time.Duration(i-n) * time.Hour),
		}
	}
	return out
}
