package conversation

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/overlay"
	"parley/ui/screen"
	"parley/ui/term"
	"parley/ui/thread"
)

// unheard is a reply that the hub does not have yet, and how it is shown. It is going, or
// failed and waits for the user, or else waits for the replies before it.
type unheard struct {
	thread.Pending
	Reply model.Reply
	// going: it is being handed in.
	going bool
	// left: an earlier run left it, and it is not judged yet whether it leaves by itself.
	left bool
	// held is set while it is held back. leaving: the program ends once it is handed in.
	held    *held
	leaving bool
}

// pending holds the replies that the hub does not have yet, by conversation, in the order of
// the key presses. They are handed in one after the other in that order: side by side, one
// could overtake another in any client, proxy or network.
type pending map[model.ConversationID][]unheard

// add adds a reply; why says why it could not be handed in, "" if it was not tried.
func (p pending) add(r model.Reply, why string) {
	u := unheard{Reply: r, Pending: thread.Pending{
		ClientID: r.ClientID, Note: r.Note, Text: r.Text, ReplyTo: r.ReplyTo, At: r.At, Failed: why,
	}}
	for _, f := range r.Files {
		u.Attachments = append(u.Attachments, model.Attachment{Type: model.PlainFile, Title: model.Untrusted(f.Name()), Size: f.Size})
	}
	p[r.Conversation] = append(p[r.Conversation], u)
}

// shown returns the replies of a conversation as its pane shows them. waits is the text for
// one that waits for those before it, offline the one for what waits for the hub; "": it is
// there.
func (p pending) shown(id model.ConversationID, waits, offline string) []thread.Pending {
	var out []thread.Pending
	for i, u := range p[id] {
		switch {
		case u.Failed != "" || u.going || u.held != nil:
		case i > 0:
			u.Going = waits
		case offline != "":
			u.Going = offline
		}
		out = append(out, u.Pending)
	}
	return out
}

// shownReplies returns the replies of a conversation that the hub does not have, as its pane shows
// them.
func (m *Writer) shownReplies(id model.ConversationID) []thread.Pending {
	offline := ""
	if m.Waits() {
		offline = m.Say(i18n.WaitsForHub)
	}
	return m.Replies.shown(id, m.Say(i18n.WaitsForEarlier), offline)
}

// next returns the reply of a conversation to hand in now, and marks it as going. There is
// none while another is going, is held back or waits for the user.
func (p pending) next(id model.ConversationID) (model.Reply, bool) {
	all := p[id]
	if len(all) == 0 || all[0].going || all[0].left || all[0].Failed != "" || all[0].held != nil {
		return model.Reply{}, false
	}
	all[0].going, all[0].Reply.Held = true, false
	return all[0].Reply, true
}

// behind reports whether a reply waits for the user's decision about an earlier one.
func (p pending) behind(r model.Reply) bool {
	all := p[r.Conversation]
	return len(all) > 0 && all[0].ClientID != r.ClientID && all[0].Failed != ""
}

func (p pending) get(id model.ConversationID, client model.ClientID) (unheard, bool) {
	i := slices.IndexFunc(p[id], func(r unheard) bool { return r.ClientID == client })
	if i < 0 {
		return unheard{}, false
	}
	return p[id][i], true
}

// Newest returns the reply of a conversation that was sent off last; "" if the hub has all.
func (p pending) Newest(id model.ConversationID) model.ClientID {
	all := p[id]
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1].ClientID
}

// Has reports whether a reply is still on its way to the hub, or waits for the user.
func (p pending) Has(id model.ConversationID, client model.ClientID) bool {
	_, ok := p.get(id, client)
	return ok
}

// Finish has a conversation done with a reply that is not handed in yet.
func (p pending) Finish(id model.ConversationID, client model.ClientID) {
	for i := range p[id] {
		if p[id][i].ClientID == client {
			p[id][i].Reply.Done = true
		}
	}
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
			p[id][i].Failed, p[id][i].going = why, false
			p[id][i].Reply.Done = false // sent again, it is looked at
		}
	}
}

// wait lets a reply that nobody answered wait for the hub.
func (p pending) wait(id model.ConversationID, client model.ClientID) {
	p.fail(id, client, "")
}

