// Package crm is the CRM side of a conversation: its linked records, the panel that shows them,
// the picker and the forms that link and create them, deals, and transcripts. It forgets what
// this user may no longer see.
package crm

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Model is what the screen holds of the CRM, for the open conversation and for the one of the
// overlay.
type Model struct {
	changes
	picker *picker
	view   *recordView
}

// changes is what a user changes in the CRM: links, deals and transcripts.
type changes struct{ panel }

// panel holds the records of the open conversation, and what the screen shows of the CRM.
type panel struct {
	prose
	hub           Hub
	conversations Conversations
	records       records
	// over is the conversation of the overlay lies.
	over model.ConversationID
	lies overlay.Overlay
	// busy: a change in the CRM is under way.
	busy bool
	// said is the last sentence shown about a record, of the conversation of.
	said string
	of   model.ConversationID
}

// prose words records, links and transcripts for the user. It changes nothing.
type prose struct{ *screen.Screen }

// Conversations is what this package needs of the open conversation.
type Conversations interface {
	// PutLinked applies a conversation with new links.
	PutLinked(c model.Conversation)
	// Open opens a conversation.
	Open(id model.ConversationID) tea.Cmd
}

// New returns a Model that has read nothing yet.
func New(s *screen.Screen, h Hub, c Conversations) *Model {
	return &Model{changes: changes{panel{prose: prose{s}, hub: h, conversations: c}}}
}

// mostKeys is how many choices have a key of their own.
const mostKeys = 9

// lay opens an overlay that names records of a conversation.
func (m *panel) lay(id model.ConversationID, o overlay.Overlay, done func(overlay.Action) tea.Cmd) {
	m.over, m.lies = id, o
	m.Lay(o, done)
}

// announce shows a sentence that names a record.
func (m *panel) announce(id model.ConversationID, said string) {
	m.said, m.of = said, id
	m.Notify(said)
}

// Follow forgets what may no longer be seen, and reads what is missing.
func (m *Model) Follow() tea.Cmd {
	if m.over != "" && m.Lost(m.over) {
		if m.Overlaid() == m.lies {
			m.Lift()
		}
		m.over, m.lies = "", nil
	}
	if m.of != "" && m.Lost(m.of) {
		if said, _, _ := m.Said(); said == m.said {
			m.Hush()
		}
		m.said, m.of = "", ""
	}
	if m.Overlaid() == nil {
		m.endPicker()
		m.over, m.lies = "", nil
	}
	return tea.Batch(m.followView(), m.readRecords())
}

// Changed marks the records that the hub reported to be read again.
func (m *Model) Changed(changes inbox.Changes) {
	if slices.Contains(changes.Links, m.records.of) || changes.Many {
		m.renew(changes.Many)
	}
}

// Refresh marks everything shown to be read again, unless it was just read.
func (m *Model) Refresh() {
	m.refresh()
	if v := m.view; v != nil {
		v.old = true
	}
}

// renew marks the panel's records to be read again after a report of the hub. With maybe, the
// hub did not say which changed, and those that were just read are left.
func (m *Model) renew(maybe bool) {
	if maybe {
		m.Refresh()
		return
	}
	for _, r := range m.records.held {
		r.old = true
	}
}

// Keys returns the keys of the overlay if it is one of the CRM; else "".
func (m *Model) Keys() string {
	switch {
	case m.picker != nil && m.Overlaid() == overlay.Overlay(m.picker.box):
		return m.Say(i18n.PickerKeys)
	case m.view != nil && m.Overlaid() == overlay.Overlay(m.view.box):
		return m.Say(i18n.TranscriptKeys)
	}
	return ""
}

// slotOf returns the link that a record would replace: a conversation has one person, and one
// lead or deal.
func slotOf(links []model.Link, t model.RecordType) (model.Link, bool) {
	for _, l := range links {
		if (model.RecordType(l.Type) == model.Person) == (t == model.Person) {
			return l, true
		}
	}
	return model.Link{}, false
}

// NeedsLinked says why nothing can be done with a linked record now; empty: it can.
func (m *panel) NeedsLinked() string {
	r, ok := m.Current()
	switch {
	case !ok:
		return m.Say(i18n.WhyNoConversation)
	case len(r.Links) == 0:
		return m.Say(i18n.WhyNotLinked, "Key", m.KeyOf("link"))
	}
	return ""
}

// NeedsRecord says why a command on a linked record of that type can't be used now.
func (m *panel) NeedsRecord(t model.RecordType) func() string {
	return func() string {
		r, ok := m.Current()
		if !ok {
			return m.Say(i18n.WhyNoConversation)
		}
		l, ok := slotOf(r.Links, t)
		if !ok || model.RecordType(l.Type) != t {
			if t == model.Lead {
				return m.Say(i18n.WhyNoLead)
			}
			return m.Say(i18n.WhyNoDeal)
		}
		if held := m.records.held[l.Ref()]; held != nil && held.read && held.Locked {
			return m.Say(i18n.Code(string(model.CRMEditUnknown)))
		}
		return m.whyBusy()
	}
}

// NeedsFree says why nothing can be created in the CRM now.
func (m *panel) NeedsFree() string {
	if why := m.NeedsConversation(); why != "" {
		return why
	}
	return m.whyBusy()
}

// whyBusy says why nothing can be changed in the CRM now; empty: it can.
func (m *panel) whyBusy() string {
	if m.busy {
		return m.Say(i18n.WhyCRMBusy)
	}
	return ""
}

// psidFieldMade is the result of creating the field for PSIDs.
type psidFieldMade struct {
	made bool
	err  error
}

// MakePSIDField creates the field for PSIDs; links fill it in from then on.
func (m *changes) MakePSIDField() tea.Cmd {
	m.Notify(m.Say(i18n.SaidAsksCRM))
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		made, err := hub.MakePSIDField(ctx)
		return psidFieldMade{made, err}
	})
}

func (m *changes) psidFieldMade(f psidFieldMade) {
	switch {
	case f.err != nil:
		m.Notify(m.Explain(f.err))
	case f.made:
		m.Notify(m.Say(i18n.CRMFieldMade, "Field", model.PSIDField))
	default:
		m.Notify(m.Say(i18n.CRMFieldThere, "Field", model.PSIDField))
	}
}
