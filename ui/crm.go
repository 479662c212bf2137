package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/command"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// CRM is what the screen needs of the hub for records of the CRM. Whatever it answers is
// what this user may see there.
type CRM interface {
	// SearchCRM returns the records in which the words stand, the best first. Without
	// types all kinds are searched.
	SearchCRM(ctx context.Context, words string, types []model.RecordType) ([]model.Candidate, error)
	// Suggestions returns the records that a conversation may belong to, the surest first.
	Suggestions(ctx context.Context, id model.ConversationID) ([]model.Candidate, error)
	// CRMBudget tells whether what the company may ask the CRM today gets low, and how many
	// percent are left, as the last answer said. It asks nobody.
	CRMBudget() (percent int, low bool)
	// Record returns a record as it is now.
	Record(ctx context.Context, ref model.RecordRef) (model.Record, error)
	// RecordFor returns a record with how many others may see it, as it is asked before a
	// private conversation is linked to it.
	RecordFor(ctx context.Context, ref model.RecordRef, id model.ConversationID) (model.RecordView, error)
	// RecordTranscripts returns a record with what of conversations stands on it, the newest
	// day first; with the cursor of such an answer, what comes after it.
	RecordTranscripts(ctx context.Context, ref model.RecordRef, cursor string) (model.RecordView, error)
	// SyncNow has a linked conversation's transcript written to the CRM now.
	SyncNow(ctx context.Context, id model.ConversationID) (model.Conversation, error)
	// SetSync has a conversation's transcript kept in the CRM, or no longer.
	SetSync(ctx context.Context, id model.ConversationID, on bool) (model.Conversation, error)
	// SetPageSync has those of all conversations of a Page kept there, or no longer; only
	// an admin may.
	SetPageSync(ctx context.Context, id model.PageID, on bool) (model.Page, error)
	// CreateRecord makes a record.
	CreateRecord(ctx context.Context, t model.RecordType, r model.NewRecord) (model.Record, error)
	// Link links a conversation to a record, in place of one of the same kind: a
	// conversation has one person, and one lead or deal.
	Link(ctx context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error)
	// Unlink takes a link away.
	Unlink(ctx context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error)
	// Stages returns the stages of all pipelines, in their order.
	Stages(ctx context.Context) ([]model.Stage, error)
	// SetStage moves a deal to a stage.
	SetStage(ctx context.Context, deal string, stage int64) (model.Record, error)
	// SetDealStatus marks a deal won or lost, or opens it again. Only a lost one has a
	// reason, which may be empty.
	SetDealStatus(ctx context.Context, deal string, status model.DealStatus, reason string) (model.Record, error)
	// ConvertLead makes a lead a deal, and returns that.
	ConvertLead(ctx context.Context, lead string) (model.RecordRef, error)
	// MakePSIDField makes the persons' field for the ids of customers in Messenger; made is
	// false where there was one.
	MakePSIDField(ctx context.Context) (made bool, err error)
}

// crm is what the screen holds of the CRM: of the conversation that is open, and of the
// one for which something lies over the screen.
type crm struct {
	records records
	picker  *picker
	view    *recordView
	// over is the conversation that what lies over the screen is about, lies that.
	over model.ConversationID
	lies overlay.Overlay
	// busy: something is being changed in the CRM.
	busy bool
	// said is the sentence that was said last of a record, about the conversation of.
	said string
	of   model.ConversationID
}

// layCRM lays something over the screen that names records of a conversation.
func (m *Model) layCRM(id model.ConversationID, o overlay.Overlay, done func(overlay.Action) tea.Cmd) {
	m.crm.over, m.crm.lies = id, o
	m.Lay(o, done)
}

// tellCRM shows a sentence that names a record.
func (m *Model) tellCRM(id model.ConversationID, said string) {
	m.crm.said, m.crm.of = said, id
	m.Notify(said)
}

