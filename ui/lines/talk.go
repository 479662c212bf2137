package lines

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/query"
	"parley/model/safe"
)

func asQuery(err error, to **query.Error) bool { return errors.As(err, to) }

// readStep is how many messages are read out when a conversation is opened.
const readStep = 10

// readMost is how many messages are asked for at a time.
const readMost = 50

// talk is the open conversation, as far as it was read out.
type talk struct {
	// said are the messages that were read out, by their ids, as they were then; first is the
	// oldest of them.
	said  map[model.MessageID]said
	first model.MessageID
	// reading: its messages are being read from the hub. begun: its newest messages were read out.
	reading, begun bool
}

// said is a message as it was read out.
type said struct {
	text    model.Untrusted
	deleted bool
	emoji   string
}

func saidOf(m model.Message) said {
	s := said{text: m.Text, deleted: m.Deleted}
	for _, r := range m.Reactions {
		if !r.Pending && r.Error == nil {
			s.emoji += fmt.Sprint(r.By, r.Emoji, r.Kind)
		}
	}
	return s
}

// open opens a conversation, and reads out its newest messages.
func (m reading) open(id model.ConversationID) {
	r, ok := m.conversation(id)
	if !ok {
		m.say(m.Say(i18n.LinesLost))
		return
	}
	m.shown, m.talk = id, talk{said: map[model.MessageID]said{}}
	m.round.Saw(r.Conversation)
	m.header(r)
	opening, read := m.inbox.Open(id)
	if !read {
		m.readOut()
		return
	}
	m.readNewest(opening, true)
}

// readNewest reads the newest messages of the open conversation. waited: the user waits for it.
func (m reading) readNewest(opening inbox.Opening, waited bool) {
	id := opening.Conversation
	m.talk.reading = true
	work := func(ctx context.Context) func() {
		l, err := m.hub.Messages(ctx, id, "", readMost)
		return func() {
			if m.shown != id {
				return
			}
			m.talk.reading = false
			if err != nil {
				m.sayOf(id, m.hub.Explain(err))
				return
			}
			if ok, _ := m.inbox.SetMessages(opening, l.Messages, l.Cursor, l.AsOf[id.Page()]); ok {
				m.readOut()
			}
		}
	}
	if waited {
		m.call(work)
		return
	}
	m.begin(work)
}

// header says who a conversation is with, and how it stands.
func (m reading) header(r inbox.Row) {
	line := m.list(append([]string{m.Name(r.Customer)}, m.states(r)...)...)
	if p, ok := m.inbox.Page(r.PageID); ok && len(m.inbox.Pages()) > 1 {
		line = m.list(line, m.Line(p.Name))
	}
	m.sayOf(r.ID, line)
	for _, l := range r.Links {
		m.sayOf(r.ID, m.Say(i18n.LinesLinked, "Kind", m.Say(i18n.RecordKind(l.Type)), "Title", m.Line(l.Title)))
	}
	if said := m.tells.doingIn(r.ID); said != "" {
		m.sayOf(r.ID, said)
	}
}

// readOut reads out what of the open conversation was not: the first time its newest messages,
// afterwards what came since, or was changed.
func (m reading) readOut() {
	t, ok := m.inbox.Thread(m.shown)
	if !ok || !t.Loaded {
		return
	}
	all := t.Messages
	first := !m.talk.begun
	if m.talk.begun = true; first {
		from := max(0, len(all)-readStep)
		if len(all) == 0 {
			m.sayOf(m.shown, m.Say(i18n.ShowEmpty))
		}
		if from > 0 || t.Cursor != "" {
			m.sayOf(m.shown, m.Say(i18n.LinesOlder, "Word", m.words("older")[0]))
		}
		for _, x := range all[:from] {
			m.talk.said[x.ID] = saidOf(x)
		}
		m.talk.first = ""
		if from < len(all) {
			m.talk.first = all[from].ID
		}
		all = all[from:]
	}
	for _, x := range all {
		if _, had := m.talk.said[x.ID]; !first && !had && m.written.own[x.ClientID] {
			m.talk.said[x.ID] = saidOf(x) // it was typed here
		}
		m.readMessage(x)
	}
	m.markRead()
}

// readMessage reads a message out, or what changed of it since.
func (m reading) readMessage(x model.Message) {
	was, had := m.talk.said[x.ID]
	now := saidOf(x)
	if had && was == now || x.Event != nil && had {
		return
	}
	m.talk.said[x.ID] = now
	lines := m.message(x)
	switch {
	case !had:
	case x.Deleted:
		lines = []string{m.Say(i18n.LinesDeleted, "Name", m.authorOf(x))}
	case was.text != now.text:
		lines = append([]string{m.Say(i18n.LinesEdited, "Name", m.authorOf(x))}, lines...)
	case len(x.Reactions) > 0:
		lines = []string{m.reacted(x.Reactions[len(x.Reactions)-1])}
	default:
		return
	}
	m.sayOf(x.ConversationID, lines...)
}

// markRead moves the read mark up to what was read out.
func (m reading) markRead() {
	r, ok := m.conversation(m.shown)
	t, _ := m.inbox.Thread(m.shown)
	me := m.inbox.User().ID
	if !ok || len(t.Messages) == 0 || r.Unread == 0 && !slices.Contains(r.Mentioned, me) || !m.live() {
		return
	}
	last := t.Messages[len(t.Messages)-1].ID
	if last == "" {
		return
	}
	m.begin(func(ctx context.Context) func() {
		c, err := m.hub.MarkRead(ctx, r.ID, last)
		return func() {
			if err == nil { // else the next message moves the mark
				m.inbox.Put(c)
			}
		}
	})
}

