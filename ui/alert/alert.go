// Package alert notifies the user of what happens while they look elsewhere: by the terminal,
// and by what else is told of it. What notifies is decided in model/notify; what is written to
// the terminal in ui/term/bell.
package alert

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/model/inbox"
	"parley/model/notify"
	"parley/ui/screen"
	"parley/ui/term/bell"
)

// Hub is what this package needs of a client.
type Hub interface {
	// Notifications returns the user's own preferences.
	Notifications(ctx context.Context) (notify.Preferences, error)
	// ChangeNotifications changes them.
	ChangeNotifications(ctx context.Context, c notify.Change) (notify.Preferences, error)
}

// Options are what a Model works with. In the zero value the preferences are the defaults, and
// what is changed is forgotten with the program.
type Options struct {
	Hub Hub
	// Method is this terminal's; empty: as the user's preferences say.
	Method notify.Method
	// Env is the environment that says what the terminal is.
	Env []string
	// Told is told of every event, whatever the user's preferences are, and whether they look at
	// the screen; nil: nobody else is told. It must not block.
	Told func(events []notify.Event, attended bool)
}

// Model notifies the user.
type Model struct {
	*screen.Screen
	o       Options
	watcher *notify.Watcher
	held    notify.Throttle
	prefs   notify.Preferences
	// known: the hub was asked for the preferences, and answered or refused.
	known bool
	// named is what the terminal understands by what it calls itself; none: that says nothing.
	named bell.Signal
	// reports: the terminal has said whether it has the focus.
	reports bool
	// saving are changes that the hub has not answered yet.
	saving int
}

// New returns a Model.
func New(s *screen.Screen, o Options) *Model {
	return &Model{Screen: s, o: o, watcher: notify.NewWatcher(), prefs: notify.Defaults(), known: o.Hub == nil}
}

// Msg is a message for Model.
type Msg interface{ alert() }

func (read) alert() {}

// read is the hub's answer with the preferences.
type read struct {
	prefs   notify.Preferences
	err     error
	changed bool
}

// Update handles a message.
func (m *Model) Update(msg Msg) {
	r, ok := msg.(read)
	if !ok {
		return
	}
	m.known = true
	if r.changed {
		m.saving--
	}
	switch {
	case r.err != nil && r.changed:
		m.Notify(m.Explain(r.err))
	case r.err == nil && m.saving == 0:
		m.prefs = r.prefs
	}
	m.refresh()
}

// Read asks the hub for the preferences.
func (m *Model) Read() tea.Cmd {
	hub := m.o.Hub
	if hub == nil {
		return nil
	}
	return screen.Call(func(ctx context.Context) tea.Msg {
		p, err := hub.Notifications(ctx)
		return read{prefs: p, err: err}
	})
}

// Before looks at updates before they are applied to the Inbox.
func (m *Model) Before(updates []inbox.Update) { m.watcher.Read(m.Inbox, updates) }

// After takes what the updates tell, once they are applied.
func (m *Model) After(changes inbox.Changes) {
	m.take(m.watcher.Judge(m.Inbox, m.Now()))
	if changes.Any() {
		m.take(m.watcher.Closing(m.Inbox, m.Now(), true))
	}
	m.held.Forget(func(e notify.Event) bool {
		_, ok := m.Inbox.Conversation(e.Conversation)
		return !ok
	})
}

// take tells whoever wants to know, and holds back what the user wants to know.
func (m *Model) take(events []notify.Event) {
	if len(events) == 0 {
		return
	}
	if m.o.Told != nil {
		m.o.Told(events, m.Attended)
	}
	for _, e := range events {
		if m.unseen(e.Conversation) {
			m.held.Add(e)
		}
	}
}

// unseen reports whether the user may not see now what happens in a conversation.
func (m *Model) unseen(id model.ConversationID) bool {
	if !m.Attended {
		return true
	}
	return m.prefs.When == notify.Always && (id != m.Shown || m.Layout.Thread == 0)
}

// Focused records that the terminal has the focus, or has lost it.
func (m *Model) Focused(has bool) {
	m.reports, m.Attended = true, has
	if has && m.prefs.When != notify.Always {
		m.held.Drop()
	}
}

// Named takes what the terminal calls itself.
func (m *Model) Named(version string) { m.named = bell.Named(version) }

// Settle notifies the user if it is time.
func (m *Model) Settle(now time.Time) tea.Cmd {
	m.take(m.watcher.Closing(m.Inbox, now, false))
	if !m.known {
		return nil
	}
	if _, quiet := m.prefs.Quiet(now.In(m.Look.Zone)); quiet {
		m.held.Drop()
		return nil
	}
	m.held.Forget(func(e notify.Event) bool { return !m.prefs.On(e.Kind) })
	events, sums := m.held.Due(now, m.every())
	if len(events) == 0 {
		return nil
	}
	return m.ring(m.words(events, sums))
}

// ring asks the terminal.
func (m *Model) ring(text string) tea.Cmd {
	return bell.Ring(m.signal(), bell.InTmux(m.o.Env), "Parley", text)
}

func (m *Model) every() time.Duration { return time.Duration(m.prefs.Every) * time.Second }

// Next is when there is something to do by time alone; zero: never.
func (m *Model) Next() time.Time {
	next := m.watcher.Next()
	if due := m.held.Next(m.every()); m.known && !due.IsZero() && (next.IsZero() || due.Before(next)) {
		next = due
	}
	return next
}

// method is how this terminal is asked.
func (m *Model) method() notify.Method {
	if m.o.Method != "" {
		return m.o.Method
	}
	return m.prefs.Method
}

// signal is what this terminal is asked by.
func (m *Model) signal() bell.Signal {
	switch m.method() {
	case notify.OSC9:
		return bell.OSC9
	case notify.OSC777:
		return bell.OSC777
	case notify.Bell:
		return bell.Bell
	case notify.Off:
		return bell.None
	case notify.Auto:
	}
	s := bell.Of(m.o.Env)
	if s == bell.Bell && m.named != bell.None && !bell.InTmux(m.o.Env) {
		return m.named
	}
	return s
}
