package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
)

// typed is what was typed and not sent, by conversation.
type typed struct {
	texts map[model.ConversationID]string
	// generation counts changes, so that a pause is told from going on.
	generation uint64
}

func newTyped(kept map[model.ConversationID]string) typed {
	t := typed{texts: map[model.ConversationID]string{}}
	for id, s := range kept {
		t.set(id, s)
	}
	return t
}

func (t *typed) text(id model.ConversationID) string { return t.texts[id] }

func (t *typed) has(id model.ConversationID) bool { return t.texts[id] != "" }

// set takes a text over, and tells whether it is another.
func (t *typed) set(id model.ConversationID, s string) bool {
	if strings.TrimSpace(s) == "" {
		s = ""
	}
	if t.texts[id] == s {
		return false
	}
	if s == "" {
		delete(t.texts, id)
	} else {
		t.texts[id] = s
	}
	return true
}

// draftPause is how long nothing is typed until the draft is written to disk.
const draftPause = 400 * time.Millisecond

// pause tells that nothing was typed for a while, if nothing was.
type pause struct{ generation uint64 }

// draftSaved is the answer to writing a draft.
type draftSaved struct{ err error }

// typing waits for a pause after something was typed.
func (m *Model) typing() tea.Cmd {
	if m.box.Text() == m.typed.text(m.box.Conversation()) {
		return nil
	}
	m.typed.generation++
	return m.clock.after(draftPause, pause{generation: m.typed.generation})
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
	return m.saveDraft(m.box.Conversation(), m.box.Text())
}

func (m *Model) saveDraft(id model.ConversationID, text string) tea.Cmd {
	if !m.typed.set(id, text) {
		return nil
	}
	drafts, text, at := m.drafts, m.typed.text(id), m.clock.now()
	return func() tea.Msg { return draftSaved{drafts.Save(id, text, at)} }
}

func (m *Model) draftSaved(d draftSaved) tea.Cmd {
	if d.err != nil {
		m.notify(m.hub.Explain(d.err))
	}
	return nil
}

// Unsaved returns the composer's text and its conversation, for when the program ends
// otherwise than by its own keys.
func (m *Model) Unsaved() (model.ConversationID, string) {
	return m.box.Conversation(), m.box.Text()
}
