package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/screen"
)

// needsAway tells why the user can't be made available, or not, now: they are so already.
func (m *Model) needsAway(a model.Away) func() string {
	return func() string {
		switch me := m.Inbox.User(); {
		case me.ID == "":
			return m.Say(i18n.StateConnecting)
		case me.Away == a:
			return ""
		case bool(me.Away):
			return m.Say(i18n.WhyAwayAlready)
		}
		return m.Say(i18n.WhyAvailableAlready)
	}
}

// availabilitySet is the answer to taking conversations, or none.
type availabilitySet struct {
	available bool
	err       error
}

// setAvailable makes the user take conversations, or none for now.
func (m *Model) setAvailable(available bool) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		_, err := hub.SetAvailable(ctx, available)
		return availabilitySet{available: available, err: err}
	})
}

// availabilitySet says what was done. How the user is known comes with the news.
func (m *Model) availabilitySet(s availabilitySet) {
	switch {
	case s.err != nil:
		m.Notify(m.Explain(s.err))
	case s.available:
		m.Notify(m.Say(i18n.SaidAvailable))
	default:
		m.Notify(m.Say(i18n.SaidAway))
	}
}
