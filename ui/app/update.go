package app

import (
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/alert"
	"parley/ui/browse"
	"parley/ui/cells"
	"parley/ui/composer"
	"parley/ui/conversation"
	"parley/ui/crm"
	"parley/ui/deletion"
	"parley/ui/editor"
	list "parley/ui/inbox"
	"parley/ui/labels"
	"parley/ui/page"
	"parley/ui/pictures"
	"parley/ui/screen"
	"parley/ui/snippets"
	"parley/ui/team"
	"parley/ui/term"
	"parley/ui/term/graphics"
	"parley/ui/term/wheel"
	"parley/ui/views"
)

var graphemes = cells.Graphemes()

// Update implements [tea.Model]: it hands a message on to who it is for, and then has
// the screen follow.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.route(msg)
	return m, tea.Batch(cmd, m.settle())
}

func (m *Model) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.W, m.H = msg.Width, msg.Height
	case tea.KeyPressMsg:
		m.ByHand = true
		defer func() { m.ByHand = false }()
		return m.key(msg)
	case tea.PasteMsg:
		return m.paste(msg)
	case tea.MouseClickMsg, tea.MouseMotionMsg, tea.MouseReleaseMsg, wheel.Turned:
		m.ByHand = true
		defer func() { m.ByHand = false }()
		return m.pointer.Update(msg)
	case screen.Kept:
		if msg.Why != "" {
			m.Notify(msg.Why)
		}
	case []inbox.Update:
		return m.news(msg)
	case screen.Waken:
		m.Clock.Woken(msg)
	case screen.AddressOpened:
		m.AddressOpened(msg)
	case composer.PasteRefused:
		m.Notify(m.Say(i18n.PasteTooLong))
	default:
		return m.parts(msg)
	}
	return nil
}

// parts hands a message on to the part of the screen that it is of.
func (m *Model) parts(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case browse.Msg:
		return m.browse.Update(msg)
	case conversation.Msg:
		return m.conversation.Update(msg)
	case deletion.Msg:
		m.deletion.Update(msg)
	case conversation.Replied:
		return tea.Batch(m.writer.Update(msg), m.finishing.Replied(msg))
	case conversation.WriterMsg:
		return m.writer.Update(msg)
	case model.Uploading:
		m.writer.Uploading(msg)
	case list.Msg:
		return m.inbox.Update(msg)
	case page.Msg:
		return m.page.Update(msg)
	case team.Msg:
		m.team.Update(msg)
	case pictures.Msg:
		return m.pictures.Update(msg)
	case views.Msg:
		return m.views.Update(msg)
	case labels.Msg:
		m.labels.Update(msg)
	case alert.Msg:
		m.alerts.Update(msg)
	case editor.Edited:
		return m.editor.Update(msg)
	case snippets.Msg:
		return m.snippets.Update(msg)
	default:
		return m.crmSays(msg)
	}
	return nil
}

// crmSays takes over what was answered about the CRM.
func (m *Model) crmSays(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(crm.Msg); ok {
		return m.crm.Update(msg)
	}
	m.terminalSays(msg)
	return nil
}

// terminalSays takes over what the terminal tells of itself.
func (m *Model) terminalSays(msg tea.Msg) {
	if graphics.Answered(msg) {
		m.pictures.SetHolds()
		return
	}
	switch msg := msg.(type) {
	case tea.ResumeMsg:
		m.pictures.Resume()
		return
	case tea.FocusMsg:
		m.alerts.Focused(true)
		return
	case tea.BlurMsg:
		m.alerts.Focused(false)
		return
	case tea.TerminalVersionMsg:
		m.alerts.Named(msg.Name)
		return
	case tea.ColorProfileMsg:
		m.terminal.profile = msg.Profile
	case tea.BackgroundColorMsg:
		m.terminal.light = !msg.IsDark()
	case tea.ModeReportMsg:
		if msg.Mode != ansi.ModeUnicodeCore {
			return
		}
		m.terminal.graphemes = term.MeasuresClusters(msg)
	default:
		return
	}
	m.restyle()
}

// offlineReasons say in a few words why there is no connection.
var offlineReasons = map[inbox.Trouble]i18n.ID{
	inbox.Lost: i18n.OfflineLost, inbox.RefusedByHost: i18n.OfflineRefused, inbox.NameUnknown: i18n.OfflineName, inbox.Silent: i18n.OfflineSilent,
}

