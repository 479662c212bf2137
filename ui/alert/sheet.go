package alert

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/notify"
	"parley/ui/overlay"
	"parley/ui/screen"
	"parley/ui/term/bell"
)

// What can be changed besides the kinds.
const (
	optionContent  = "content"
	optionHours    = "hours"
	optionWeekends = "weekends"
	optionMethod   = "method"
	optionMail     = "mail"
	optionWhen     = "when"
	optionTest     = "test"
)

// Sheet is the list of what notifies, as it is open; nil: it is not.
type sheet struct{ *overlay.Choice }

// Open shows what notifies the user, to be changed.
func (m *Model) Open() tea.Cmd {
	m.show("")
	return m.Read()
}

// show lays the list over the screen, with an option selected.
func (m *Model) show(selected string) {
	c := sheet{overlay.NewChoice(m.Say(i18n.AlertTitle), m.options())}
	c.Say(m.here())
	c.Select(selected)
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); ok {
			return m.choose(chosen.ID)
		}
		return nil
	})
}

// refresh draws an open list anew.
func (m *Model) refresh() {
	if c, ok := m.Overlaid().(sheet); ok {
		c.SetOptions(m.options())
		c.Say(m.here())
	}
}

// here says what notifies on this terminal.
func (m *Model) here() string {
	id := i18n.AlertHere
	switch {
	case m.signal() == bell.None:
		return m.Say(i18n.AlertHereOff)
	case m.prefs.When == notify.Always:
		id = i18n.AlertHereAlways
	case !m.reports:
		id = i18n.AlertHereSilent
	}
	return m.Say(id, "Method", m.Say(signalNames[m.signal()]))
}

var signalNames = map[bell.Signal]i18n.ID{
	bell.Bell: i18n.AlertSignalBell, bell.OSC9: i18n.AlertSignalOsc9, bell.OSC777: i18n.AlertSignalOsc777,
}

// options are what can be changed, and what it is now.
func (m *Model) options() []overlay.Option {
	onOff := func(on bool) string {
		if on {
			return m.Say(i18n.AlertOn)
		}
		return m.Say(i18n.AlertOff)
	}
	var out []overlay.Option
	for i, k := range notify.Kinds() {
		out = append(out, overlay.Option{
			ID: string(k), Key: string(rune('1' + i)), Title: m.Say(i18n.AlertKind(string(k))), Detail: onOff(m.prefs.On(k)),
		})
	}
	hours := m.prefs.QuietHours
	if hours == "" {
		hours = m.Say(i18n.AlertOff)
	}
	mail := overlay.Option{ID: optionMail, Key: "m", Title: m.Say(i18n.AlertMail), Detail: onOff(m.prefs.Mail)}
	if m.prefs.MailTo == "" {
		mail.Reason = m.Say(i18n.AlertNoMail)
	}
	method := overlay.Option{ID: optionMethod, Key: "s", Title: m.Say(i18n.AlertMethod), Detail: m.Say(i18n.AlertMethodName(string(m.prefs.Method)))}
	if m.o.Method != "" {
		method.Detail, method.Reason = m.Say(i18n.AlertMethodName(string(m.o.Method))), m.Say(i18n.AlertMethodSet)
	}
	return append(
		out,
		overlay.Option{ID: optionContent, Key: "c", Title: m.Say(i18n.AlertWithContent), Detail: onOff(m.prefs.Content)},
		overlay.Option{ID: optionHours, Key: "h", Title: m.Say(i18n.AlertQuietHours), Detail: hours},
		overlay.Option{ID: optionWeekends, Key: "w", Title: m.Say(i18n.AlertQuietWeekends), Detail: onOff(m.prefs.QuietWeekends)},
		overlay.Option{ID: optionWhen, Key: "f", Title: m.Say(i18n.AlertAlways), Detail: onOff(m.prefs.When == notify.Always)},
		mail,
		method,
		overlay.Option{ID: optionTest, Key: "t", Title: m.Say(i18n.AlertTest)},
	)
}

// choose changes what was chosen, and shows the list again.
func (m *Model) choose(id string) tea.Cmd {
	var c notify.Change
	flip := func(b bool) *bool { b = !b; return &b }
	switch id {
	case optionContent:
		c.Content = flip(m.prefs.Content)
	case optionWeekends:
		c.QuietWeekends = flip(m.prefs.QuietWeekends)
	case optionWhen:
		when := notify.Always
		if m.prefs.When == when {
			when = notify.Blurred
		}
		c.When = &when
	case optionMethod:
		all := notify.Methods()
		next := all[(slices.Index(all, m.prefs.Method)+1)%len(all)]
		c.Method = &next
	case optionMail:
		c.Mail = flip(m.prefs.Mail)
	case optionHours:
		return m.askHours("")
	case optionTest:
		m.show(id)
		return m.ring(m.Say(i18n.AlertTested))
	default:
		k := notify.Kind(id)
		kinds := m.prefs.Turned(k, !m.prefs.On(k)).Kinds
		if kinds == nil {
			kinds = []notify.Kind{}
		}
		c.Kinds = &kinds
	}
	return m.change(c, id)
}

// askHours asks for the quiet hours.
func (m *Model) askHours(wrong string) tea.Cmd {
	text := m.prefs.QuietHours
	if wrong != "" {
		text = wrong
	}
	p := overlay.NewPrompt(m.Say(i18n.AlertQuietHours), m.Say(i18n.AlertHoursHint), text)
	if wrong != "" {
		p.SetError(m.Say(i18n.AlertHoursWrong))
	}
	m.Lay(p, func(a overlay.Action) tea.Cmd {
		switch a := a.(type) {
		case overlay.Entered:
			hours := strings.TrimSpace(a.Text)
			c := notify.Change{QuietHours: &hours}
			if _, err := c.Of(m.prefs); err != nil {
				return m.askHours(hours)
			}
			return m.change(c, optionHours)
		case overlay.Closed:
			m.show(optionHours)
		}
		return nil
	})
	return nil
}

// change changes the preferences here at once, and on the hub.
func (m *Model) change(c notify.Change, selected string) tea.Cmd {
	p, err := c.Of(m.prefs)
	if err == nil {
		m.prefs = p
	}
	m.show(selected)
	hub := m.o.Hub
	if err != nil || hub == nil {
		return nil
	}
	m.saving++
	return screen.Call(func(ctx context.Context) tea.Msg {
		p, err := hub.ChangeNotifications(ctx, c)
		return read{prefs: p, err: err, changed: true}
	})
}
