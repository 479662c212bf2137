package conversation

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/i18n"
	"parley/model"
)

// TestReactionsNameWhoReacted: on the command line as on the screen, a reaction is of who
// reacted, whoever wrote the message.
func TestReactionsNameWhoReacted(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 1, 0, 0, 0, time.UTC)
	hanako := model.Customer{PSID: "2001", Name: "山田 花子"}
	authors := map[string]model.Message{
		"a colleague's reply":                   {Direction: model.Out, Author: model.Author{Kind: model.ByUser, Name: "Aki", ID: "u1"}, State: model.Sent},
		"the Page's reply":                      {Direction: model.Out, Author: model.Author{Kind: model.ByPage}},
		"an app's reply":                        {Direction: model.Out, Author: model.Author{Kind: model.ByApp, ID: "7"}},
		"the customer's":                        {Direction: model.In, Author: model.Author{Kind: model.ByCustomer, Name: "山田 花子"}},
		"of the time before the name was known": {Direction: model.In, Author: model.Author{Kind: model.ByCustomer}},
	}
	for name, m := range authors {
		m.ID, m.ConversationID, m.SentAt, m.Text = "1_m", model.NewConversationID("1", hanako.PSID), at, "hello"
		m.Reactions = []model.Reaction{
			{By: model.ByCustomer, Kind: "love", Emoji: "❤"}, {By: model.ByPage, Emoji: "👍", User: &model.UserRef{ID: "u2", Name: "Ben"}},
		}
		for _, c := range []struct {
			customer model.Customer
			want     string
		}{{hanako, "❤ from 山田 花子"}, {model.Customer{PSID: "2001"}, "❤ from Customer 2001"}} {
			var out bytes.Buffer
			p := cli.New(strings.NewReader(""), &out, io.Discard, []string{"LANG=en_US.UTF-8"})
			talk := &commands{p}
			p.Words = i18n.New("en")
			talk.conversation(shown{Conversation: model.Conversation{ID: m.ConversationID, Customer: c.customer}, Messages: []model.Message{m}})
			if !strings.Contains(out.String(), c.want+"\n") || !strings.Contains(out.String(), "👍 from Ben\n") {
				t.Errorf("show, %s: it says\n%s\nnot %q", name, out.String(), c.want)
			}
			if c.customer.Name == "" && m.Author.Name != "" {
				continue // the name came with the message
			}
			out.Reset()
			f := newFeed(talk)
			f.names[m.ConversationID] = c.customer
			f.message(m)
			if !strings.Contains(out.String(), c.want+"\n") || !strings.Contains(out.String(), "👍 from Ben\n") {
				t.Errorf("tail, %s: it says\n%s\nnot %q", name, out.String(), c.want)
			}
		}
	}
}
