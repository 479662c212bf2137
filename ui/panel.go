package ui

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"parley/model"
	"parley/ui/theme"
	"parley/words"
)

// panelLines is the right-hand panel: what is known of the customer, and how the
// conversation stands.
func (m *Model) panelLines(r model.Row, w, h int) []string {
	th := m.look.Theme
	p := panelText{m: m, w: w}
	p.heading(m.say(words.PanelContact))
	p.line(m.look.Name(r.Customer), th.Strong)
	if l := m.language(r.Customer.Locale); l != "" {
		p.line(m.say(words.PanelLanguage, "Language", l), th.Muted)
	}
	if e := r.Entry; e != nil {
		p.line(m.look.Event(model.Notable{Kind: model.EventReferral, Entry: e}), th.Muted)
	}
	p.gap()
	p.heading(m.say(words.PanelConversation))
	p.line(m.status(r), th.Text)
	if a := r.Assignee; a != nil {
		p.line(m.say(words.PanelAssigned, "Name", m.look.Ours(a.Name)), th.Text)
	} else {
		p.line(m.say(words.PanelUnassigned), th.Muted)
	}
	for _, l := range r.Labels {
		p.line("# "+m.look.Ours(l), th.Muted)
	}
	if len(r.Links) > 0 {
		p.gap()
		p.heading(m.say(words.PanelLinks))
		for _, l := range r.Links {
			p.line(th.Linked+" "+m.look.Line(l.Title), th.Text)
		}
	}
	return p.fill(h)
}

// status says where a conversation stands.
func (m *Model) status(r model.Row) string {
	switch {
	case r.Status == model.Done:
		return m.say(words.PanelDone)
	case r.Asleep(m.clock.now()) && r.SnoozedUntil != nil:
		return m.say(words.PanelSnoozed, "Time", m.look.Moment(m.clock.now(), *r.SnoozedUntil))
	}
	return m.say(words.PanelOpen)
}

// language names the language of a locale as Facebook writes it (ja_JP); a locale that
// is none stands as it is.
func (m *Model) language(locale string) string {
	tag, err := language.Parse(strings.ReplaceAll(locale, "_", "-"))
	if err != nil {
		return m.look.Ours(locale)
	}
	base, _ := tag.Base()
	names := display.English.Languages()
	if m.words.Japanese() {
		names = display.Japanese.Languages()
	}
	return names.Name(base)
}

// panelText is lines being put together.
type panelText struct {
	m     *Model
	w     int
	lines []string
}

func (p *panelText) heading(s string) {
	p.lines = append(p.lines, p.m.look.Theme.Faint.Paint(p.m.look.Fit(s, p.w)))
}

func (p *panelText) line(s string, style theme.Style) {
	for _, l := range p.m.look.Cells.Wrap(s, p.w) {
		p.lines = append(p.lines, style.Paint(p.m.look.Fit(l, p.w)))
	}
}

func (p *panelText) gap() { p.lines = append(p.lines, blank(p.w)) }

func (p *panelText) fill(h int) []string {
	for len(p.lines) < h {
		p.gap()
	}
	return p.lines[:h]
}
