package crm

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// records holds the records linked to the open conversation, and their persons, as the CRM
// shows them to this user. Nothing of other conversations is kept.
type records struct {
	of   model.ConversationID
	held map[model.RecordRef]*record
	// generation invalidates answers requested before the last opening.
	generation uint64
	// top is the first line of the panel that is shown.
	top int
}

// record is one of them.
type record struct {
	model.Record
	// title is the link's title at the time of reading.
	title model.Untrusted
	// read: it was read; asked: it is being read; old: it must be read again.
	read, asked, old bool
	at               time.Time
	// why is the reason why it could not be read.
	why string
}

// recordRead is the answer with a record.
type recordRead struct {
	generation uint64
	ref        model.RecordRef
	record     model.Record
	err        error
}

// freshFor is how long a record counts as just read, so that opening it again reads nothing.
const freshFor = 10 * time.Second

// refresh marks the panel's records to be read again, except those just read.
func (m *panel) refresh() {
	for _, r := range m.records.held {
		r.old = r.old || r.why != "" || m.Now().Sub(r.at) >= freshFor
	}
}

// readRecords reads the records that the panel shows and that are not held.
func (m *panel) readRecords() tea.Cmd {
	s := &m.records
	if s.of != m.Shown {
		*s = records{of: m.Shown, held: map[model.RecordRef]*record{}, generation: s.generation + 1}
	}
	r, ok := m.Inbox.Conversation(s.of)
	if !ok {
		if s.of != "" && len(s.held) > 0 { // it may come back with other permissions
			*s = records{of: s.of, held: map[model.RecordRef]*record{}, generation: s.generation + 1}
		}
		return nil
	}
	wanted := m.wantedRecords(r)
	for ref := range s.held {
		if _, ok := wanted[ref]; !ok {
			delete(s.held, ref)
		}
	}
	if !m.PanelShown() || !m.Live() {
		return nil
	}
	var cmds []tea.Cmd
	for ref, title := range wanted {
		held := s.held[ref]
		if held == nil {
			held = &record{old: true}
			s.held[ref] = held
		}
		if held.asked || !held.old && held.title == title {
			continue
		}
		held.asked, held.old, held.title = true, false, title
		cmds = append(cmds, m.readRecord(ref, s.generation))
	}
	return tea.Batch(cmds...)
}

// wantedRecords returns the records of the links, with their titles, and the person of the
// lead or deal.
func (m *panel) wantedRecords(r inbox.Row) map[model.RecordRef]model.Untrusted {
	out := map[model.RecordRef]model.Untrusted{}
	for _, l := range r.Links {
		out[l.Ref()] = l.Title
	}
	if _, linked := slotOf(r.Links, model.Person); linked {
		return out
	}
	if with := m.personOf(r); with != nil {
		out[*with] = ""
	}
	return out
}

// personOf returns the person of a conversation: the linked one, or that of the linked lead or
// deal.
func (m *panel) personOf(r inbox.Row) *model.RecordRef {
	if l, ok := slotOf(r.Links, model.Person); ok {
		ref := l.Ref()
		return &ref
	}
	for _, l := range r.Links {
		if held := m.records.held[l.Ref()]; held != nil && held.read && m.records.of == r.ID {
			return held.Person
		}
	}
	return nil
}

func (m *panel) readRecord(ref model.RecordRef, generation uint64) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		r, err := hub.Record(ctx, ref)
		return recordRead{generation: generation, ref: ref, record: r, err: err}
	})
}

// recordRead stores a record, if it still belongs to the open conversation.
func (m *panel) recordRead(r recordRead) {
	held := m.records.held[r.ref]
	if held == nil || r.generation != m.records.generation {
		return
	}
	held.asked, held.at, held.why = false, m.Now(), ""
	if r.err != nil {
		// The user may no longer see what was shown.
		held.Record, held.read, held.why = model.Record{}, false, m.Explain(r.err)
		return
	}
	held.Record, held.read = r.record, true
}

