// Package drafts lists what the user wrote and did not send: drafts, and replies that are held
// back, scheduled, or could not be handed in.
package drafts

import (
	"cmp"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/safe"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Writing is what the user writes.
type Writing interface {
	// All returns the drafts.
	All() map[model.DraftOf]model.Draft
	// Discard drops a draft, Restore puts it back.
	Discard(of model.DraftOf) tea.Cmd
	Restore(of model.DraftOf, was model.Draft) tea.Cmd
	// Resume opens a draft, to go on with it; Show a conversation at its newest message.
	Resume(of model.DraftOf) tea.Cmd
	Show(id model.ConversationID) tea.Cmd
	// Sent returns the replies that were sent off and that the hub does not have; Held when one
	// leaves that is held back, or that it could not be handed in.
	Sent() []model.Reply
	Held(r model.Reply) (until time.Time, failed bool)
	// TakeBack makes a draft of such a reply.
	TakeBack(r model.Reply) tea.Cmd
}

// Model lists them.
type Model struct {
	*screen.Screen
	writing Writing
}

// New returns a Model.
func New(s *screen.Screen, w Writing) *Model { return &Model{s, w} }

// entry is a line of the list.
type entry struct {
	conversation model.ConversationID
	kind, text   string
	files        []model.File
	quotes       bool
	// at orders the list, newest first; time is what it says.
	at   time.Time
	time string
	// draft or reply is what it is about; neither: a reply that the hub has scheduled.
	draft *model.DraftOf
	reply *model.Reply
}

func (e entry) id() string {
	switch {
	case e.draft != nil && e.draft.Note:
		return "note " + string(e.conversation)
	case e.draft != nil:
		return "draft " + string(e.conversation)
	case e.reply != nil:
		return "reply " + string(e.reply.ClientID)
	}
	return "scheduled " + string(e.conversation)
}

// entries returns what there is.
func (m *Model) entries() []entry {
	var out []entry
	for of, d := range m.writing.All() {
		if _, ok := m.Inbox.Conversation(of.Conversation); !ok || d.Empty() {
			continue
		}
		e := entry{conversation: of.Conversation, kind: m.Say(i18n.DraftReply), text: safe.Typed(d.Text), files: d.Files, quotes: d.ReplyTo != "", at: d.UpdatedAt, draft: &of}
		if of.Note {
			e.kind = m.Say(i18n.NoteLabel)
		}
		if !d.UpdatedAt.IsZero() {
			e.time, _ = m.Look.Age(m.Now(), d.UpdatedAt)
		}
		out = append(out, e)
	}
	for _, r := range m.writing.Sent() {
		e := entry{conversation: r.Conversation, text: safe.Typed(r.Text), files: r.Files, quotes: r.ReplyTo != "", at: r.At, reply: &r}
		switch until, failed := m.writing.Held(r); {
		case failed:
			e.kind = m.Say(i18n.UnsentLabel)
			e.time, _ = m.Look.Age(m.Now(), r.At)
		case !until.IsZero():
			e.kind, e.time = m.Say(i18n.DraftHeld), m.Look.Clock(until)
		default:
			e.kind = m.Say(i18n.DraftWaits)
			e.time, _ = m.Look.Age(m.Now(), r.At)
		}
		out = append(out, e)
	}
	out = append(out, m.scheduled()...)
	slices.SortFunc(out, func(a, b entry) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.id(), b.id())) })
	return out
}

// scheduled returns the conversations that have a scheduled reply, with the next of it. Its text
// is known where the conversation was read.
func (m *Model) scheduled() []entry {
	var out []entry
	all := m.Inbox.View(inbox.Query{Filter: inbox.FilterAll})
	for i := range all.Len() {
		r, ok := all.At(i)
		if !ok || r.Scheduled == nil {
			continue
		}
		e := entry{conversation: r.ID, kind: m.Say(i18n.DraftScheduled), at: *r.Scheduled, time: m.Look.Moment(m.Now(), *r.Scheduled)}
		t, _ := m.Inbox.Thread(r.ID)
		for j := range t.Messages {
			if msg := &t.Messages[j]; msg.State == model.Scheduled && msg.SendAt != nil && msg.SendAt.Equal(*r.Scheduled) {
				e.text = safe.Typed(msg.Text)
			}
		}
		out = append(out, e)
	}
	return out
}

// List opens the list.
func (m *Model) List() tea.Cmd {
	if len(m.entries()) == 0 {
		m.Notify(m.Say(i18n.WhyNoDraft))
		return nil
	}
	p := overlay.NewPicker(m.Say(i18n.DraftsTitle))
	p.Removes = true
	m.Lay(p, func(a overlay.Action) tea.Cmd {
		switch a := a.(type) {
		case overlay.Edited, overlay.Moved:
			m.show(p)
		case overlay.Chosen:
			return m.open(a.ID)
		case overlay.Opened:
			m.Lift()
			return m.open(a.ID)
		case overlay.Removed:
			return m.remove(p, a.ID)
		}
		return nil
	})
	m.show(p)
	return nil
}

