package crm

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/text/unicode/norm"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/look"
	"parley/ui/overlay"
	"parley/ui/screen"
)

const (
	// searchAfter is how long typing must pause before the CRM is searched: a search costs 20
	// of a budget that the whole company shares, and 10 in 2 s are allowed.
	searchAfter = 300 * time.Millisecond
	// leastSearched is the fewest characters that the CRM accepts for a search.
	leastSearched = 2
	// lookAfter is how long the selection must rest on a record before all of it is read.
	lookAfter = 250 * time.Millisecond
	// slipGrace is how long after another row moved under the selection a key is taken as
	// meant for the row before.
	slipGrace = 400 * time.Millisecond
)

// picker is the list from which a conversation's record is picked. It exists only while it is
// on the screen, with all that was found.
type picker struct {
	box *overlay.Picker
	of  model.ConversationID
	// suggested are the hub's suggestions; asking: they are requested; why: the error.
	suggested []model.Candidate
	asking    bool
	why       string
	// query is the text being searched, normalised; empty: suggestions are shown.
	query     string
	searching bool
	failed    string
	// found maps each query to its results; those of another query are never shown.
	found map[string][]model.Candidate
	// read are the records that were read for the preview; nil: being read.
	read map[model.RecordRef]*model.Record
	// generation counts changes of the query; cancel ends the running search.
	generation uint64
	cancel     context.CancelFunc
	// changed is when another row last moved under the selection.
	changed time.Time
}

// Messages of a picker. Those of a closed picker are ignored.
type (
	suggestionsRead struct {
		of    *picker
		found []model.Candidate
		err   error
	}
	searchDue struct {
		of         *picker
		generation uint64
	}
	searched struct {
		of         *picker
		generation uint64
		query      string
		found      []model.Candidate
		err        error
	}
	lookDue struct {
		of *picker
		id string
	}
	lookedAt struct {
		of     *picker
		ref    model.RecordRef
		record model.Record
		err    error
	}
)

// OpenPicker asks for the record that the current conversation belongs to.
func (m *Model) OpenPicker() tea.Cmd {
	r, ok := m.Current()
	if !ok {
		return nil
	}
	p := &picker{
		box: overlay.NewPicker(m.Say(i18n.PickerTitle, "Name", m.Look.Name(r.Customer))), of: r.ID, asking: true,
		found: map[string][]model.Candidate{}, read: map[model.RecordRef]*model.Record{},
	}
	m.picker = p
	m.layPicker()
	hub := m.hub
	return tea.Batch(m.showPicked(), screen.Call(func(ctx context.Context) tea.Msg {
		found, err := hub.Suggestions(ctx, p.of)
		return suggestionsRead{of: p, found: found, err: err}
	}))
}

// layPicker puts the picker over the screen, or back there.
func (m *Model) layPicker() {
	p := m.picker
	m.lay(p.of, p.box, func(a overlay.Action) tea.Cmd {
		switch a := a.(type) {
		case overlay.Edited:
			return m.pickerTyped(p, a.Text)
		case overlay.Moved:
			return m.lookAt(p)
		case overlay.Opened:
			return m.viewPicked(p)
		case overlay.Chosen:
			return m.picked(p, a.ID)
		case overlay.Closed:
			m.endPicker()
		}
		return nil
	})
}

// endPicker drops all that was found, and ends the running search.
func (m *Model) endPicker() {
	if m.picker == nil {
		return
	}
	m.picker.stop()
	m.picker = nil
}

func (p *picker) stop() {
	if p.cancel != nil {
		p.cancel()
		p.cancel = nil
	}
}

// normal returns the form of a query under which its results are kept, so that queries with
// the same results are asked once.
func normal(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(text)), " "))
}

// pickerTyped searches for the typed text, a moment after the last key.
func (m *Model) pickerTyped(p *picker, text string) tea.Cmd {
	query := normal(text)
	if utf8.RuneCountInString(query) < leastSearched {
		query = ""
	}
	if query == p.query {
		return nil
	}
	p.stop()
	p.generation++
	p.query, p.failed = query, ""
	_, known := p.found[query]
	p.searching = query != "" && !known
	cmd := m.showPicked()
	if !p.searching {
		return cmd
	}
	return tea.Batch(cmd, m.Clock.After(searchAfter, searchDue{of: p, generation: p.generation}))
}

