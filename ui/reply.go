package ui

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/screen"
)

// replied is the answer to a reply handed in.
type replied struct {
	reply   model.Reply
	message model.Message
	err     error
}

// openComposer begins a reply, or goes on with it.
func (m *Model) openComposer() tea.Cmd { return m.openBox(false) }

// openNote begins a note between colleagues, or goes on with it.
func (m *Model) openNote() tea.Cmd { return m.openBox(true) }

func (m *Model) openBox(note bool) tea.Cmd {
	var cmd tea.Cmd
	if r, ok := m.Current(); ok && r.ID != m.Shown {
		cmd = m.Open(r.ID)
	}
	m.Focus = screen.PaneThread
	if m.W < screen.ThreePanes {
		m.panelOpen = false // it would lie over what is typed
	}
	var keep tea.Cmd
	if m.box.Note() != note {
		keep = m.keepDraft()
		m.write(model.DraftOf{Conversation: m.box.Conversation(), Note: note})
	}
	m.setVerdict()
	return tea.Batch(cmd, keep, m.box.Open())
}

// send hands the reply in that was typed.
func (m *Model) send() tea.Cmd {
	m.setVerdict()
	if why := m.box.CanSend(); why != "" {
		m.Notify(why)
		return nil
	}
	id := m.box.Conversation()
	at, _ := m.Inbox.Position(id.Page())
	r := model.Reply{
		Conversation: id, Note: m.box.Note(), ClientID: m.hub.NewClientID(), Text: model.Untrusted(m.box.Text()), SeenSeq: at.Seq,
		Number: m.number(), At: m.Now(),
	}
	if !r.Note {
		r.ReplyTo = m.quotes[id]
		r.Files = m.attached[id]
		delete(m.quotes, id)
		delete(m.attached, id)
	}
	var keep tea.Cmd
	if len(m.replies[id]) > 0 { // in its turn
		keep = m.keep(r)
	}
	m.replies.add(r, "")
	delete(m.returned, m.writing())
	if m.replies.behind(r) {
		m.Notify(m.Say(i18n.SaidWaitsForEarlier, "Resend", m.KeyOf("resend"), "Drop", m.KeyOf("drop")))
	}
	m.box.SetText("")
	m.thread.Follow(r.ClientID)
	m.talk.stale = true
	return tea.Batch(m.keepDraft(), m.tellTyped(), keep)
}

// handIn hands a reply in. It has no deadline but the end of the program: it may wait
// for the hub.
func (m *Model) handIn(r model.Reply) tea.Cmd {
	hub := m.hub
	return func() tea.Msg {
		message, err := hub.Reply(context.Background(), r)
		return replied{reply: r, message: message, err: err}
	}
}

func (m *Model) replied(r replied) tea.Cmd {
	id := r.reply.Conversation
	m.talk.stale = m.talk.stale || m.Shown == id
	if r.err == nil {
		m.Inbox.PutMessage(r.message)
		m.replies.drop(id, r.reply.ClientID)
		delete(m.stopped, r.reply.ClientID)
		return nil
	}
	if m.stopped[r.reply.ClientID] {
		delete(m.stopped, r.reply.ClientID)
		m.replies.fail(id, r.reply.ClientID, m.Say(i18n.UploadStopped))
		return m.withdraw(r.reply)
	}
	why := m.Explain(r.err)
	m.Notify(why)
	var refusal *model.Refusal
	if !errors.As(r.err, &refusal) {
		m.replies.fail(id, r.reply.ClientID, why)
		return nil
	}
	if refusal.Code == model.NewerReply {
		m.answered(r.reply)
	}
	// The hub does not have it: what was typed goes back to where it can be changed.
	m.replies.drop(id, r.reply.ClientID)
	if refusal.Code == model.NoReplyTarget {
		r.reply.ReplyTo = ""
	}
	return m.giveBackReply(r.reply)
}