func (m *Model) connectionOf(c inbox.Connection) *screen.Connection {
	out := &screen.Connection{}
	switch c.State {
	case inbox.Live:
		out.State = screen.Live
	case inbox.Offline:
		out.State = screen.Offline
	case inbox.SignedOut:
		out.State = screen.SignedOut
	case inbox.Connecting:
	}
	out.RetryAt = c.RetryAt
	if c.Cause != nil {
		out.Reason = m.Say(offlineReasons[c.Trouble])
	}
	return out
}

// news takes over what came from the hub, in order.
func (m *Model) news(updates []inbox.Update) tea.Cmd {
	var connection *screen.Connection
	var known []model.Colleague
	var frames []model.Ephemeral
	for _, u := range updates {
		switch u := u.(type) {
		case inbox.Connection:
			connection = m.connectionOf(u)
		case inbox.Ephemeral:
			frames = append(frames, u.Frame)
		case inbox.UserChanged:
			known = append(known, u.User)
		}
	}
	users := m.connected(connection)
	defer m.presence.Heard(frames)
	m.alerts.Before(updates)
	changes, err := m.Inbox.Apply(updates...)
	if err != nil {
		// What could not be read is read anew by whoever follows the hub.
		m.Notify(m.Say(i18n.NewsUnreadable))
	}
	m.Clock.SetHubTime(m.Inbox.Now())
	m.alerts.After(changes)
	m.team.Changed(known)
	var saved tea.Cmd
	if changes.Pages {
		saved = m.browse.FollowSights()
		m.forget(m.Hidden)
		m.inbox.LeaveHidden()
		m.page.FollowSights()
	}
	if changes.Lists || changes.Pages || changes.Many || len(changes.Conversations) > 0 {
		m.inbox.List.Refresh()
	}
	m.crm.Changed(changes)
	follow := m.conversation.Follow(changes)
	m.writer.HandOnLeft()
	dropped := m.writer.DropGone()
	if changes.Many || slices.ContainsFunc(changes.Conversations, m.Deleted) {
		m.forget(m.Deleted)
	}
	return tea.Batch(users, follow, dropped, saved)
}

// forget drops what is held on screen of conversations that are gone, besides themselves:
// what was found of them, rows as they were drawn, and what was just said or asked of them.
func (m *Model) forget(gone func(model.ConversationID) bool) {
	m.inbox.Forget(gone)
	m.presence.Forget(gone)
	m.pictures.Forget(gone)
	m.Undo.Forget(gone)
	m.finishing.Forget(gone)
}

// connected takes over how the connection stands, where that was told.
func (m *Model) connected(c *screen.Connection) tea.Cmd {
	if c == nil {
		return nil
	}
	var users tea.Cmd
	if c.State == screen.Live && !m.Live() {
		users = tea.Batch(m.team.ReadAgain(), m.alerts.Read(), m.snippets.Read(), m.views.Read())
		m.crm.Refresh()
	}
	m.Wire = *c
	m.conversation.Redraw() // replies that wait say for what
	if m.Live() {
		m.conversation.RetryOlder()
	}
	return users
}

// settle lets everything follow a change: the time, the sizes, what is drawn, when to
// wake next.
func (m *Model) settle() tea.Cmd {
	now := m.Now()
	if next := m.Inbox.Next(); !next.IsZero() && !next.After(now) && !m.Inbox.Now().IsZero() {
		if changes := m.Inbox.Advance(now); changes.Any() {
			m.inbox.List.Refresh()
		}
	}
	m.Expire(now)
	m.panes.leave()
	if m.Focus != screen.PaneList && m.Shown != "" {
		m.inbox.List.Light(m.Shown)
	}
	m.inbox.Turns.Watch()
	m.finishing.Watch()
	m.snippets.Follow()
	taken, records := m.writer.DropTaken(), m.crm.Follow()
	passed := m.writer.Hold.Pass()
	handed, rung := m.writer.HandOn(), m.alerts.Settle(now)
	m.mentions.Offer()
	m.draw()
	if m.tellsTyping != nil {
		m.tellsTyping(m.types())
	}
	if m.writer.Hold.Left() {
		return tea.Sequence(tea.Batch(taken, passed, handed), m.leave())
	}
	return tea.Batch(taken, passed, handed, rung, records, m.conversation.WatchReading(), m.conversation.ReadOlder(), m.crm.ReadOn(), m.presence.Announce(), m.pictures.Fetch(), m.writer.Attacher.CheckKept(), m.Clock.Wake(m.nextChange()))
}
