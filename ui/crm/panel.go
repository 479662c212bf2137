package crm

import (
	"math"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/label"
	"parley/ui/look"
	"parley/ui/overlay"
	"parley/ui/screen"
	"parley/ui/theme"
)

// Panel draws the right-hand panel: the customer, what they are about to buy, and the state of
// the conversation. next is when it changes by time alone.
func (m *panel) Panel(r inbox.Row, w, h int) (lines []string, next time.Time) {
	th := m.Look.Theme
	p := panelText{m: m, w: w}
	p.contact(r)
	p.deal(r)
	p.others(r)
	p.earlier(r)
	p.gap()
	p.heading(m.Say(i18n.PanelConversation))
	p.line(m.status(r), th.Text)
	if a := r.Assignee; a != nil {
		p.line(m.Say(i18n.PanelAssigned, "Name", m.Look.Ours(a.Name)), th.Text)
	} else {
		p.line(m.Say(i18n.PanelUnassigned), th.Muted)
	}
	p.synced(r)
	for _, l := range r.Labels {
		p.line("# "+m.Look.Ours(l), th.Label(label.Key(l)))
	}
	return p.fill(h), p.next
}

// contact adds the customer: as Facebook names them, and as the CRM knows them.
func (p *panelText) contact(r inbox.Row) {
	m, th := p.m, p.m.Look.Theme
	p.heading(m.Say(i18n.PanelContact))
	name := m.Look.Name(r.Customer)
	l, ok := slotOf(r.Links, model.Person)
	if !ok || m.Look.Line(l.Title) != name { // else the record's own line has the name
		p.line(name, th.Strong)
	}
	if ok {
		p.record(l.Ref(), l.Title, "")
	} else if with := m.personOf(r); with != nil {
		p.record(*with, "", "")
	}
	if l := m.language(r.Customer.Locale); l != "" {
		p.line(m.Say(i18n.PanelLanguage, "Language", l), th.Muted)
	}
	if e := r.Entry; e != nil {
		p.line(m.Look.Event(model.Notable{Kind: model.EventReferral, Entry: e}), th.Muted)
	}
}

// deal adds the linked lead or deal.
func (p *panelText) deal(r inbox.Row) {
	l, ok := slotOf(r.Links, model.Deal)
	if !ok {
		if len(r.Links) == 0 {
			p.gap()
			p.line(p.m.Say(i18n.RecordNone), p.m.Look.Theme.Muted)
			p.line(p.m.Say(i18n.RecordNoneDo, "Key", p.m.KeyOf("link")), p.m.Look.Theme.Faint)
		}
		return
	}
	p.gap()
	p.heading(p.m.Say(i18n.RecordKind(l.Type)))
	with := ""
	if person := p.m.personOf(r); person != nil {
		if held := p.m.records.held[*person]; held != nil && held.read {
			with = p.m.Look.Line(held.Title)
		}
	}
	p.record(l.Ref(), l.Title, with)
}

// record adds a linked record: as it was read, or what the link says. It leaves out its
// person if that is named above.
func (p *panelText) record(ref model.RecordRef, title model.Untrusted, above string) {
	m, th := p.m, p.m.Look.Theme
	held := m.records.held[ref]
	if held != nil && held.read {
		r := held.Record
		if above != "" && m.Look.Line(r.PersonName) == above {
			r.PersonName, r.Organization, r.Emails, r.Phones = "", "", nil, nil
		}
		p.title(m.Look.Line(r.Title), ref)
		r.Title = ""
		p.all(m.recordLines(r))
		return
	}
	if s := m.Look.Line(title); s != "" {
		p.title(s, ref)
	}
	switch {
	case held != nil && held.why != "":
		p.line(held.why, th.Warn)
	case held != nil && held.asked:
		p.line(m.Say(i18n.RecordReading), th.Faint)
	}
}

// title adds a record's name, and its number at the right if there is room; leads have no
// number that anybody would use.
func (p *panelText) title(name string, ref model.RecordRef) {
	m, th := p.m, p.m.Look.Theme
	style := th.Text
	if ref.Type == model.Person {
		style = th.Strong
	}
	name = th.Linked + " " + name
	number := "#" + m.Look.Ours(ref.ID)
	room := p.w - m.Look.Cells.Width(name) - m.Look.Cells.Width(number)
	if ref.Type == model.Lead || room < 1 {
		p.line(name, style)
		return
	}
	p.lines = append(p.lines, style.Paint(name)+look.Blank(room)+th.Faint.Paint(number))
}

