// Package crm is what a conversation has to do with the CRM: the records that it is linked to,
// the panel that shows them, the picker and the forms that link and make them, deals, and the
// transcripts that stand there. What this user may not see any more it forgets.
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

// Model is what the screen holds of the CRM: of the conversation that is open, and of the
// one for which something lies over the screen.
type Model struct {
	changes
	picker *picker
	view   *recordView
}

// changes is what a user has done in the CRM: to links, deals and transcripts.
type changes struct{ panel }

// panel is what is held of the records of the open conversation, and what of the CRM is to
// be seen on the screen.
type panel struct {
	prose
	hub           Hub
	conversations Conversations
	records       records
	// over is the conversation that what lies over the screen is about, lies that.
	over model.ConversationID
	lies overlay.Overlay
	// busy: something is being changed in the CRM.
	busy bool
	// said is the sentence that was said last of a record, about the conversation of.
	said string
	of   model.ConversationID
}

// prose says what records, links and transcripts are, in the user's words. It changes nothing.
type prose struct{ *screen.Screen }

// Conversations is what of the conversations concerns the CRM.
type Conversations interface {
	// PutLinked takes over a conversation with its new links.
	PutLinked(c model.Conversation)
	// Open opens a conversation.
	Open(id model.ConversationID) tea.Cmd
}

// New returns what the screen holds of a CRM of which nothing was read.
func New(s *screen.Screen, h Hub, c Conversations) *Model {
	return &Model{changes: changes{panel{prose: prose{s}, hub: h, conversations: c}}}
}

// mostKeys is how many choices are chosen by a key of their own.
const mostKeys = 9

// lay lays something over the screen that names records of a conversation.
func (m *panel) lay(id model.ConversationID, o overlay.Overlay, done func(overlay.Action) tea.Cmd) {
	m.over, m.lies = id, o
	m.Lay(o, done)
}

// announce shows a sentence that names a record.
func (m *panel) announce(id model.ConversationID, said string) {
	m.said, m.of = said, id
	m.Notify(said)
}

// Follow forgets what must not be seen any more, and reads what is wanted.
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

// Changed has the records read anew that the hub told of.
func (m *Model) Changed(changes inbox.Changes) {
	if slices.Contains(changes.Links, m.records.of) || changes.Many {
		m.renew(changes.Many)
	}
}

// Refresh has everything read anew that shows and was not just read.
func (m *Model) Refresh() {
	m.refresh()
	if v := m.view; v != nil {
		v.old = true
	}
}

// renew has the records read anew that the panel shows, as the hub told of them.
// Where it told of too much to say of what, those that were just read are left.
func (m *Model) renew(maybe bool) {
	if maybe {
		m.Refresh()
		return
	}
	for _, r := range m.records.held {
		r.old = true
	}
}

// Keys are the keys of what lies over the screen, where that is of the CRM; empty otherwise.
func (m *Model) Keys() string {
	switch {
	case m.picker != nil && m.Overlaid() == overlay.Overlay(m.picker.box):
		return m.Say(i18n.PickerKeys)
	case m.view != nil && m.Overlaid() == overlay.Overlay(m.view.box):
		return m.Say(i18n.TranscriptKeys)
	}
	return ""
}

// slotOf is the link whose place a record would take: a conversation has one person, and
// one lead or deal.
func slotOf(links []model.Link, t model.RecordType) (model.Link, bool) {
	for _, l := range links {
		if (model.RecordType(l.Type) == model.Person) == (t == model.Person) {
			return l, true
		}
	}
	return model.Link{}, false
}

// NeedsLinked tells why nothing can be done with a linked record now.
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

// NeedsRecord tells why a command on a linked record of that kind can't be used now.
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

// NeedsFree tells why nothing can be made in the CRM now.
func (m *panel) NeedsFree() string {
	if why := m.NeedsConversation(); why != "" {
		return why
	}
	return m.whyBusy()
}

// whyBusy tells why nothing can be changed in the CRM now.
func (m *panel) whyBusy() string {
	if m.busy {
		return m.Say(i18n.WhyCRMBusy)
	}
	return ""
}

// psidFieldMade is the answer to making the field for PSIDs.
type psidFieldMade struct {
	made bool
	err  error
}

// MakePSIDField has the field made that links fill in from then on.
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
