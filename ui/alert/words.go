package alert

import (
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/model/notify"
)

// words says what happened: in numbers, or, where the user wants to read what it is and there
// is one thing, its content.
func (m *Model) words(events []notify.Event, sums []notify.Sum) string {
	if m.prefs.Content && len(events) == 1 && len(sums) == 1 && sums[0].N == 1 {
		return m.content(events[0])
	}
	messages, kinds := 0, 0
	for _, s := range sums {
		if s.Kind.Message() {
			messages += s.N
			kinds++
		}
	}
	var said []string
	told := false
	for _, s := range sums {
		switch {
		case s.Kind.Message() && kinds > 1:
			if !told {
				said = append(said, m.Say(i18n.AlertMessages, "N", messages))
			}
			told = true
		case s.N == 1:
			said = append(said, m.Say(i18n.AlertOne(string(s.Kind))))
		default:
			said = append(said, m.Say(i18n.AlertMany(string(s.Kind)), "N", s.N))
		}
	}
	return strings.Join(said, " "+m.Look.Theme.Bullet+" ")
}

// content says who it is about, and the beginning of what was written.
func (m *Model) content(e notify.Event) string {
	customer, by := m.Look.Name(model.Customer{PSID: e.Conversation.Customer(), Name: e.Customer}), ""
	if e.By != nil {
		by = m.Look.Ours(e.By.Name)
	}
	text := m.Look.Line(e.Text)
	if text == "" && e.Kind.Message() {
		text = m.Say(i18n.AlertOne(string(e.Kind)))
	}
	return m.Say(i18n.AlertContent(string(e.Kind)), "Customer", customer, "Who", by, "Text", text, "Time", m.Look.Clock(e.At))
}