// searchDue searches, unless the text has changed since.
func (m *Model) searchDue(d searchDue) tea.Cmd {
	p := d.of
	if m.picker != p || p.generation != d.generation {
		return nil
	}
	hub, query := m.hub, p.query
	// An address is case-sensitive; normalising changed only its case.
	ref, err := model.ParseRecordRef(strings.TrimSpace(p.box.Text()))
	address := err == nil
	ctx, cancel := context.WithTimeout(context.Background(), screen.CallTimeout)
	p.cancel = cancel
	return func() tea.Msg {
		defer cancel()
		a := searched{of: p, generation: d.generation, query: query}
		if !address {
			a.found, a.err = hub.SearchCRM(ctx, query, nil)
			return a
		}
		var r model.Record
		if r, a.err = hub.Record(ctx, ref); a.err == nil {
			a.found = []model.Candidate{{Record: r, Match: model.MatchAddress}}
		}
		return a
	}
}

// searched stores the results. Those of a query that is no longer typed are kept for when it
// is typed again.
func (m *Model) searched(f searched) tea.Cmd {
	p := f.of
	if m.picker != p {
		return nil
	}
	if f.err == nil {
		p.found[f.query] = f.found
	}
	if p.generation != f.generation {
		return nil
	}
	p.cancel, p.searching = nil, false
	if f.err != nil {
		p.failed = m.Explain(f.err)
	}
	return m.showPicked()
}

func (m *Model) suggestionsRead(s suggestionsRead) tea.Cmd {
	p := s.of
	if m.picker != p {
		return nil
	}
	p.asking, p.suggested = false, s.found
	if s.err != nil {
		p.why = m.Explain(s.err)
	}
	if p.query != "" {
		return nil
	}
	return m.showPicked()
}

// candidates returns the records to show now.
func (p *picker) candidates() []model.Candidate {
	if p.query == "" {
		return p.suggested
	}
	return p.found[p.query]
}

// showPicked fills the picker with what is known now.
func (m *Model) showPicked() tea.Cmd {
	p := m.picker
	r, _ := m.Inbox.Conversation(p.of)
	var rows []overlay.PickerRow
	for _, c := range p.candidates() {
		rows = append(rows, m.candidateRow(r, c))
	}
	for _, t := range model.RecordTypes() {
		rows = append(rows, overlay.PickerRow{ID: pickCreate + string(t), Title: m.Say(i18n.CreateRecord(string(t)))})
	}
	for _, l := range r.Links {
		rows = append(rows, overlay.PickerRow{ID: pickUnlink + l.Ref().String(), Title: m.Say(i18n.PickerUnlink, "Title", m.Look.Line(l.Title))})
	}
	before := p.box.Selected()
	p.box.SetRows(rows, p.asking && p.query == "" || p.searching || p.failed != "")
	if p.box.Selected() != before {
		p.changed = m.Now()
	}
	p.box.SetStatus(m.pickerStatus(p))
	return m.lookAt(p)
}

// Ids of picks other than records, whose ids are [model.RecordRef.String].
const (
	pickCreate = "create "
	pickUnlink = "unlink "
)

// pickerStatus words the state of the search, and reports whether it is an error. It includes
// what is left of the CRM's budget if that is low: users who know search less.
func (m *Model) pickerStatus(p *picker) (string, bool) {
	said, wrong := m.pickerStands(p)
	waits := p.searching || p.query == "" && p.asking
	if percent, low := m.hub.CRMBudget(); low && !wrong && !waits {
		said = m.Say(i18n.PickerBudget, "Said", said, "Percent", formatID(int64(percent)))
	}
	return said, wrong
}

func (m *prose) pickerStands(p *picker) (string, bool) {
	n := len(p.candidates())
	switch {
	case p.failed != "":
		return p.failed, true
	case p.searching:
		return m.Say(i18n.PickerSearching), false
	case p.query != "" && n == 0:
		return m.Say(i18n.PickerNotFound, "Words", m.Look.Ours(strings.TrimSpace(p.box.Text()))), false
	case p.query != "" && n == 1:
		return m.Say(i18n.PickerFoundOne), false
	case p.query != "":
		return m.Say(i18n.PickerFoundMany, "N", look.Thousands(n)), false
	case p.why != "":
		return p.why, true
	case p.asking:
		return m.Say(i18n.PickerAsking), false
	case n == 0:
		return m.Say(i18n.PickerNone), false
	case n == 1:
		return m.Say(i18n.PickerOne), false
	}
	return m.Say(i18n.PickerMany, "N", look.Thousands(n)), false
}

