package conversation

import (
	"cmp"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/overlay"
)

// Drafts keeps what was typed and not sent. Its method is called in commands.
type Drafts interface {
	// Save keeps a draft; an empty one is forgotten.
	Save(of model.DraftOf, text string, at time.Time) error
}

// typed is what was typed and not sent.
type typed struct {
	Texts map[model.DraftOf]string
	// generation counts changes, so that a pause is told from going on.
	generation uint64
}

func newTyped(kept map[model.DraftOf]model.Draft) typed {
	t := typed{Texts: map[model.DraftOf]string{}}
	for of, d := range kept {
		t.set(of, safe.Typed(d.Text))
	}
	return t
}

func (t *typed) Text(of model.DraftOf) string { return t.Texts[of] }

// has tells whether something is typed and not sent in a conversation.
func (t *typed) has(id model.ConversationID) bool {
	return t.Texts[model.DraftOf{Conversation: id}] != "" || t.Texts[model.DraftOf{Conversation: id, Note: true}] != ""
}

// set takes a text over, and tells whether it is another.
func (t *typed) set(of model.DraftOf, s string) bool {
	if strings.TrimSpace(s) == "" {
		s = ""
	}
	if t.Texts[of] == s {
		return false
	}
	if s == "" {
		delete(t.Texts, of)
	} else {
		t.Texts[of] = s
	}
	return true
}

// DraftPause is how long nothing is typed until the draft is written to disk.
const DraftPause = 400 * time.Millisecond

// pause tells that nothing was typed for a while, if nothing was.
type pause struct{ generation uint64 }

// draftSaved is the answer to writing a draft.
type draftSaved struct{ err error }

// writing is what the composer's text is of.
func (m *Writer) writing() model.DraftOf {
	return model.DraftOf{Conversation: m.Box.Conversation(), Note: m.Box.Note()}
}

// Typing waits for a pause after something was typed.
func (m *Writer) Typing() tea.Cmd {
	if m.Box.Text() == m.Typed.Text(m.writing()) {
		return nil
	}
	m.Typed.generation++
	return m.Clock.After(DraftPause, pause{generation: m.Typed.generation})
}

func (m *Writer) pause(p pause) tea.Cmd {
	if p.generation != m.Typed.generation {
		return nil
	}
	return m.keepDraft()
}

// keepDraft writes the composer's text to disk, if it is another than is there.
func (m *Writer) keepDraft() tea.Cmd {
	if m.Box.Conversation() == "" {
		return nil
	}
	return m.saveDraft(m.writing(), m.Box.Text())
}

func (m *Writer) saveDraft(of model.DraftOf, text string) tea.Cmd {
	if !m.Typed.set(of, text) {
		return nil
	}
	drafts, text, at := m.drafts, m.Typed.Text(of), m.Now()
	return func() tea.Msg { return draftSaved{drafts.Save(of, text, at)} }
}

func (m *Writer) draftSaved(d draftSaved) tea.Cmd {
	if d.err != nil {
		m.Notify(m.Explain(d.err))
	}
	return nil
}

// LeaveBox ends the writing. What was typed is kept, and a note makes room for the reply
// that stands in its place.
func (m *Writer) LeaveBox() tea.Cmd {
	keep := m.keepDraft()
	m.Box.Close()
	if m.Box.Note() {
		m.write(model.DraftOf{Conversation: m.Box.Conversation()})
	}
	return tea.Batch(keep, m.presence.Typed())
}

// write takes the composer over for a reply or a note. Each has its own text: none is
// ever carried from one to the other.
func (m *Writer) write(of model.DraftOf) {
	if of.Note {
		m.Box.ShowNote(of.Conversation, m.Typed.Text(of))
	} else {
		m.Box.Show(of.Conversation, m.Typed.Text(of))
	}
	m.setVerdict()
}

// Unsaved returns the composer's text and what it is of, for when the program ends
// otherwise than by its own keys.
func (m *Writer) Unsaved() (model.DraftOf, string) { return m.writing(), m.Box.Text() }

// Unfinished tells whether something of the user's waits in a conversation: typed and not
// sent, or sent and not handed in.
func (m *Writer) Unfinished(id model.ConversationID) bool {
	return m.Typed.has(id) || m.Replies.failed(id)
}

// NeedsDraft tells why there are no drafts to list; empty: there are.
func (m *Writer) NeedsDraft() string {
	if len(m.Typed.Texts) == 0 && len(m.Replies) == 0 {
		return m.Say(i18n.WhyNoDraft)
	}
	return ""
}

// draftCells is how much of a draft its list shows.
const draftCells = 24

// draftNote marks the rows of notes in the list of drafts.
const draftNote = "note "

// unsentMark marks the rows of replies that could not be handed in.
const unsentMark = "unsent "

// unsentItems are the rows of replies that could not be handed in.
func (m *Writer) unsentItems() []overlay.Item {
	var items []overlay.Item
	for id, all := range m.Replies {
		r, ok := m.Inbox.Conversation(id)
		for _, p := range all {
			if p.Failed == "" {
				continue
			}
			name := m.Say(i18n.UnsentElsewhere)
			if ok {
				name = m.Look.Name(r.Customer)
			}
			items = append(items, overlay.Item{
				ID:    unsentMark + string(id) + " " + string(p.ClientID),
				Title: name + " " + m.Look.Theme.Bullet + " " + m.Say(i18n.UnsentLabel),
				Keys:  m.Look.Cut(m.Look.Ours(safe.Typed(p.Text)), draftCells),
			})
		}
	}
	return items
}

// ListDrafts shows what was typed and not sent, to go on with.
func (m *Writer) ListDrafts() tea.Cmd {
	items := m.unsentItems()
	for of, text := range m.Typed.Texts {
		r, ok := m.Inbox.Conversation(of.Conversation)
		if !ok {
			continue
		}
		i := overlay.Item{ID: string(of.Conversation), Title: m.Look.Name(r.Customer), Keys: m.Look.Cut(m.Look.Ours(text), draftCells)}
		if of.Note {
			i.ID = draftNote + i.ID
			i.Title += " " + m.Look.Theme.Bullet + " " + m.Say(i18n.NoteLabel)
		}
		items = append(items, i)
	}
	slices.SortFunc(items, func(a, b overlay.Item) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID)) })
	m.Lay(overlay.NewPalette(m.Say(i18n.DraftsTitle), items), func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return nil
		}
		if rest, ok := strings.CutPrefix(chosen.ID, unsentMark); ok {
			id, reply, _ := strings.Cut(rest, " ")
			if _, ok := m.Inbox.Conversation(model.ConversationID(id)); !ok {
				return m.askRemove(model.ConversationID(id), model.ClientID(reply))
			}
			m.list.Select(model.ConversationID(id))
			cmd := m.of.Open(model.ConversationID(id))
			m.of.Thread.Bottom()
			return cmd
		}
		rest, note := strings.CutPrefix(chosen.ID, draftNote)
		id := model.ConversationID(rest)
		m.list.Select(id)
		opened := m.of.Open(id)
		if note {
			return tea.Batch(opened, m.OpenNote())
		}
		return tea.Batch(opened, m.OpenComposer())
	})
	return nil
}
