package conversation

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/screen"
)

// Replied is the result of handing in a reply.
type Replied struct {
	Reply   model.Reply
	Message model.Message
	Err     error
}

// OpenComposer starts or continues a reply.
func (m *Writer) OpenComposer() tea.Cmd { return m.openBox(false) }

// OpenNote starts or continues a note.
func (m *Writer) OpenNote() tea.Cmd { return m.openBox(true) }

func (m *Writer) openBox(note bool) tea.Cmd {
	var cmd tea.Cmd
	if r, ok := m.Current(); ok && r.ID != m.Shown {
		cmd = m.of.Open(r.ID)
	}
	m.Focus = screen.PaneThread
	if m.W < screen.ThreePanes {
		m.PanelOpen = false // it would cover the composer
	}
	var keep tea.Cmd
	if m.Box.Note() != note {
		keep = m.keepDraft()
		m.showDraft(model.DraftOf{Conversation: m.Box.Conversation(), Note: note})
	}
	m.setVerdict()
	return tea.Batch(cmd, keep, m.Box.Open())
}

// Send sends off the typed reply.
func (m *Writer) Send() tea.Cmd { return sendOff(m, nil) }

// sendOff sends off the typed reply: for that time, if one is given.
func sendOff(m *Writer, at *time.Time) tea.Cmd {
	m.setVerdict()
	if at == nil && m.Hold.sendsNow() {
		return nil
	}
	if why := m.Box.CanSend(); why != "" {
		m.Notify(why)
		return nil
	}
	id := m.Box.Conversation()
	seen, _ := m.Inbox.Position(id.Page())
	r := model.Reply{
		Conversation: id, Note: m.Box.Note(), ClientID: m.hub.NewClientID(), Text: model.Untrusted(m.Box.Text()), SeenSeq: seen.Seq,
		Number: m.number(), At: m.Now(), SendAt: at,
	}
	if !r.Note {
		r.ReplyTo = m.Quotes[id]
		r.Files = m.Attached[id]
		delete(m.Quotes, id)
		delete(m.Attached, id)
	}
	length := m.Hold.of(r)
	r.Held = length > 0
	var keep tea.Cmd
	if r.Held || len(m.Replies[id]) > 0 || m.Waits() { // it waits for its turn, or for the hub
		keep = m.keep(r)
	}
	m.Replies.add(r, "")
	m.Hold.begin(r, length)
	delete(m.returned, m.writing())
	if m.Replies.behind(r) {
		m.Notify(m.Say(i18n.SaidWaitsForEarlier, "Resend", m.KeyOf("resend"), "Drop", m.KeyOf("drop")))
	}
	m.Box.SetText("")
	m.of.Thread.Follow(r.ClientID)
	m.of.talk.stale = true
	return tea.Batch(m.keepDraft(), m.presence.Typed(), keep)
}

// handIn hands in a reply. It has no deadline but the end of the program: it may wait for the
// hub.
func (m *Writer) handIn(r model.Reply) tea.Cmd {
	hub := m.hub
	return func() tea.Msg {
		message, err := hub.Reply(context.Background(), r)
		return Replied{Reply: r, Message: message, Err: err}
	}
}

func (m *Writer) replied(r Replied) tea.Cmd {
	id := r.Reply.Conversation
	m.of.talk.stale = m.of.talk.stale || m.Shown == id
	if r.Err == nil {
		m.Inbox.PutMessage(r.Message)
		m.Replies.drop(id, r.Reply.ClientID)
		delete(m.stopped, r.Reply.ClientID)
		return nil
	}
	m.Hold.leaving = false // its user has to look at this
	if m.stopped[r.Reply.ClientID] {
		delete(m.stopped, r.Reply.ClientID)
		m.Replies.fail(id, r.Reply.ClientID, m.Say(i18n.UploadStopped))
		return m.withdraw(r.Reply)
	}
	if screen.Unanswered(r.Err) && m.Waits() {
		m.Replies.wait(id, r.Reply.ClientID)
		return nil
	}
	why := m.Explain(r.Err)
	m.Notify(why)
	var refusal *model.Refusal
	if !errors.As(r.Err, &refusal) {
		m.Replies.fail(id, r.Reply.ClientID, why)
		return nil
	}
	if refusal.Code == model.NewerReply {
		m.of.answered(r.Reply)
	}
	// The hub does not have it: the text goes back to the composer, to be edited.
	m.Replies.drop(id, r.Reply.ClientID)
	if refusal.Code == model.NoReplyTarget {
		r.Reply.ReplyTo = ""
	}
	return m.giveBackReply(r.Reply)
}