// giveBackReply gives a reply that was not taken back to its writer, with its quote.
func (m *Model) giveBackReply(r model.Reply) tea.Cmd {
	if r.ReplyTo != "" && m.quotes[r.Conversation] == "" {
		m.quotes[r.Conversation] = r.ReplyTo
	}
	m.attached[r.Conversation] = append(r.Files, m.attached[r.Conversation]...)
	if len(m.attached[r.Conversation]) == 0 {
		delete(m.attached, r.Conversation)
	}
	return m.giveBack(model.DraftOf{Conversation: r.Conversation, Note: r.Note}, safe.Typed(r.Text))
}

// giveBack puts a text that was not taken before what has been typed since, and behind what
// came back before it.
func (m *Model) giveBack(of model.DraftOf, text string) tea.Cmd {
	since, here := m.typed.text(of), m.writing() == of
	if here {
		since = m.box.Text()
	}
	if before := m.returned[of]; before != "" {
		if rest, ok := strings.CutPrefix(since, before); ok && (rest == "" || rest[0] == '\n') {
			text, since = before+"\n"+text, strings.TrimPrefix(rest, "\n")
		}
	}
	m.returned[of] = text
	if since != "" {
		text += "\n" + since
	}
	if !here {
		return m.saveDraft(of, text)
	}
	m.box.SetText(text)
	return m.keepDraft()
}

// decided is the answer to R or D.
type decided struct {
	message model.Message
	err     error
}

// asking returns the reply that R and D are about.
func (m *Model) asking() (model.Message, bool) {
	if m.Shown == "" {
		return model.Message{}, false
	}
	return m.thread.Asking()
}

func (m *Model) needsAsking() string {
	if _, ok := m.asking(); !ok {
		return m.Say(i18n.WhyNothingAsks)
	}
	return ""
}

// waiting returns the reply that a message stands for which the hub has not taken.
func (m *Model) waiting(msg model.Message) (model.Reply, bool) {
	p, ok := m.replies.get(m.Shown, msg.ClientID)
	if msg.ID != "" || !ok {
		return model.Reply{}, false
	}
	at, _ := m.Inbox.Position(m.Shown.Page())
	r := p.reply
	r.SeenSeq = at.Seq
	return r, true
}

// light selects the reply that a key is about, where another was selected, and tells whether
// it did: a key acts on what is lit alone.
func (m *Model) light(msg model.Message) bool {
	if !m.thread.Light(msg) {
		return false
	}
	m.Notify(m.Say(i18n.SaidDecideThis, "Resend", m.KeyOf("resend"), "Drop", m.KeyOf("drop")))
	return true
}

// lightFirst selects the first reply that the hub has not taken: those behind it wait.
func (m *Model) lightFirst() {
	first := m.replies[m.Shown][0]
	m.thread.Light(model.Message{ClientID: first.ClientID})
	m.Notify(m.Say(i18n.SaidWaitsForEarlier, "Resend", m.KeyOf("resend"), "Drop", m.KeyOf("drop")))
}

// resend sends a reply again: one that the hub did not take with the same id, so that
// it can't leave twice; one that Facebook did not answer as a new attempt.
func (m *Model) resend() tea.Cmd {
	msg, _ := m.asking()
	if m.light(msg) {
		return nil
	}
	if r, ok := m.waiting(msg); ok {
		if m.replies.behind(r) {
			m.lightFirst()
			return nil
		}
		m.replies.again(r)
		m.talk.stale = true
		return nil
	}
	at, _ := m.Inbox.Position(m.Shown.Page())
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		out, err := hub.Retry(ctx, msg.ConversationID, msg.ID, msg.Attempt, &at.Seq)
		return decided{message: out, err: err}
	})
}

// giveUp drops a reply that asks. One that the hub did not take becomes a draft.
func (m *Model) giveUp() tea.Cmd {
	msg, ok := m.asking()
	if u, going := m.stoppable(); !ok && going {
		return m.stopUpload(u)
	}
	if m.light(msg) {
		return nil
	}
	if r, ok := m.waiting(msg); ok {
		return m.withdraw(r)
	}
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		out, err := hub.Drop(ctx, msg.ConversationID, msg.ID, msg.Attempt)
		return decided{message: out, err: err}
	})
}

func (m *Model) decided(d decided) tea.Cmd {
	if d.err != nil {
		m.Notify(m.Explain(d.err))
		return nil
	}
	m.Inbox.PutMessage(d.message)
	m.talk.stale = true
	return nil
}
