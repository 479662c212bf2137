package page

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/overlay"
	"parley/ui/screen"
	"parley/ui/term"
)

// connectPoll is how often the hub is asked for the progress of connecting a Page.
const connectPoll = time.Second

// linkCells is how much of a link is shown: all of it, since a part is no use.
const linkCells = 2000

// connecting is a Page being connected in the user's browser.
type connecting struct {
	model.Connect
	// choice is its overlay; the user may close it while the browser goes on.
	choice *overlay.Choice
}

// Choices of the overlay.
const (
	connectCopy = "copy"
	connectQuit = "quit"
)

// ConnectSaid is the hub's answer about connecting a Page.
type ConnectSaid struct {
	Connect model.Connect
	Begun   bool
	Err     error
}

// connectTick polls again.
type connectTick struct{ id string }

// ConnectPage starts connecting a Page through the browser, or shows the attempt under way.
func (m *Model) ConnectPage() tea.Cmd {
	if m.Connecting.ID != "" && !m.Connecting.State.Final() {
		m.showConnect()
		return nil
	}
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		c, err := hub.BeginConnect(ctx, "")
		return ConnectSaid{Connect: c, Begun: true, Err: err}
	})
}

// connectSaid shows the progress, and polls until it ends.
func (m *Model) connectSaid(s ConnectSaid) tea.Cmd {
	switch {
	case s.Err != nil && s.Begun:
		m.Notify(m.Explain(s.Err))
		return nil
	case s.Err != nil: // the hub may be away for a moment
		return screen.Timer(connectPoll, connectTick{m.Connecting.ID})
	case s.Begun:
		m.Connecting = connecting{Connect: s.Connect}
		m.showConnect()
		return tea.Batch(m.OpenLink(safe.LineN(model.Untrusted(m.Connecting.URL), linkCells).String()), screen.Timer(connectPoll, connectTick{s.Connect.ID}))
	case s.Connect.ID != m.Connecting.ID:
		return nil
	}
	s.Connect.URL = m.Connecting.URL
	m.Connecting.Connect = s.Connect
	if s.Connect.State.Final() {
		m.connectEnded()
		return nil
	}
	if c := m.Connecting.choice; c != nil {
		c.Say(m.connectSentence())
	}
	return screen.Timer(connectPoll, connectTick{s.Connect.ID})
}

// connectTick polls the progress.
func (m *Model) connectTick(t connectTick) tea.Cmd {
	if t.id != m.Connecting.ID || m.Connecting.State.Final() {
		return nil
	}
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		c, err := hub.Connect(ctx, t.id)
		return ConnectSaid{Connect: c, Err: err}
	})
}

// showConnect opens the overlay that says what to do.
func (m *Model) showConnect() {
	c := overlay.NewChoice(m.Say(i18n.ConnectTitle), []overlay.Option{
		{ID: connectCopy, Key: "y", Title: m.Say(i18n.ConnectCopy)},
		{ID: connectQuit, Key: "x", Title: m.Say(i18n.ConnectGiveUp)},
	})
	m.Connecting.choice = c
	c.Say(m.connectSentence())
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		m.Connecting.choice = nil
		chosen, ok := a.(overlay.Chosen)
		switch {
		case ok && chosen.ID == connectCopy:
			m.Notify(m.Say(i18n.ConnectCopied))
			return term.Copy(safe.LineN(model.Untrusted(m.Connecting.URL), linkCells).String())
		case ok && chosen.ID == connectQuit:
			return m.giveConnectUp()
		}
		return nil
	})
}

// giveConnectUp cancels the attempt, which invalidates the link.
func (m *Model) giveConnectUp() tea.Cmd {
	hub, id := m.hub, m.Connecting.ID
	return screen.Call(func(ctx context.Context) tea.Msg {
		c, err := hub.CancelConnect(ctx, id)
		return ConnectSaid{Connect: c, Err: err}
	})
}

// connectSentence says what to do now, and the link.
func (m *Model) connectSentence() string {
	switch m.Connecting.State {
	case model.ConnectAtFacebook:
		return m.Say(i18n.ConnectAtFacebook)
	case model.ConnectChoosing:
		return m.Say(i18n.ConnectChoosing)
	case model.ConnectSubscribing:
		return m.Say(i18n.ConnectSubscribing)
	case model.ConnectWaiting, model.ConnectDone, model.ConnectRefused:
	}
	do := i18n.ConnectInBrowser
	if m.Browse == nil {
		do = i18n.ConnectElsewhere
	}
	return m.Say(do, "Link", safe.LineN(model.Untrusted(m.Connecting.URL), linkCells))
}

// connectEnded says how it ended.
func (m *Model) connectEnded() {
	if m.Connecting.choice != nil && m.Overlaid() == m.Connecting.choice {
		m.Lift()
	}
	m.Connecting.choice = nil
	if p := m.Connecting.Page; m.Connecting.State == model.ConnectDone && p != nil {
		m.Notify(m.Say(i18n.PageConnected, "Name", m.Look.Line(p.Name)))
		return
	}
	m.Notify(m.Say(i18n.Code(string(m.Connecting.Code))))
}