// followCRM forgets what must not be seen any more, and reads what is wanted.
func (m *Model) followCRM() tea.Cmd {
	if m.crm.over != "" && m.Lost(m.crm.over) {
		if m.Overlaid() == m.crm.lies {
			m.Lift()
		}
		m.crm.over, m.crm.lies = "", nil
	}
	if m.crm.of != "" && m.Lost(m.crm.of) {
		if said, _, _ := m.Said(); said == m.crm.said {
			m.Hush()
		}
		m.crm.said, m.crm.of = "", ""
	}
	if m.Overlaid() == nil {
		m.endPicker()
		m.crm.over, m.crm.lies = "", nil
	}
	return tea.Batch(m.followView(), m.readRecords())
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

func (m *Model) needsLinked() string {
	r, ok := m.Current()
	switch {
	case !ok:
		return m.Say(i18n.WhyNoConversation)
	case len(r.Links) == 0:
		return m.Say(i18n.WhyNotLinked, "Key", m.KeyOf("link"))
	}
	return ""
}

// needsRecord tells why a command on a linked record of that kind can't be used now.
func (m *Model) needsRecord(t model.RecordType) func() string {
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
		if held := m.crm.records.held[l.Ref()]; held != nil && held.read && held.Locked {
			return m.Say(i18n.Code(string(model.CRMEditUnknown)))
		}
		return m.whyBusy()
	}
}

// needsFreeCRM tells why nothing can be made in the CRM now.
func (m *Model) needsFreeCRM() string {
	if why := m.NeedsConversation(); why != "" {
		return why
	}
	return m.whyBusy()
}

// whyBusy tells why nothing can be changed in the CRM now.
func (m *Model) whyBusy() string {
	if m.crm.busy {
		return m.Say(i18n.WhyCRMBusy)
	}
	return ""
}

func (m *Model) linking() []cmd {
	create := func(t model.RecordType) cmd {
		return cmd{
			ID: "create_" + string(t), Scope: command.Panes, Selected: true, Reason: m.needsFreeCRM,
			Run: func() tea.Cmd { return m.openForm(t) },
		}
	}
	return []cmd{
		{ID: "link", Keys: []string{"c"}, Scope: command.Panes, Selected: true, Reason: m.needsFreeCRM, Run: m.openPicker},
		{ID: "unlink", Keys: []string{"U"}, Scope: command.Panel, Selected: true, Reason: m.needsLinked, Run: m.askUnlink},
		{ID: "open_record", Keys: []string{"o"}, Scope: command.Panel, Selected: true, Reason: m.needsLinked, Run: m.openRecord},
		{ID: "record", Keys: []string{"v"}, Scope: command.Panel, Selected: true, Reason: m.needsLinked, Run: m.viewRecord},
		{ID: "earlier", Keys: []string{"enter"}, Scope: command.Panel, Selected: true, Reason: m.needsEarlier, Run: m.openEarlier},
		{ID: "sync_now", Keys: []string{"Y"}, Scope: command.Panel, Selected: true, Reason: m.needsSynced, Run: m.syncNow},
		{ID: "sync", Keys: []string{"T"}, Scope: command.Panel, Selected: true, Reason: m.needsSwitch, Run: m.turnSync},
		{ID: "sync_page", Scope: command.Panes, Reason: m.NeedsAdminPage, Run: m.turnPageSync},
		{ID: "stage", Keys: []string{"S"}, Scope: command.Panel, Selected: true, Reason: m.needsRecord(model.Deal), Run: m.askStage},
		{ID: "won", Keys: []string{"W"}, Scope: command.Panel, Selected: true, Reason: m.needsDeal(model.DealWon), Run: m.win},
		{ID: "lost", Keys: []string{"L"}, Scope: command.Panel, Selected: true, Reason: m.needsDeal(model.DealLost), Run: m.lose},
		{ID: "reopen", Scope: command.Panel, Selected: true, Reason: m.needsDeal(model.DealOpen), Run: m.reopen},
		{ID: "convert", Keys: []string{"C"}, Scope: command.Panel, Selected: true, Reason: m.needsRecord(model.Lead), Run: m.askConvert},
		create(model.Person), create(model.Lead), create(model.Deal),
		{ID: "psid_field", Scope: command.Panes, Reason: m.NeedsAdmin, Run: m.makePSIDField},
	}
}

// psidFieldMade is the answer to making the field for PSIDs.
type psidFieldMade struct {
	made bool
	err  error
}

// makePSIDField has the field made that links fill in from then on.
func (m *Model) makePSIDField() tea.Cmd {
	m.Notify(m.Say(i18n.SaidAsksCRM))
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		made, err := hub.MakePSIDField(ctx)
		return psidFieldMade{made, err}
	})
}

func (m *Model) psidFieldMade(f psidFieldMade) {
	switch {
	case f.err != nil:
		m.Notify(m.Explain(f.err))
	case f.made:
		m.Notify(m.Say(i18n.CRMFieldMade, "Field", model.PSIDField))
	default:
		m.Notify(m.Say(i18n.CRMFieldThere, "Field", model.PSIDField))
	}
}
