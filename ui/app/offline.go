package app

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/screen"
)

// readOnly makes commands that change something wait until the hub has confirmed what is shown:
// what an earlier run kept may be out of date.
func (m commands) readOnly(all []cmd) []cmd {
	for i := range all {
		reason := all[i].Reason
		all[i].Reason = func() string {
			if why := m.needsConfirmed(); why != "" || reason == nil {
				return why
			}
			return reason()
		}
	}
	return all
}

// needsConfirmed says why nothing can be changed before the hub has confirmed what is shown.
func (m *Model) needsConfirmed() string {
	since, kept := m.Inbox.KeptSince()
	if !kept {
		return ""
	}
	return m.Say(i18n.WhyAsOf, "Time", m.Look.Moment(m.Now(), since), "Key", m.KeyOf("connect"))
}

// needsConnecting says why there is nothing to connect to.
func (m *Model) needsConnecting() string {
	if m.Wire.State != screen.Offline || m.connect == nil {
		return m.Say(i18n.WhyConnected)
	}
	return ""
}

// connectNow makes the next try to reach the hub come at once.
func (m *Model) connectNow() tea.Cmd {
	m.Wire.RetryAt = time.Time{}
	m.connect()
	return nil
}

// asOf says as of when is what an earlier run kept, while the hub has not confirmed it.
func (m header) asOf() string {
	since, kept := m.Inbox.KeptSince()
	if !kept {
		return ""
	}
	state := i18n.StateConnecting
	if m.Wire.State == screen.Offline {
		state = i18n.StateOffline
	}
	return m.Say(i18n.StateAsOf, "Time", m.Look.Moment(m.Now(), since), "State", m.Say(state))
}

// left is how long it is until the next try to connect; zero: it is not known.
func (m header) left() time.Duration {
	if m.Wire.State != screen.Offline || m.Wire.RetryAt.IsZero() {
		return 0
	}
	return max(0, m.Clock.FromLocal(m.Wire.RetryAt).Sub(m.Now()))
}

// offlineBanner says that there is no connection, why, when it is tried again and how to do so
// now.
func (m header) offlineBanner() string {
	if left := m.left(); left > 0 {
		seconds := int((left + time.Second - 1) / time.Second)
		return m.Say(i18n.BannerOffline, "Reason", m.Wire.Reason, "N", seconds, "Key", m.KeyOf("connect"))
	}
	return m.Say(i18n.BannerOfflineTrying, "Reason", m.Wire.Reason)
}

// nextSecond is when the countdown to the next try changes; zero: it does not.
func (m header) nextSecond() time.Time {
	left := m.left()
	if left == 0 {
		return time.Time{}
	}
	step := left % time.Second
	if step == 0 {
		step = time.Second
	}
	return m.Now().Add(step)
}
