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

// Drafts stores what was typed and not sent. Its method is called in commands.
type Drafts interface {
	// Save stores a draft; an empty one is deleted.
	Save(of model.DraftOf, text string, at time.Time) error
}

// typed holds what was typed and not sent.
type typed struct {
	Texts map[model.DraftOf]string
	// generation counts changes, to notice a pause in typing.
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

// has reports whether a conversation has text that is not sent.
func (t *typed) has(id model.ConversationID) bool {
	return t.Texts[model.DraftOf{Conversation: id}] != "" || t.Texts[model.DraftOf{Conversation: id, Note: true}] != ""
}

// set stores a text, and reports whether it changed.
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

// DraftPause is how long typing must pause before the draft is written to disk.
const DraftPause = 400 * time.Millisecond

// pause says that typing has paused, unless the generation has changed.
type pause struct{ generation uint64 }

// draftSaved is the result of saving a draft.
type draftSaved struct{ err error }

// writing returns which draft the composer's text is.
func (m *Writer) writing() model.DraftOf {
	return model.DraftOf{Conversation: m.Box.Conversation(), Note: m.Box.Note()}
}

// Typing starts the wait for a pause in typing.
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

// keepDraft saves the composer's text if it has changed.
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

// LeaveBox closes the composer. The text is saved, and a note is replaced by the draft of the
// reply.
func (m *Writer) LeaveBox() tea.Cmd {
	keep := m.keepDraft()
	m.Box.Close()
	if m.Box.Note() {
		m.showDraft(model.DraftOf{Conversation: m.Box.Conversation()})
	}
	return tea.Batch(keep, m.presence.Typed())
}

// showDraft shows a reply or a note in the composer. The two have separate texts; none is ever
// carried over from one to the other.
func (m *Writer) showDraft(of model.DraftOf) {
	if of.Note {
		m.Box.ShowNote(of.Conversation, m.Typed.Text(of))
	} else {
		m.Box.Show(of.Conversation, m.Typed.Text(of))
	}
	m.setVerdict()
}

// Unsaved returns the composer's text and which draft it is, for when the program ends other
// than by its own keys.
func (m *Writer) Unsaved() (model.DraftOf, string) { return m.writing(), m.Box.Text() }

// Unfinished reports whether a conversation has something unfinished of the user's: text not
// sent, or a reply that could not be handed in.
func (m *Writer) Unfinished(id model.ConversationID) bool {
	return m.Typed.has(id) || m.Replies.failed(id)
}

// NeedsDraft says why there are no drafts to list; empty: there are some.
func (m *Writer) NeedsDraft() string {
	if len(m.Typed.Texts) == 0 && len(m.Replies) == 0 {
		return m.Say(i18n.WhyNoDraft)
	}
	return ""
}

// draftCells is how much of a draft the list shows.
const draftCells = 24

// draftNote is the prefix of the ids of notes in the list of drafts.
const draftNote = "note "

// unsentMark is the prefix of the ids of replies that could not be handed in.
const unsentMark = "unsent "

// unsentItems returns the rows of replies that could not be handed in.
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

// ListDrafts lists what was typed and not sent, to be continued.
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
