package conversation

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// feed prints events as lines: a message when it comes, and the state of a reply when it
// changes. It remembers what it printed, since changes may come more than once.
type feed struct {
	p *commands
	// said is the state of each message when it was last printed.
	said map[model.MessageID]model.State
	// numbers are the short numbers of conversations, in the order of their first line.
	numbers       map[model.ConversationID]int
	conversations []model.ConversationID
	names         map[model.ConversationID]model.Customer
	// standing is the last line printed for each Page.
	standing map[model.PageID]string
	// since: messages sent before it are history, not news.
	since time.Time
	// held are customers' messages whose customer's name is not known yet.
	held []heldMessage
}

// heldMessage is a message that waits for its customer's name.
type heldMessage struct {
	model.Message
	until time.Time
}

// nameWait is how long a message waits for its customer's name.
const nameWait = time.Second

func newFeed(p *commands) *feed {
	return &feed{
		p: p, said: make(map[model.MessageID]model.State),
		numbers: make(map[model.ConversationID]int), names: make(map[model.ConversationID]model.Customer),
		standing: make(map[model.PageID]string), since: p.Now().Add(-newsAge),
	}
}

// newsAge is how old a message may be, when the feed starts, to count as news.
const newsAge = time.Minute

// number returns the number of a conversation; a new one gets the next number.
func (f *feed) number(id model.ConversationID) int {
	n, ok := f.numbers[id]
	if !ok {
		f.conversations = append(f.conversations, id)
		n = len(f.conversations)
		f.numbers[id] = n
	}
	return n
}

// numbered returns the conversation of a number.
func (f *feed) numbered(n int) (model.ConversationID, bool) {
	if n < 1 || n > len(f.conversations) {
		return "", false
	}
	return f.conversations[n-1], true
}

// pages prints each Page, if its line has changed.
func (f *feed) pages(pages []model.Page) {
	for _, page := range pages {
		line := safe.Line(page.Name).String() + " · " + f.p.Visibility(page)
		if f.standing[page.ID] != line {
			f.standing[page.ID] = line
			f.p.Line(line)
		}
	}
}

// change prints one change; unknown kinds and objects are skipped.
func (f *feed) change(_ model.PageID, c model.Change) {
	switch c.Kind {
	case model.ChangeConversation:
		var conversation model.Conversation
		if json.Unmarshal(c.Object, &conversation) == nil {
			f.names[conversation.ID] = conversation.Customer
			f.release()
		}
	case model.ChangeMessage:
		var m model.Message
		if json.Unmarshal(c.Object, &m) == nil && !m.SentAt.Before(f.since) {
			f.hold(m)
		}
	case model.ChangeNotice:
		var n model.Notice
		if json.Unmarshal(c.Object, &n) == nil {
			f.p.Line(f.p.Clock(n.CreatedAt) + "  " + f.p.Words.Say(i18n.Notice(string(n.Kind))))
		}
	default:
	}
}

// hold prints a message once its customer's name is known or late, and all messages before it
// are printed.
func (f *feed) hold(m model.Message) {
	f.held = append(f.held, heldMessage{m, f.p.Now().Add(nameWait)})
	f.release()
}

// release prints the held messages that need not wait any more, in order.
func (f *feed) release() {
	for len(f.held) > 0 {
		h := f.held[0]
		if f.names[h.ConversationID].Name == "" && f.p.Now().Before(h.until) {
			return
		}
		f.held = f.held[1:]
		f.message(h.Message)
	}
	f.held = nil
}

// message prints a message that is new, or whose state has changed.
func (f *feed) message(m model.Message) {
	state, known := f.said[m.ID]
	if known && (state == m.State || m.State == model.Posting) {
		return
	}
	f.said[m.ID] = m.State
	n := f.number(m.ConversationID)
	who := f.who(m)
	if known {
		f.p.Line(tag(n) + who + "  " + f.p.Words.Say(i18n.State(string(m.State))))
		return
	}
	lines := f.p.lines(f.customer(m), m)
	if m.Direction == model.System && m.Event != nil {
		lines = []string{f.p.event(*m.Event)}
	}
	first := ""
	if len(lines) > 0 {
		first = lines[0]
	}
	head := tag(n) + who
	if m.State != "" {
		head += " (" + f.p.Words.Say(i18n.State(string(m.State))) + ")"
	}
	f.p.Line(strings.TrimRight(head+": "+first, " "))
	for _, l := range lines[min(1, len(lines)):] {
		f.p.Line(tagIndent + l)
	}
}

// tagIndent is as wide as a number's tag.
const tagIndent = "      "

func tag(n int) string {
	t := "[" + strconv.Itoa(n) + "]"
	return t + strings.Repeat(" ", max(1, len(tagIndent)-len(t)))
}

// customer returns the customer of a message's conversation, as far as known.
func (f *feed) customer(m model.Message) model.Customer {
	c, ok := f.names[m.ConversationID]
	if !ok {
		c = model.Customer{PSID: m.ConversationID.Customer()}
	}
	if m.Author.Kind == model.ByCustomer && m.Author.Name != "" {
		c.Name = m.Author.Name
	}
	return c
}

// who names a message's author, and the customer if that is somebody else.
func (f *feed) who(m model.Message) string {
	customer := f.p.customer(f.customer(m))
	if m.Author.Kind == model.ByCustomer {
		return customer
	}
	return f.p.author(m.Author) + " → " + customer
}