// giveBackReply returns a refused reply to its writer, with its quote and files.
func (m *Writer) giveBackReply(r model.Reply) tea.Cmd {
	of := model.DraftOf{Conversation: r.Conversation, Note: r.Note}
	m.putWith(of, model.Draft{Files: r.Files, ReplyTo: r.ReplyTo})
	return m.giveBack(of, safe.Typed(r.Text))
}

// putWith adds the quote and the files of a draft to what is being written.
func (m *Writer) putWith(of model.DraftOf, d model.Draft) {
	if of.Note {
		return
	}
	if d.ReplyTo != "" && m.Quotes[of.Conversation] == "" {
		m.Quotes[of.Conversation] = d.ReplyTo
	}
	if len(d.Files) > 0 {
		m.Attached[of.Conversation] = append(slices.Clone(d.Files), m.Attached[of.Conversation]...)
	}
}

// giveBack inserts a refused text before what was typed since, and after what came back
// before it.
func (m *Writer) giveBack(of model.DraftOf, text string) tea.Cmd {
	since, here := m.Typed.Text(of), m.writing() == of
	if here {
		since = m.Box.Text()
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
	m.Box.SetText(text)
	return m.keepDraft()
}

// decided is the result of sending a reply again or dropping it.
type decided struct {
	message model.Message
	err     error
	// dropped is the reply as it was before it was dropped; nil: it was sent again.
	dropped *model.Message
}

// Asking returns the reply that R and D act on.
func (m *Writer) Asking() (model.Message, bool) {
	if m.Shown == "" {
		return model.Message{}, false
	}
	return m.of.Thread.Asking()
}

// NeedsAsking says why there is no reply to decide on; empty: there is one.
func (m *Writer) NeedsAsking() string {
	if _, ok := m.Asking(); !ok {
		return m.Say(i18n.WhyNothingAsks)
	}
	return ""
}

// waiting returns the reply behind a message that the hub does not have yet.
func (m *Writer) waiting(msg model.Message) (model.Reply, bool) {
	p, ok := m.Replies.get(m.Shown, msg.ClientID)
	if msg.ID != "" || !ok {
		return model.Reply{}, false
	}
	at, _ := m.Inbox.Position(m.Shown.Page())
	r := p.Reply
	r.SeenSeq = at.Seq
	return r, true
}

// light selects the reply that a key is about, and reports whether another was selected: a key
// acts only on the highlighted one.
func (m *Writer) light(msg model.Message) bool {
	if !m.of.Thread.Light(msg) {
		return false
	}
	m.Notify(m.Say(i18n.SaidDecideThis, "Resend", m.KeyOf("resend"), "Drop", m.KeyOf("drop")))
	return true
}

// lightFirst selects the first reply that the hub does not have: the others wait for it.
func (m *Writer) lightFirst() {
	first := m.Replies[m.Shown][0]
	m.of.Thread.Light(model.Message{ClientID: first.ClientID})
	m.Notify(m.Say(i18n.SaidWaitsForEarlier, "Resend", m.KeyOf("resend"), "Drop", m.KeyOf("drop")))
}

// Resend sends a reply again: with the same id if the hub does not have it, so that it can't
// be sent twice; as a new attempt if Facebook did not answer.
func (m *Writer) Resend() tea.Cmd {
	msg, _ := m.Asking()
	if m.light(msg) {
		return nil
	}
	if r, ok := m.waiting(msg); ok {
		if m.Replies.behind(r) {
			m.lightFirst()
			return nil
		}
		m.Replies.Again(r)
		m.of.talk.stale = true
		return nil
	}
	at, _ := m.Inbox.Position(m.Shown.Page())
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		out, err := hub.Retry(ctx, msg.ConversationID, msg.ID, msg.Attempt, &at.Seq)
		return decided{message: out, err: err}
	})
}

// GiveUp drops a reply that asks. One that the hub does not have becomes a draft.
func (m *Writer) GiveUp() tea.Cmd {
	msg, ok := m.Asking()
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
		return decided{message: out, err: err, dropped: &msg}
	})
}

func (m *Writer) decided(d decided) tea.Cmd {
	if d.err != nil {
		m.Notify(m.Explain(d.err))
		return nil
	}
	m.Inbox.PutMessage(d.message)
	m.of.talk.stale = true
	if d.dropped != nil && wasScheduled(*d.dropped) {
		return Later{m}.givenBack(*d.dropped)
	}
	return nil
}
