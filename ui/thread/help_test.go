package thread_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/cells"
	"parley/ui/look"
	"parley/ui/theme"
	"parley/ui/thread"
)

const (
	conversation model.ConversationID = "100_200"
	me           model.UserID         = "ken"
)

// now is a Thursday.
var now = time.Date(2026, 11, 19, 10, 30, 0, 0, time.UTC)

var catalogues = map[string]*i18n.Localizer{"en": i18n.New("en"), "ja": i18n.New("ja")}

func lookIn(language string, m cells.Measure) look.Look {
	return look.Look{
		Theme: theme.New(theme.Options{Profile: colorprofile.TrueColor}), Cells: m,
		Words: catalogues[language], Zone: time.UTC, Version: 1,
	}
}

func english() look.Look { return lookIn("en", cells.Measure{}) }

// ago is so long before now.
func ago(d time.Duration) time.Time { return now.Add(-d) }

func customer(id string, at time.Time, text model.Untrusted) model.Message {
	return model.Message{
		ID: model.MessageID(id), Seq: 1, ConversationID: conversation, Direction: model.In,
		Author: model.Author{Kind: model.ByCustomer, Name: "山田 花子"}, Text: text, SentAt: at,
	}
}

func mine(id string, at time.Time, text model.Untrusted, s model.State) model.Message {
	return model.Message{
		ID: model.MessageID(id), Seq: 1, ConversationID: conversation, Direction: model.Out,
		Author: model.Author{Kind: model.ByUser, Name: "Ken Sato", ID: string(me)}, Text: text, SentAt: at, State: s,
	}
}

func content(ms ...model.Message) thread.Content {
	var c thread.Content
	c.Conversation.ID = conversation
	c.Conversation.Customer = model.Customer{PSID: "200", Name: "山田 花子"}
	c.Conversation.Reply.Allowed = true
	c.Thread = inbox.Thread{Messages: ms, Loaded: true}
	c.Me, c.Now = me, now
	return c
}

// many returns so many messages, each a group of its own, the newest a minute old.
func many(n int) []model.Message {
	ms := make([]model.Message, n)
	for i := range ms {
		at := ago(time.Minute + time.Duration(n-1-i)*10*time.Minute)
		if i%2 == 0 {
			ms[i] = customer(fmt.Sprintf("m%d", i), at, model.Untrusted(fmt.Sprintf("question %d", i)))
		} else {
			ms[i] = mine(fmt.Sprintf("m%d", i), at, model.Untrusted(fmt.Sprintf("answer %d", i)), model.Read)
		}
	}
	return ms
}

func pane(w, h int, c thread.Content) *thread.Pane {
	p := thread.New()
	p.SetSize(w, h)
	p.Show(c.Conversation.ID)
	p.Set(english(), c)
	return p
}

// plain returns the lines without styles and without spaces at their ends.
func plain(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return out
}

func drawn(p *thread.Pane) string { return strings.Join(plain(p.Lines(true)), "\n") }

// rowOf returns the line of the screen that holds a text, or -1.
func rowOf(p *thread.Pane, text string) int {
	for i, l := range plain(p.Lines(false)) {
		if strings.Contains(l, text) {
			return i
		}
	}
	return -1
}

func selected(t *testing.T, p *thread.Pane) model.MessageID {
	t.Helper()
	m, ok := p.Selected()
	if !ok {
		t.Fatal("nothing is selected")
	}
	return m.ID
}
