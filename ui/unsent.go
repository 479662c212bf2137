package ui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/thread"
	"parley/words"
)

// unheard is a reply that the hub has not taken yet, and how it is shown.
type unheard struct {
	thread.Pending
	reply Reply
}

// pending are replies that the hub has not taken yet, by conversation.
type pending map[model.ConversationID][]unheard

// add adds a reply; why is why it could not be handed in, empty while it is on its way.
func (p pending) add(r Reply, at time.Time, why string) {
	u := unheard{reply: r, Pending: thread.Pending{
		ClientID: r.ClientID, Note: r.Note, Text: r.Text, ReplyTo: r.ReplyTo, At: at, Failed: why,
	}}
	for _, f := range r.Files {
		u.Attachments = append(u.Attachments, model.Attachment{Type: model.PlainFile, Title: model.Untrusted(f.Name), Size: f.Size})
	}
	p[r.Conversation] = append(p[r.Conversation], u)
}

// shown are those of a conversation, as its pane shows them.
func (p pending) shown(id model.ConversationID) []thread.Pending {
	var out []thread.Pending
	for _, u := range p[id] {
		out = append(out, u.Pending)
	}
	return out
}

func (p pending) get(id model.ConversationID, client model.ClientID) (unheard, bool) {
	i := slices.IndexFunc(p[id], func(r unheard) bool { return r.ClientID == client })
	if i < 0 {
		return unheard{}, false
	}
	return p[id][i], true
}

func (p pending) drop(id model.ConversationID, client model.ClientID) {
	p[id] = slices.DeleteFunc(p[id], func(r unheard) bool { return r.ClientID == client })
	if len(p[id]) == 0 {
		delete(p, id)
	}
}

func (p pending) fail(id model.ConversationID, client model.ClientID, why string) {
	for i := range p[id] {
		if p[id][i].ClientID == client {
			p[id][i].Failed = why
		}
	}
}

// failed tells whether one could not be handed in.
func (p pending) failed(id model.ConversationID) bool {
	return slices.ContainsFunc(p[id], func(r unheard) bool { return r.Failed != "" })
}

// takeUnsent shows what earlier runs handed in without an answer, each in its
// conversation, to be sent again by the same id or taken back.
func (m *Model) takeUnsent(all []Unsent) {
	for _, u := range all {
		if u.At.IsZero() {
			u.At = m.clock.now()
		}
		r := Reply{Conversation: u.Conversation, Note: u.Note, ClientID: u.ClientID, Text: u.Text, ReplyTo: u.ReplyTo, Files: u.Files}
		m.replies.add(r, u.At, m.say(words.UnsentBefore))
	}
	m.untold = len(all) > 0
}

// tellUnsent tells once, when there is a hub to hand it in to, that something was left.
func (m *Model) tellUnsent() {
	if m.untold && m.wire.State == Live {
		m.untold = false
		m.notify(m.say(words.SaidUnsent, "Key", m.keyOf("drafts")))
	}
}

// forgotten is the answer to forgetting a kept reply. A failure is not told: the reply is
// shown again at the next start, and then found among the messages again.
type forgotten struct{}

// dropTaken drops those replies that turn out to be among the open conversation's
// messages: the hub took them although its answer was lost.
func (m *Model) dropTaken() tea.Cmd {
	id := m.shown.id
	if len(m.replies[id]) == 0 {
		return nil
	}
	t, _ := m.inbox.Thread(id)
	held := map[model.ClientID]bool{}
	for i := range t.Messages {
		if c := t.Messages[i].ClientID; c != "" {
			held[c] = true
		}
	}
	var cmds []tea.Cmd
	for _, p := range slices.Clone(m.replies[id]) {
		// One that is on its way is told of by its own answer.
		if !held[p.ClientID] || p.Failed == "" {
			continue
		}
		m.replies.drop(id, p.ClientID)
		m.shown.stale = true
		hub, client := m.hub, p.ClientID
		cmds = append(cmds, func() tea.Msg {
			_ = hub.Taken(client)
			return forgotten{}
		})
	}
	return tea.Batch(cmds...)
}

// withdrawn is the answer to taking a reply back.
type withdrawn struct {
	reply   Reply
	message model.Message
	taken   bool
	err     error
}

// withdraw makes a draft of a reply that could not be handed in, once it is sure that the
// hub does not have it: what is typed again would leave a second time.
func (m *Model) withdraw(r Reply) tea.Cmd {
	hub := m.hub
	return call(func(ctx context.Context) tea.Msg {
		message, taken, err := hub.TakeBack(ctx, r)
		return withdrawn{reply: r, message: message, taken: taken, err: err}
	})
}

func (m *Model) withdrawn(b withdrawn) tea.Cmd {
	id := b.reply.Conversation
	if b.err != nil {
		m.notify(m.hub.Explain(b.err))
		return nil
	}
	if _, ok := m.replies.get(id, b.reply.ClientID); !ok {
		return nil
	}
	m.replies.drop(id, b.reply.ClientID)
	m.shown.stale = m.shown.stale || m.shown.id == id
	if b.taken {
		m.inbox.PutMessage(b.message)
		m.notify(m.say(words.SaidTakenAfterAll))
		return nil
	}
	return m.giveBackReply(b.reply)
}