// others adds the customer's other open deals and leads.
func (p *panelText) others(r inbox.Row) {
	with := p.m.personOf(r)
	if with == nil {
		return
	}
	held := p.m.records.held[*with]
	if held == nil || !held.read {
		return
	}
	lines := p.m.openLines(i18n.RecordOpenDeals, held.Record, func(ref model.RecordRef) bool { return linked(r.Links, ref) })
	if len(lines) > 0 {
		p.gap()
		p.all(lines)
	}
}

// status words the status of a conversation.
func (m *prose) status(r inbox.Row) string {
	switch {
	case r.Status == model.Done:
		return m.Say(i18n.PanelDone)
	case r.Asleep(m.Now()) && r.SnoozedUntil != nil:
		return m.Say(i18n.PanelSnoozed, "Time", m.Look.Moment(m.Now(), *r.SnoozedUntil))
	}
	return m.Say(i18n.PanelOpen)
}

// language returns the name of the language of a locale in Facebook's form (ja_JP); an unknown
// locale is returned as it is.
func (m *prose) language(locale string) string {
	tag, err := language.Parse(strings.ReplaceAll(locale, "_", "-"))
	if err != nil {
		return m.Look.Ours(locale)
	}
	base, _ := tag.Base()
	names := display.English.Languages()
	if m.Look.Words.Japanese() {
		names = display.Japanese.Languages()
	}
	return names.Name(base)
}

// PanelCommands returns the ids of the commands for the panel, by what is linked.
func (m *panel) PanelCommands() []string {
	r, _ := m.Current()
	l, _ := slotOf(r.Links, model.Deal)
	switch {
	case len(r.Links) == 0:
		return []string{"link", "reply", "back", "palette"}
	case l.Type == string(model.Deal):
		return []string{"stage", "won", "lost", "record", "open_record", "back"}
	case l.Type == string(model.Lead):
		return []string{"convert", "record", "open_record", "reply", "back", "palette"}
	}
	return []string{"record", "link", "open_record", "reply", "back", "palette"}
}

// Scroll scrolls the panel. Drawing limits it to what there is.
func (m *panel) Scroll(rows int) { m.records.top += rows }

// ScrollTo scrolls to the panel's end, or to its beginning.
func (m *panel) ScrollTo(last bool) {
	m.records.top = 0
	if last {
		m.records.top = math.MaxInt32
	}
}

// panelText builds the lines of the panel.
type panelText struct {
	m     *panel
	w     int
	lines []string
	// next is when a line changes by time alone; zero: none does.
	next time.Time
}

func (p *panelText) heading(s string) {
	style := p.m.Look.Theme.Faint
	if p.m.Focus == screen.PanePanel && p.m.Overlaid() == nil {
		style = p.m.Look.Theme.Accent // the panel has the keyboard
	}
	p.lines = append(p.lines, style.Paint(p.m.Look.Fit(s, p.w)))
}

func (p *panelText) line(s string, style theme.Style) {
	for _, l := range p.m.Look.Cells.Wrap(s, p.w) {
		p.lines = append(p.lines, style.Paint(p.m.Look.Fit(l, p.w)))
	}
}

func (p *panelText) gap() { p.lines = append(p.lines, look.Blank(p.w)) }

// all adds lines of the picker's preview.
func (p *panelText) all(lines []overlay.PickerLine) {
	th := p.m.Look.Theme
	for _, l := range lines {
		switch {
		case l.Heading:
			p.heading(l.Text)
		case l.Muted:
			p.line(l.Text, th.Muted)
		default:
			p.line(l.Text, th.Text)
		}
	}
}

// fill returns exactly h lines, from where the user scrolled to.
func (p *panelText) fill(h int) []string {
	top := &p.m.records.top
	*top = max(0, min(*top, len(p.lines)-h))
	p.lines = p.lines[*top:]
	for len(p.lines) < h {
		p.gap()
	}
	return p.lines[:h]
}
