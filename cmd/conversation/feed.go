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

// feed writes what happens as lines: a message when it comes, and how far a reply got
// when that changes. It remembers what it wrote, as changes come more than once.
type feed struct {
	p *commands
	// said is how a message stood when it was last written.
	said map[model.MessageID]model.State
	// numbers are what conversations are called in lines, by the order of their first
	// line.
	numbers       map[model.ConversationID]int
	conversations []model.ConversationID
	names         map[model.ConversationID]model.Customer
	// standing is what was last written of a Page.
	standing map[model.PageID]string
	// since: what was said before is history, not news.
	since time.Time
	// held are messages of customers whose name is on its way.
	held []heldMessage
}

// heldMessage is a message that waits a moment for its customer's name.
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

// newsAge is how old a message may be, when the feed begins, to count as news.
const newsAge = time.Minute

// number returns what a conversation is called; a new one gets the next number.
func (f *feed) number(id model.ConversationID) int {
	n, ok := f.numbers[id]
	if !ok {
		f.conversations = append(f.conversations, id)
		n = len(f.conversations)
		f.numbers[id] = n
	}
	return n
}

// numbered returns the conversation called that.
func (f *feed) numbered(n int) (model.ConversationID, bool) {
	if n < 1 || n > len(f.conversations) {
		return "", false
	}
	return f.conversations[n-1], true
}

// pages writes how each Page stands, when that is news.
func (f *feed) pages(pages []model.Page) {
	for _, page := range pages {
		line := safe.Line(page.Name).String() + " · " + f.p.Visibility(page)
		if f.standing[page.ID] != line {
			f.standing[page.ID] = line
			f.p.Line(line)
		}
	}
}

// change writes one change; kinds and objects that are not known are passed over.
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

// hold writes a message, once its customer's name is known or did not come in time,
// and those before it are written.
func (f *feed) hold(m model.Message) {
	f.held = append(f.held, heldMessage{m, f.p.Now().Add(nameWait)})
	f.release()
}

// release writes what need not wait any more, in the order in which it came.
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

// message writes a message that is new, or whose state is another.
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

// customer is whom a message's conversation is with, as far as that is known.
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

// who names a message's author, with whom the conversation is where that is not the
// author.
func (f *feed) who(m model.Message) string {
	customer := f.p.customer(f.customer(m))
	if m.Author.Kind == model.ByCustomer {
		return customer
	}
	return f.p.author(m.Author) + " → " + customer
}