// Again queues a failed reply again, in its current form.
func (p pending) Again(r model.Reply) {
	for i := range p[r.Conversation] {
		if u := &p[r.Conversation][i]; u.ClientID == r.ClientID {
			u.Reply, u.Failed, u.going, u.left = r, "", false, false
		}
	}
}

// failed reports whether a reply of the conversation could not be handed in.
func (p pending) failed(id model.ConversationID) bool {
	return slices.ContainsFunc(p[id], func(r unheard) bool { return r.Failed != "" })
}

// leftFor is how long after it was sent off a reply of an earlier run still leaves by itself.
// Later, nobody expects it any more.
const leftFor = 24 * time.Hour

// addUnsent adds the replies that earlier runs handed in without an answer to their
// conversations. Those that were held back, or of which nobody knows since when they wait, ask;
// [judgeLeft] judges the others, once it is known how their conversations stand.
func (m *Writer) addUnsent(all []model.Reply) {
	for _, u := range all {
		why := ""
		switch {
		case u.Held:
			why = m.Say(i18n.HeldBefore)
		case u.At.IsZero():
			why = m.Say(i18n.UnsentBefore)
		}
		if u.At.IsZero() {
			u.At = m.Now()
		}
		u.Done = false // sent again, it is looked at
		m.Replies.add(u, why)
		added := m.Replies[u.Conversation]
		added[len(added)-1].left = why == ""
		m.numbered = max(m.numbered, u.Number)
	}
	m.untold = len(all) > 0
}

// judgeLeft lets the replies of earlier runs go that may leave by themselves, has the others
// ask, and reports whether all are judged. That a reply leaves twice is impossible: it has the id
// that it had. The hub refuses what misses the window, or what a colleague answered meanwhile.
func judgeLeft(m *Writer) bool {
	all := true
	for id, replies := range m.Replies {
		row, known := m.Inbox.Conversation(id)
		for i := range replies {
			u := &replies[i]
			switch {
			case !u.left:
				continue
			case !known && m.Inbox.AllComplete(), m.Now().Sub(u.At) > leftFor:
				u.Failed = m.Say(i18n.UnsentBefore)
			case !known || !m.Inbox.Complete(id.Page()):
				all = false
				continue
			case !u.Note && wroteAfter(row.Conversation, u.At):
				u.Failed = m.Say(i18n.UnsentNewer)
			}
			u.left = false
			m.of.talk.stale = m.of.talk.stale || m.Shown == id
		}
	}
	return all
}

// wroteAfter reports whether the last that was said in a conversation is of the customer, after
// that time.
func wroteAfter(c model.Conversation, at time.Time) bool {
	last := c.LastMessage
	if c.LastSaid != nil {
		last = c.LastSaid
	}
	return last != nil && last.Direction == model.In && last.SentAt.After(at)
}

// number returns a number for a key press: the hub's time, unique and growing.
func (m *Writer) number() int64 {
	m.numbered = max(m.numbered+1, m.Now().UnixMicro())
	return m.numbered
}

// HandOn hands in the replies whose turn has come. Those written while the hub can't be reached
// wait for it, and are judged by it then.
func (m *Writer) HandOn() tea.Cmd {
	if m.Waits() {
		return nil
	}
	var cmds []tea.Cmd
	for id := range m.Replies {
		if r, ok := m.Replies.next(id); ok {
			m.of.talk.stale = m.of.talk.stale || m.Shown == id
			cmds = append(cmds, m.handIn(r))
		}
	}
	return tea.Batch(cmds...)
}

// kept is the result of keeping a reply that waits for its turn.
type kept struct {
	reply model.Reply
	err   error
}

// keep keeps a reply on disk that waits for its turn.
func (m *Writer) keep(r model.Reply) tea.Cmd {
	hub := m.hub
	return func() tea.Msg { return kept{r, hub.Keep(r)} }
}

// kept reports a reply that could not be kept. It is tried again in its turn, and is not sent
// unless it is kept.
func (m *Writer) kept(k kept) {
	m.Hold.kept(k.reply)
	if k.err != nil {
		m.Notify(m.Explain(k.err))
	}
}

// Unheard returns the replies sent off that the hub does not have, for when the program ends.
func (m *Writer) Unheard() []model.Reply {
	var out []model.Reply
	for _, all := range m.Replies {
		for _, u := range all {
			out = append(out, u.Reply)
		}
	}
	return out
}