// candidateRow returns the row of a record: what it is, and why it is suggested.
func (m *prose) candidateRow(r inbox.Row, c model.Candidate) overlay.PickerRow {
	row := overlay.PickerRow{
		ID: c.String(), Kind: m.Say(i18n.RecordKind(string(c.Type))), Title: m.Look.Line(c.Title), Detail: m.valueAndStage(c.Record),
	}
	var second []string
	if linked(r.Links, c.RecordRef) {
		second = append(second, m.Look.Theme.Linked+" "+m.Say(i18n.PickerLinked))
	}
	if c.Match != "" {
		second = append(second, m.Say(i18n.MatchReason(string(c.Match)), "Found", m.Look.Line(c.Found)))
	}
	for _, s := range []string{m.Look.Line(c.PersonName), m.Look.Line(c.Organization), m.reachedAt(c), m.owner(c.Record)} {
		if s != "" {
			second = append(second, s)
		}
	}
	row.Second = strings.Join(second, " "+m.Look.Theme.Bullet+" ")
	if row.Second == "" {
		row.Second = " "
	}
	return row
}

// reachedAt returns what distinguishes a person from others of the same name: an e-mail
// address or a phone number.
func (m *prose) reachedAt(c model.Candidate) string {
	if c.Type != model.Person || c.Match == model.MatchEmail || c.Match == model.MatchPhone {
		return "" // the reason of the suggestion says it
	}
	for _, list := range [][]model.Untrusted{c.Emails, c.Phones} {
		if len(list) > 0 {
			return m.Look.Line(list[0])
		}
	}
	return ""
}

func linked(links []model.Link, ref model.RecordRef) bool {
	return slices.ContainsFunc(links, func(l model.Link) bool { return l.Ref() == ref })
}

// selectedCandidate returns the selected record.
func (p *picker) selectedCandidate() (model.Candidate, bool) {
	return p.candidate(p.box.Selected())
}

func (p *picker) candidate(id string) (model.Candidate, bool) {
	all := p.candidates()
	if i := slices.IndexFunc(all, func(c model.Candidate) bool { return c.String() == id }); i >= 0 {
		return all[i], true
	}
	return model.Candidate{}, false
}

// lookAt shows what is known of the selected record, and reads the rest once the selection
// rests on it.
func (m *Model) lookAt(p *picker) tea.Cmd {
	c, ok := p.selectedCandidate()
	if !ok {
		p.box.SetPreview(nil)
		return nil
	}
	read, asked := p.read[c.RecordRef]
	if read != nil {
		lines := m.recordLines(*read)
		p.box.SetPreview(append(lines, m.openLines(i18n.RecordOpenAll, *read, func(model.RecordRef) bool { return false })...))
		return nil
	}
	p.box.SetPreview(m.recordLines(c.Record))
	if asked {
		return nil
	}
	return m.Clock.After(lookAfter, lookDue{of: p, id: c.String()})
}

func (m *Model) lookDue(d lookDue) tea.Cmd {
	p := d.of
	c, ok := p.selectedCandidate()
	if m.picker != p || !ok || c.String() != d.id {
		return nil
	}
	if _, asked := p.read[c.RecordRef]; asked {
		return nil
	}
	p.read[c.RecordRef] = nil
	hub, ref := m.hub, c.RecordRef
	return screen.Call(func(ctx context.Context) tea.Msg {
		r, err := hub.Record(ctx, ref)
		return lookedAt{of: p, ref: ref, record: r, err: err}
	})
}

// lookedAt shows the whole record. A failure is not shown: the preview keeps what the search
// returned.
func (m *Model) lookedAt(l lookedAt) tea.Cmd {
	p := l.of
	if m.picker != p {
		return nil
	}
	if l.err != nil {
		delete(p.read, l.ref)
		return nil
	}
	p.read[l.ref] = &l.record
	return m.lookAt(p)
}

// picked does what was picked. A row that moved under the selection just now was not meant.
func (m *Model) picked(p *picker, id string) tea.Cmd {
	if !p.box.Chosen() && m.Now().Sub(p.changed) < slipGrace {
		m.layPicker()
		return nil
	}
	if t, ok := strings.CutPrefix(id, pickCreate); ok {
		return m.OpenForm(model.RecordType(t))
	}
	if s, ok := strings.CutPrefix(id, pickUnlink); ok {
		ref, err := model.ParseRecordRef(s)
		if err != nil {
			return nil
		}
		return m.unlink(p.of, ref)
	}
	c, ok := p.candidate(id)
	r, known := m.Inbox.Conversation(p.of)
	if !ok || !known {
		return nil
	}
	if linked(r.Links, c.RecordRef) {
		m.layPicker()
		m.announce(p.of, m.Say(i18n.SaidLinkedAlready, "Title", m.Look.Line(c.Title)))
		return nil
	}
	return m.askLink(r, c.Record)
}