// older reads out the messages before those that were.
func (m reading) older() {
	t, ok := m.inbox.Thread(m.shown)
	if !ok || !t.Loaded {
		m.say(m.Say(i18n.LinesWhich, "Word", m.words("open")[0]))
		return
	}
	at := slices.IndexFunc(t.Messages, func(x model.Message) bool { return x.ID == m.talk.first })
	if at > 0 {
		from := max(0, at-readStep)
		for _, x := range t.Messages[from:at] {
			m.sayOf(m.shown, m.message(x)...)
		}
		m.talk.first = t.Messages[from].ID
		return
	}
	if t.Cursor == "" {
		m.say(m.Say(i18n.LinesOldest))
		return
	}
	opening, _ := m.inbox.Open(m.shown)
	id, cursor := m.shown, t.Cursor
	m.call(func(ctx context.Context) func() {
		l, err := m.hub.Messages(ctx, id, cursor, readMost)
		return func() {
			if m.shown != id {
				return
			}
			if err != nil {
				m.say(m.hub.Explain(err))
				return
			}
			for _, x := range l.Messages {
				m.talk.said[x.ID] = saidOf(x)
			}
			if ok, _ := m.inbox.AddOlder(opening, l.Messages, l.Cursor, l.AsOf[id.Page()]); ok && len(l.Messages) > 0 {
				m.older()
			}
		}
	})
}

// leave leaves the open conversation.
func (m reading) leave() {
	m.shown, m.talk = "", talk{}
	m.say(m.standing()...)
}

// authorOf names who wrote a message.
func (m reading) authorOf(x model.Message) string {
	if x.Author.Kind != model.ByCustomer {
		return m.author(x.Author, m.inbox.User().ID)
	}
	r, _ := m.conversation(x.ConversationID)
	c := r.Customer
	if c.Name == "" {
		c = model.Customer{Name: x.Author.Name, PSID: x.ConversationID.Customer()}
	}
	return m.Name(c)
}

// message words a message: who, when, how it stands, and what it says.
func (m reading) message(x model.Message) []string {
	at := m.Moment(m.now(), x.SentAt)
	if x.Direction == model.System {
		if x.Event == nil {
			return nil
		}
		return []string{m.Say(i18n.LinesMessage, "Head", at, "Text", m.happened(*x.Event))}
	}
	head := []string{m.authorOf(x), at}
	if x.Direction == model.Note {
		head = append(head, m.Say(i18n.NoteLabel))
	}
	if x.State != "" {
		head = append(head, m.Say(i18n.State(string(x.State))))
	}
	if x.Edited {
		head = append(head, m.Say(i18n.Edited))
	}
	body := m.body(x)
	if len(body) == 0 {
		return []string{m.list(head...)}
	}
	return append([]string{m.Say(i18n.LinesMessage, "Head", m.list(head...), "Text", body[0])}, body[1:]...)
}

// body is what a message says, and what happened to it.
func (m reading) body(x model.Message) []string {
	if x.Deleted {
		return []string{m.Say(i18n.Unsent)}
	}
	var out []string
	text := safe.Body(x.Text)
	for i, line := range strings.Split(text.String(), "\n") {
		switch {
		case i == 0 && !text.Empty():
			out = append(out, line)
		case i > 0: // it must not pass for a line of the program's
			out = append(out, m.Say(i18n.LinesFurther, "Name", m.authorOf(x), "Text", line))
		}
	}
	if text.Hidden() {
		out = append(out, m.Say(i18n.HiddenCharacters))
	}
	for _, a := range x.Attachments {
		out = append(out, m.attachment(a))
	}
	if x.Event != nil {
		out = append(out, m.happened(*x.Event))
	}
	for _, r := range x.Reactions {
		out = append(out, m.reacted(r))
	}
	if e := x.Error; e != nil && m.Words.Has(i18n.Trouble(*e)) {
		out = append(out, m.Say(i18n.Trouble(*e), "Detail", m.Line(e.Detail)))
	}
	if x.State == model.Ask || x.State == model.Failed {
		out = append(out, m.decide())
	}
	if x.State == model.Scheduled && x.SendAt != nil {
		out = append(out, m.Say(i18n.ThreadScheduled, "Time", m.Moment(m.now(), *x.SendAt)))
	}
	if x.DeliveredTwice {
		out = append(out, m.Say(i18n.DeliveredTwice))
	}
	return out
}

// addressCells is how much of an address is read out.
const addressCells = 500

// attachment says what hangs on a message: its kind, its name, its length, and where a link leads.
func (m reading) attachment(a model.Attachment) string {
	parts := []string{m.Words.AttachmentWord(a), m.Line(a.Title)}
	if a.Media != nil && a.Media.Seconds > 0 {
		parts = append(parts, m.Say(i18n.LinesSeconds, "N", max(1, int(a.Media.Seconds+0.5))))
	}
	switch a.Type {
	case "image", "video", "audio", "file", "sticker": // an address of Facebook's, which says nothing
	default:
		parts = append(parts, m.Cells.Shown(safe.LineN(a.URL, addressCells).String()))
	}
	return m.list(parts...)
}

// decide says what can be done about a reply that did not go.
func (m reading) decide() string {
	return m.Say(i18n.LinesDecide, "Resend", m.words("resend")[0], "Drop", m.words("drop")[0])
}

// reacted says who reacted.
func (m reading) reacted(r model.Reaction) string {
	who := m.Say(i18n.AuthorPage)
	switch {
	case r.By == model.ByCustomer:
		who = m.nameOf(m.shown)
	case r.User != nil:
		who = m.Ours(r.User.Name)
	}
	mark := m.Line(r.Emoji)
	if mark == "" {
		mark = m.Ours(r.Kind)
	}
	return m.Say(i18n.ReactedBy, "Emoji", mark, "Name", who)
}