// HandOnLeft lets the replies of earlier runs leave that may, when there is a hub to hand them in
// to, and says once what was left.
func (m *Writer) HandOnLeft() {
	if !m.untold || !m.Live() || !judgeLeft(m) {
		return
	}
	m.untold = false
	n := 0
	for _, all := range m.Replies {
		for _, u := range all {
			if u.Failed != "" {
				m.Notify(m.Say(i18n.SaidUnsent, "Key", m.KeyOf("drafts")))
				return
			}
			n++
		}
	}
	m.Notify(m.Say(i18n.SaidUnsentLeaves, "N", n))
}

// forgotten is the result of removing a kept reply. A failure is not shown: the reply appears
// again at the next start, and is found among the messages again.
type forgotten struct{}

// DropTaken drops the failed replies that are among the open conversation's messages: the hub
// accepted them although its answer was lost.
func (m *Writer) DropTaken() tea.Cmd {
	id := m.Shown
	if len(m.Replies[id]) == 0 {
		return nil
	}
	t, _ := m.Inbox.Thread(id)
	held := map[model.ClientID]bool{}
	for i := range t.Messages {
		if c := t.Messages[i].ClientID; c != "" {
			held[c] = true
		}
	}
	var cmds []tea.Cmd
	for _, p := range slices.Clone(m.Replies[id]) {
		// One that is being handed in gets its own answer.
		if !held[p.ClientID] || p.Failed == "" {
			continue
		}
		m.Replies.drop(id, p.ClientID)
		m.of.talk.stale = true
		hub, client := m.hub, p.ClientID
		cmds = append(cmds, func() tea.Msg {
			_ = hub.Taken(client)
			return forgotten{}
		})
	}
	return tea.Batch(cmds...)
}

// withdrawn is the result of taking a reply back.
type withdrawn struct {
	reply   model.Reply
	message model.Message
	taken   bool
	err     error
}

// withdraw turns a reply that could not be handed in into a draft, once the hub confirms that
// it does not have it: else typing it again would send it twice.
func (m *Writer) withdraw(r model.Reply) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		message, taken, err := hub.TakeBack(ctx, r)
		return withdrawn{reply: r, message: message, taken: taken, err: err}
	})
}

func (m *Writer) withdrawn(b withdrawn) tea.Cmd {
	id := b.reply.Conversation
	if b.err != nil {
		m.Notify(m.Explain(b.err))
		return nil
	}
	if _, ok := m.Replies.get(id, b.reply.ClientID); !ok {
		return nil
	}
	m.Replies.drop(id, b.reply.ClientID)
	m.of.talk.stale = m.of.talk.stale || m.Shown == id
	if b.taken {
		m.Inbox.PutMessage(b.message)
		m.Notify(m.Say(i18n.SaidTakenAfterAll))
		return nil
	}
	return m.giveBackReply(b.reply)
}

// askRemove asks what to do with a reply whose conversation is gone or hidden: it can't be
// handed in, and nobody can check whether the hub has it.
func (m *Writer) askRemove(id model.ConversationID, client model.ClientID) tea.Cmd {
	u, ok := m.Replies.get(id, client)
	if !ok {
		return nil
	}
	c := overlay.NewChoice(m.Say(i18n.UnsentElsewhere), []overlay.Option{
		{ID: screen.AnswerNo, Key: "n", Title: m.Say(i18n.UnsentKeep)},
		{ID: screen.AnswerYes, Key: "y", Title: m.Say(i18n.UnsentRemove)},
	})
	c.Say(m.Say(i18n.UnsentGone))
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); !ok || chosen.ID != screen.AnswerYes {
			return nil
		}
		return m.remove(u.Reply)
	})
	return nil
}

// removed is the result of removing a kept reply.
type removed struct {
	reply model.Reply
	err   error
}

func (m *Writer) remove(r model.Reply) tea.Cmd {
	hub := m.hub
	return func() tea.Msg { return removed{r, hub.Taken(r.ClientID)} }
}

// removed copies the removed text to the clipboard: it is nowhere else now.
func (m *Writer) removed(r removed) tea.Cmd {
	if r.err != nil {
		m.Notify(m.Explain(r.err))
		return nil
	}
	m.Replies.drop(r.reply.Conversation, r.reply.ClientID)
	m.Notify(m.Say(i18n.SaidUnsentRemoved))
	return term.Copy(safe.Typed(r.reply.Text))
}
