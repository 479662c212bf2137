package lines

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/label"
	"parley/model/when"
)

// undoDepth is how many actions can be undone.
const undoDepth = 20

// undoing is an action that can be undone. why says why it can't be now; nil: it always can.
type undoing struct {
	of   model.ConversationID
	back func()
	why  func() string
}

// undos are the last actions that can be undone, newest last.
type undos []undoing

func (u *undos) push(x undoing) {
	*u = append(*u, x)
	*u = (*u)[max(0, len(*u)-undoDepth):]
}

func (u *undos) forget(gone func(model.ConversationID) bool) {
	*u = slices.DeleteFunc(*u, func(x undoing) bool { return gone(x.of) })
}

// undoLast undoes the newest action.
func (m sorting) undoLast() {
	n := len(m.undo)
	if n == 0 {
		m.say(m.Say(i18n.WhyNothingToUndo))
		return
	}
	x := m.undo[n-1]
	m.undo = m.undo[:n-1]
	if x.why != nil {
		if why := x.why(); why != "" {
			m.say(why)
			return
		}
	}
	x.back()
}

// triage changes the triage of a conversation, says what was done, and then goes on.
func (m sorting) triage(id model.ConversationID, t model.Triage, words string, then func()) {
	r, ok := m.conversation(id)
	if !ok {
		return
	}
	back := t.Inverse(r.Conversation, m.now())
	m.call(func(ctx context.Context) func() {
		c, err := m.hub.Triage(ctx, id, t)
		return func() {
			if err != nil {
				m.sayOf(id, m.hub.Explain(err))
				return
			}
			m.inbox.Put(c)
			m.tells.knows(id)
			m.sayOf(id, words)
			m.undo.push(undoing{of: id, back: func() { m.restore(id, back) }, why: func() string {
				now, ok := m.conversation(id)
				if after, err := t.Of(now.Conversation, m.now()); !ok || err == nil && !after.SameTriage(now.Conversation) {
					return m.Say(i18n.WhyChangedSince)
				}
				return ""
			}})
			if then != nil {
				then()
			}
		}
	})
}

// restore undoes a change.
func (m sorting) restore(id model.ConversationID, t model.Triage) {
	m.call(func(ctx context.Context) func() {
		c, err := m.hub.Triage(ctx, id, t)
		return func() {
			if err != nil {
				m.sayOf(id, m.hub.Explain(err))
				return
			}
			m.inbox.Put(c)
			m.tells.knows(id)
			m.sayOf(id, m.Say(i18n.SaidUndone, "Name", m.nameOf(id)))
		}
	})
}

// goOn goes on to the next that waits, after the user is through with the open conversation.
func (m sorting) goOn(id model.ConversationID) {
	if id != m.shown {
		return
	}
	m.shown, m.talk = "", talk{}
	if !m.o.Advance {
		return
	}
	next, ok := m.round.Next(m.reads.needy(), m.inbox.User().ID, m.now(), id)
	if !ok {
		m.say(m.Say(i18n.AgendaZero))
		return
	}
	m.reads.open(next)
}

// done marks a conversation done, or opens it again.
func (m sorting) done(id model.ConversationID) {
	r, _ := m.conversation(id)
	name := m.Name(r.Customer)
	if r.Status == model.Done {
		m.triage(id, model.ToStatus(model.Open), m.Say(i18n.SaidReopened, "Name", name), nil)
		return
	}
	m.triage(id, model.ToStatus(model.Done), m.Say(i18n.SaidDone, "Name", name), func() {
		m.sayOnce(i18n.LinesHowToUndo, "Word", m.words("undo")[0])
		m.goOn(id)
	})
}

// snooze snoozes a conversation until a time.
func (m sorting) snooze(id model.ConversationID, text string) {
	if text == "" {
		m.ask(question{of: id, prompt: m.Say(i18n.LinesSnoozeUntil, "Name", m.nameOf(id)) + " ", answer: func(text string) {
			if text = strings.TrimSpace(text); text == "" {
				m.say(m.Say(i18n.LinesAsItWas))
				return
			}
			m.snooze(id, text)
		}})
		return
	}
	now := m.now()
	until, ok := when.Parse(text, now, m.Zone)
	if !ok {
		m.say(m.Say(i18n.SnoozeUnclear))
		m.snooze(id, "")
		return
	}
	until = until.Truncate(time.Microsecond)
	m.triage(id, model.Snooze(until), m.Say(i18n.SaidSnoozed, "Name", m.nameOf(id), "Time", m.Moment(now, until)), func() { m.goOn(id) })
}

