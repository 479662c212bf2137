package ui

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

// connectPoll is how often the hub is asked how far connecting a Page is.
const connectPoll = time.Second

// linkCells is how much of a link is shown: all of it, or it leads nowhere.
const linkCells = 2000

// connecting is a Page being connected in the user's browser.
type connecting struct {
	model.Connect
	// choice shows it; it may be closed while the browser goes on.
	choice *overlay.Choice
}

// The answers of the overlay that shows it.
const (
	connectCopy = "copy"
	connectQuit = "quit"
)

// connectSaid is the hub's answer about connecting a Page.
type connectSaid struct {
	connect model.Connect
	begun   bool
	err     error
}

// connectTick asks again.
type connectTick struct{ id string }

// connectPage begins to connect a Page through the browser; one that is under way is shown.
func (m *Model) connectPage() tea.Cmd {
	if m.connecting.ID != "" && !m.connecting.State.Final() {
		m.showConnect()
		return nil
	}
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		c, err := hub.BeginConnect(ctx, "")
		return connectSaid{connect: c, begun: true, err: err}
	})
}

// connectSaid shows how far it is, and asks again until it ends.
func (m *Model) connectSaid(s connectSaid) tea.Cmd {
	switch {
	case s.err != nil && s.begun:
		m.Notify(m.Explain(s.err))
		return nil
	case s.err != nil: // the hub may be away for a moment
		return screen.Timer(connectPoll, connectTick{m.connecting.ID})
	case s.begun:
		m.connecting = connecting{Connect: s.connect}
		m.showConnect()
		return tea.Batch(m.openLink(), screen.Timer(connectPoll, connectTick{s.connect.ID}))
	case s.connect.ID != m.connecting.ID:
		return nil
	}
	s.connect.URL = m.connecting.URL
	m.connecting.Connect = s.connect
	if s.connect.State.Final() {
		m.connectEnded()
		return nil
	}
	if c := m.connecting.choice; c != nil {
		c.Say(m.connectSentence())
	}
	return screen.Timer(connectPoll, connectTick{s.connect.ID})
}

// connectTick asks how far it is.
func (m *Model) connectTick(t connectTick) tea.Cmd {
	if t.id != m.connecting.ID || m.connecting.State.Final() {
		return nil
	}
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		c, err := hub.Connect(ctx, t.id)
		return connectSaid{connect: c, err: err}
	})
}

// openLink opens the link in the browser; where that is on another machine, it goes into
// the clipboard.
func (m *Model) openLink() tea.Cmd {
	link := safe.LineN(model.Untrusted(m.connecting.URL), linkCells).String()
	if m.Browse == nil {
		return term.Copy(link)
	}
	browse := m.Browse
	return func() tea.Msg { return addressOpened{browse(link)} }
}

// showConnect lays what is to be done over the screen.
func (m *Model) showConnect() {
	c := overlay.NewChoice(m.Say(i18n.ConnectTitle), []overlay.Option{
		{ID: connectCopy, Key: "y", Title: m.Say(i18n.ConnectCopy)},
		{ID: connectQuit, Key: "x", Title: m.Say(i18n.ConnectGiveUp)},
	})
	m.connecting.choice = c
	c.Say(m.connectSentence())
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		m.connecting.choice = nil
		chosen, ok := a.(overlay.Chosen)
		switch {
		case ok && chosen.ID == connectCopy:
			m.Notify(m.Say(i18n.ConnectCopied))
			return term.Copy(safe.LineN(model.Untrusted(m.connecting.URL), linkCells).String())
		case ok && chosen.ID == connectQuit:
			return m.giveConnectUp()
		}
		return nil
	})
}

// giveConnectUp makes the link void.
func (m *Model) giveConnectUp() tea.Cmd {
	hub, id := m.hub, m.connecting.ID
	return screen.Call(func(ctx context.Context) tea.Msg {
		c, err := hub.CancelConnect(ctx, id)
		return connectSaid{connect: c, err: err}
	})
}

// connectSentence says what to do now, and the link.
func (m *Model) connectSentence() string {
	switch m.connecting.State {
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
	return m.Say(do, "Link", safe.LineN(model.Untrusted(m.connecting.URL), linkCells))
}

// connectEnded tells how it ended.
func (m *Model) connectEnded() {
	if m.connecting.choice != nil && m.Overlaid() == m.connecting.choice {
		m.Lift()
	}
	m.connecting.choice = nil
	if p := m.connecting.Page; m.connecting.State == model.ConnectDone && p != nil {
		m.Notify(m.Say(i18n.PageConnected, "Name", m.Look.Line(p.Name)))
		return
	}
	m.Notify(m.Say(i18n.Code(string(m.connecting.Code))))
}
