package crm

import tea "charm.land/bubbletea/v2"

// Msg is an answer or a timer of this package.
type Msg interface{ crm() }

func (suggestionsRead) crm() {}
func (searchDue) crm()       {}
func (searched) crm()        {}
func (lookDue) crm()         {}
func (lookedAt) crm()        {}
func (recordRead) crm()      {}
func (recordDone) crm()      {}
func (made) crm()            {}
func (psidFieldMade) crm()   {}
func (dealRead) crm()        {}
func (countedOthers) crm()   {}
func (converted) crm()       {}
func (recordAddress) crm()   {}
func (transcriptsRead) crm() {}
func (syncDone) crm()        {}
func (pageSynced) crm()      {}

// Update handles a message.
func (m *Model) Update(msg Msg) tea.Cmd {
	switch msg := msg.(type) {
	case suggestionsRead:
		return m.suggestionsRead(msg)
	case searchDue:
		return m.searchDue(msg)
	case searched:
		return m.searched(msg)
	case lookDue:
		return m.lookDue(msg)
	case lookedAt:
		return m.lookedAt(msg)
	case transcriptsRead:
		return m.transcriptsRead(msg)
	default:
		return m.changed(msg)
	}
}

// changed handles records that were read or changed.
func (m *Model) changed(msg Msg) tea.Cmd {
	switch msg := msg.(type) {
	case recordRead:
		m.recordRead(msg)
	case recordDone:
		m.recordDone(msg)
	case made:
		m.made(msg)
	case psidFieldMade:
		m.psidFieldMade(msg)
	case dealRead:
		return m.dealRead(msg)
	case countedOthers:
		m.countedOthers(msg)
	case converted:
		m.converted(msg)
	case recordAddress:
		return m.recordAddress(msg)
	case syncDone:
		m.syncDone(msg)
	case pageSynced:
		m.pageSynced(msg)
	}
	return nil
}