// pin pins a conversation, or takes the pin off.
func (m sorting) pin(id model.ConversationID) {
	r, _ := m.conversation(id)
	t, words := model.Pin(), i18n.SaidPinned
	if r.Pinned {
		t, words = model.Unpin(), i18n.SaidUnpinned
	}
	m.triage(id, t, m.Say(words, "Name", m.Name(r.Customer)), nil)
}

// toggleRead marks a conversation read or unread.
func (m sorting) toggleRead(id model.ConversationID) {
	r, _ := m.conversation(id)
	words, ask := i18n.SaidUnread, m.hub.MarkUnread
	if r.Unread > 0 && r.LastMessage != nil {
		words = i18n.SaidRead
		ask = func(ctx context.Context, id model.ConversationID) (model.Conversation, error) {
			return m.hub.MarkRead(ctx, id, r.LastMessage.ID)
		}
	}
	m.call(func(ctx context.Context) func() {
		c, err := ask(ctx, id)
		return func() {
			if err != nil {
				m.sayOf(id, m.hub.Explain(err))
				return
			}
			m.inbox.Put(c)
			m.sayOf(id, m.Say(words, "Name", m.Name(r.Customer)))
		}
	})
}

// assign assigns a conversation: to the colleague that is named, or as chosen.
func (m sorting) assign(id model.ConversationID, who string) {
	m.call(func(ctx context.Context) func() {
		users, err := m.hub.Users(ctx)
		return func() {
			if err != nil {
				m.sayOf(id, m.hub.Explain(err))
				return
			}
			m.users = users
			m.assignTo(id, who)
		}
	})
}

func (m sorting) assignTo(id model.ConversationID, who string) {
	r, ok := m.conversation(id)
	if !ok {
		return
	}
	me, name := m.inbox.User(), m.Name(r.Customer)
	all := []choice{
		{m.Say(i18n.AssignMe), func() { m.triage(id, model.Assign(me.ID), m.Say(i18n.SaidAssignedMe, "Name", name), nil) }},
		{m.Say(i18n.AssignNobody), func() { m.triage(id, model.Unassign(), m.Say(i18n.SaidUnassigned, "Name", name), nil) }},
	}
	names := []string{"me", "nobody"}
	p, _ := m.inbox.Page(r.PageID)
	for _, u := range m.users {
		if u.ID == me.ID || u.Away || p.Visibility == model.Private && u.ID != p.Installer.ID {
			continue // they can't be assigned it
		}
		all = append(all, choice{m.Ours(u.Name), func() {
			m.triage(id, model.Assign(u.ID), m.Say(i18n.SaidAssigned, "Name", name, "Who", m.Ours(u.Name)), func() { m.goOn(id) })
		}})
		names = append(names, u.Name)
	}
	pick := func(text string) bool {
		at := -1
		for i, n := range names {
			switch {
			case strings.EqualFold(n, text), strings.EqualFold(all[i].title, text):
				all[i].do()
				return true
			case strings.HasPrefix(strings.ToLower(n), strings.ToLower(text)) && at < 0:
				at = i
			case strings.HasPrefix(strings.ToLower(n), strings.ToLower(text)):
				return false // several
			}
		}
		if at < 0 {
			return false
		}
		all[at].do()
		return true
	}
	if who != "" && pick(who) {
		return
	}
	m.choose(id, m.Say(i18n.AssignTitle, "Name", name), all, pick)
}

// label gives a conversation a label, or takes it away: the one that is named, or as chosen.
func (m sorting) label(id model.ConversationID, text string) {
	if text != "" {
		m.toggleLabel(id, text)
		return
	}
	m.call(func(ctx context.Context) func() {
		counts, err := m.hub.Labels(ctx, id.Page())
		return func() {
			if err != nil {
				m.sayOf(id, m.hub.Explain(err))
				return
			}
			var all []choice
			for _, c := range counts[:min(len(counts), 20)] {
				all = append(all, choice{m.Ours(c.Label), func() { m.toggleLabel(id, c.Label) }})
			}
			m.choose(id, m.Say(i18n.LinesLabelTitle, "Name", m.nameOf(id)), all, func(text string) bool {
				m.toggleLabel(id, text)
				return true
			})
		}
	})
}

func (m sorting) toggleLabel(id model.ConversationID, text string) {
	r, ok := m.conversation(id)
	if !ok {
		return
	}
	clean, err := label.Clean(text)
	if err != nil {
		m.say(m.Say(i18n.LinesNoLabel))
		return
	}
	labels := label.Toggled(r.Labels, clean)
	words := m.Say(i18n.SaidUnlabelled, "Name", m.Name(r.Customer))
	if len(labels) > 0 {
		words = m.Say(i18n.SaidLabelled, "Name", m.Name(r.Customer), "Labels", m.Ours(strings.Join(labels, ", ")))
	}
	m.triage(id, model.Label(labels...), words, nil)
}