// putRecord stores a record that the hub returned after a change.
func (m *panel) putRecord(r model.Record) {
	if held := m.records.held[r.RecordRef]; held != nil {
		// Read it again if the hub could not fill in everything after the change.
		held.old = held.old || held.read && (held.Person != nil && r.Person == nil || held.Stage != nil && r.Stage == nil)
		held.Record, held.read, held.at, held.why = r, true, m.Now(), ""
	}
}

// recordLines returns the lines of a record.
func (m *prose) recordLines(r model.Record) []overlay.PickerLine {
	var out []overlay.PickerLine
	say := func(s string, muted bool) {
		if s != "" {
			out = append(out, overlay.PickerLine{Text: s, Muted: muted})
		}
	}
	say(m.Look.Line(r.Title), false)
	say(m.valueAndStage(r), false)
	if r.Stage != nil {
		say(m.Look.Line(r.Stage.Pipeline), true)
	}
	if r.Type != model.Person && r.PersonName != "" {
		say(m.Say(i18n.RecordWith, "Name", m.Look.Line(r.PersonName)), true)
	}
	say(m.Look.Line(r.Organization), false)
	for _, list := range [][]model.Untrusted{r.Emails, r.Phones} {
		for _, s := range list[:min(len(list), mostAddresses)] {
			say(m.Look.Line(s), false)
		}
	}
	say(m.owner(r), true)
	if day := m.closing(r); day != "" {
		say(m.Say(i18n.RecordCloses, "Day", day), true)
	}
	return out
}

// mostAddresses is how many e-mail addresses and phone numbers of a person are shown.
const mostAddresses = 3

// valueAndStage returns a deal's value and stage, or how it was closed.
func (m *prose) valueAndStage(r model.Record) string {
	value, stage := "", ""
	if r.Value != nil {
		value = m.Look.Money(*r.Value)
	}
	if r.Stage != nil {
		stage = m.Look.Line(r.Stage.Name)
	}
	if r.Status != "" && r.Status != model.DealOpen {
		stage = m.Say(i18n.DealStatus(string(r.Status)))
	}
	if value == "" || stage == "" {
		return value + stage
	}
	return m.Say(i18n.RecordStage, "Value", value, "Dot", m.Look.Theme.Bullet, "Stage", stage)
}

func (m *prose) owner(r model.Record) string {
	switch {
	case r.Mine:
		return m.Say(i18n.RecordOwnerYou)
	case r.Owner != "":
		return m.Say(i18n.RecordOwner, "Name", m.Look.Line(r.Owner))
	}
	return ""
}

func (m *prose) closing(r model.Record) string {
	if r.ExpectedClose == "" {
		return ""
	}
	day, err := time.ParseInLocation(time.DateOnly, r.ExpectedClose, m.Look.Zone)
	if err != nil {
		return m.Look.Ours(r.ExpectedClose)
	}
	return m.Look.Date(m.Now(), day)
}

// openLines returns a person's open leads and deals under a heading, except those that but
// holds for.
func (m *prose) openLines(heading i18n.ID, person model.Record, but func(model.RecordRef) bool) []overlay.PickerLine {
	var out []overlay.PickerLine
	for _, r := range person.Open {
		if but(r.RecordRef) {
			continue
		}
		if len(out) == 0 {
			out = append(out, overlay.PickerLine{Text: m.Say(heading), Heading: true})
		}
		out = append(out, overlay.PickerLine{Text: m.Look.Line(r.Title)})
		if s := m.valueAndStage(r); s != "" {
			out = append(out, overlay.PickerLine{Text: "  " + s, Muted: true})
		}
	}
	return out
}

// Held returns a record of the open conversation as the panel shows it, if it was read.
func (m *panel) Held(ref model.RecordRef) (model.Record, bool) {
	held := m.records.held[ref]
	if held == nil || !held.read || held.old || m.records.of != m.Shown {
		return model.Record{}, false
	}
	return held.Record, true
}