// show sets the rows of the list, those that hold what was typed.
func (m *Model) show(p *overlay.Picker) {
	var rows []overlay.PickerRow
	shown := map[string]entry{}
	want := strings.ToLower(p.Text())
	for _, e := range m.entries() {
		name := m.Say(i18n.UnsentElsewhere)
		if r, ok := m.Inbox.Conversation(e.conversation); ok {
			name = m.Look.Name(r.Customer)
		}
		if !strings.Contains(strings.ToLower(name+"\n"+e.kind+"\n"+e.text), want) {
			continue
		}
		rows = append(rows, overlay.PickerRow{ID: e.id(), Kind: e.kind, Title: name, Detail: e.time, Second: m.gist(e)})
		shown[e.id()] = e
	}
	p.SetRows(rows, false)
	p.SetStatus(m.Say(i18n.DraftsHint, "Dot", m.Look.Theme.Bullet), false)
	p.SetPreview(m.preview(shown[p.Selected()]))
}

// gist is the first words of an entry, and its files.
func (m *Model) gist(e entry) string {
	first, _, _ := strings.Cut(strings.TrimSpace(e.text), "\n")
	parts := []string{m.Look.Ours(first)}
	if first == "" {
		parts = nil
	}
	if f := m.files(e); f != "" {
		parts = append(parts, f)
	}
	return strings.Join(parts, " "+m.Look.Theme.Bullet+" ")
}

func (m *Model) files(e entry) string {
	var names []string
	for _, f := range e.files {
		names = append(names, m.Look.Line(model.Untrusted(f.Name())))
	}
	if len(names) == 0 {
		return ""
	}
	return m.Say(i18n.AttachedFiles, "Files", strings.Join(names, ", "))
}

// previewLines is how many lines of a text the preview shows.
const previewLines = 10

// preview is an entry in full, as far as there is room.
func (m *Model) preview(e entry) []overlay.PickerLine {
	var out []overlay.PickerLine
	if e.quotes {
		out = append(out, overlay.PickerLine{Text: m.Say(i18n.DraftQuotes), Muted: true})
	}
	for i, line := range strings.Split(strings.TrimSpace(e.text), "\n") {
		if i == previewLines {
			out = append(out, overlay.PickerLine{Text: m.Look.Theme.More, Muted: true})
			break
		}
		if line != "" || i > 0 {
			out = append(out, overlay.PickerLine{Text: m.Look.Ours(line)})
		}
	}
	if f := m.files(e); f != "" {
		out = append(out, overlay.PickerLine{Text: f, Muted: true})
	}
	return out
}

func (m *Model) find(id string) (entry, bool) {
	all := m.entries()
	i := slices.IndexFunc(all, func(e entry) bool { return e.id() == id })
	if i < 0 {
		return entry{}, false
	}
	return all[i], true
}

// open goes on with an entry.
func (m *Model) open(id string) tea.Cmd {
	e, ok := m.find(id)
	if !ok {
		return nil
	}
	_, seen := m.Inbox.Conversation(e.conversation)
	switch {
	case e.draft != nil:
		return m.writing.Resume(*e.draft)
	case !seen:
		return m.writing.TakeBack(*e.reply)
	}
	return m.writing.Show(e.conversation)
}

// remove discards a draft, and makes a draft of a reply that the hub does not have.
func (m *Model) remove(p *overlay.Picker, id string) tea.Cmd {
	e, ok := m.find(id)
	if !ok {
		return nil
	}
	if e.reply != nil {
		m.Lift()
		return m.writing.TakeBack(*e.reply)
	}
	if e.draft == nil {
		m.Notify(m.Say(i18n.DraftAtHub, "Key", m.KeyOf("drop")))
		return nil
	}
	of, was := *e.draft, m.writing.All()[*e.draft]
	r, _ := m.Inbox.Conversation(of.Conversation)
	said := m.Say(i18n.SaidDraftDiscarded, "Name", m.Look.Name(r.Customer))
	cmd := m.writing.Discard(of)
	m.Undo.Push(&screen.Undo{Of: of.Conversation, Said: said, At: m.Now(), Back: func() tea.Cmd {
		m.Notify(m.SaidUndone(of.Conversation))
		return m.writing.Restore(of, was)
	}})
	m.Notify(said)
	m.OfferUndo()
	if len(m.entries()) == 0 {
		m.Lift()
	} else {
		m.show(p)
	}
	return cmd
}
