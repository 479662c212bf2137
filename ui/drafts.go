package ui

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

// typed is what was typed and not sent.
type typed struct {
	texts map[model.DraftOf]string
	// generation counts changes, so that a pause is told from going on.
	generation uint64
}

func newTyped(kept map[model.DraftOf]model.Draft) typed {
	t := typed{texts: map[model.DraftOf]string{}}
	for of, d := range kept {
		t.set(of, safe.Typed(d.Text))
	}
	return t
}

func (t *typed) text(of model.DraftOf) string { return t.texts[of] }

// has tells whether something is typed and not sent in a conversation.
func (t *typed) has(id model.ConversationID) bool {
	return t.texts[model.DraftOf{Conversation: id}] != "" || t.texts[model.DraftOf{Conversation: id, Note: true}] != ""
}

// set takes a text over, and tells whether it is another.
func (t *typed) set(of model.DraftOf, s string) bool {
	if strings.TrimSpace(s) == "" {
		s = ""
	}
	if t.texts[of] == s {
		return false
	}
	if s == "" {
		delete(t.texts, of)
	} else {
		t.texts[of] = s
	}
	return true
}

// draftPause is how long nothing is typed until the draft is written to disk.
const draftPause = 400 * time.Millisecond

// pause tells that nothing was typed for a while, if nothing was.
type pause struct{ generation uint64 }

// draftSaved is the answer to writing a draft.
type draftSaved struct{ err error }

// writing is what the composer's text is of.
func (m *Model) writing() model.DraftOf {
	return model.DraftOf{Conversation: m.box.Conversation(), Note: m.box.Note()}
}

// typing waits for a pause after something was typed.
func (m *Model) typing() tea.Cmd {
	if m.box.Text() == m.typed.text(m.writing()) {
		return nil
	}
	m.typed.generation++
	return m.Clock.After(draftPause, pause{generation: m.typed.generation})
}

func (m *Model) pause(p pause) tea.Cmd {
	if p.generation != m.typed.generation {
		return nil
	}
	return m.keepDraft()
}

// keepDraft writes the composer's text to disk, if it is another than is there.
func (m *Model) keepDraft() tea.Cmd {
	if m.box.Conversation() == "" {
		return nil
	}
	return m.saveDraft(m.writing(), m.box.Text())
}

func (m *Model) saveDraft(of model.DraftOf, text string) tea.Cmd {
	if !m.typed.set(of, text) {
		return nil
	}
	drafts, text, at := m.drafts, m.typed.text(of), m.Now()
	return func() tea.Msg { return draftSaved{drafts.Save(of, text, at)} }
}

func (m *Model) draftSaved(d draftSaved) tea.Cmd {
	if d.err != nil {
		m.Notify(m.Explain(d.err))
	}
	return nil
}

// leaveBox ends the writing. What was typed is kept, and a note makes room for the reply
// that stands in its place.
func (m *Model) leaveBox() tea.Cmd {
	keep := m.keepDraft()
	m.box.Close()
	if m.box.Note() {
		m.write(model.DraftOf{Conversation: m.box.Conversation()})
	}
	return tea.Batch(keep, m.tellTyped())
}

// write takes the composer over for a reply or a note. Each has its own text: none is
// ever carried from one to the other.
func (m *Model) write(of model.DraftOf) {
	if of.Note {
		m.box.ShowNote(of.Conversation, m.typed.text(of))
	} else {
		m.box.Show(of.Conversation, m.typed.text(of))
	}
	m.setVerdict()
}

// Unsaved returns the composer's text and what it is of, for when the program ends
// otherwise than by its own keys.
func (m *Model) Unsaved() (model.DraftOf, string) { return m.writing(), m.box.Text() }

// unfinished tells whether something of the user's waits in a conversation: typed and not
// sent, or sent and not handed in.
func (m *Model) unfinished(id model.ConversationID) bool {
	return m.typed.has(id) || m.replies.failed(id)
}

func (m *Model) needsDraft() string {
	if len(m.typed.texts) == 0 && len(m.replies) == 0 {
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
func (m *Model) unsentItems() []overlay.Item {
	var items []overlay.Item
	for id, all := range m.replies {
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

// listDrafts shows what was typed and not sent, to go on with.
func (m *Model) listDrafts() tea.Cmd {
	items := m.unsentItems()
	for of, text := range m.typed.texts {
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
			cmd := m.Open(model.ConversationID(id))
			m.thread.Bottom()
			return cmd
		}
		rest, note := strings.CutPrefix(chosen.ID, draftNote)
		id := model.ConversationID(rest)
		m.list.Select(id)
		opened := m.Open(id)
		if note {
			return tea.Batch(opened, m.openNote())
		}
		return tea.Batch(opened, m.openComposer())
	})
	return nil
}
