// Package editor edits what is being written in the user's own editor.
package editor

import (
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/screen"
	"parley/ui/term"
)

// Edit runs an editor on a terminal that was lent for it, and returns the text as it was left.
type Edit func(text string, in, out *os.File) (string, error)

// Composer is what this package needs of the text being written.
type Composer interface {
	Note() bool
	Conversation() model.ConversationID
	Text() string
	SetText(s string)
}

// Model edits the text of a composer.
type Model struct {
	*screen.Screen
	composer Composer
	// changed starts what follows a change of the text.
	changed func() tea.Cmd
	edit    Edit
}

// New returns a Model; edit is nil where there is no editor of the user's. changed starts what follows
// a change of the text.
func New(s *screen.Screen, c Composer, changed func() tea.Cmd, edit Edit) *Model {
	return &Model{Screen: s, composer: c, changed: changed, edit: edit}
}

// NeedsEditor says why there is no editor here; empty: there is one.
func (m *Model) NeedsEditor() string {
	if m.edit == nil {
		return m.Say(i18n.WhyNoEditor)
	}
	return ""
}

// Edited is the text as the editor left it.
type Edited struct {
	of   model.DraftOf
	text string
	err  error
}

// Open opens the text in the editor.
func (m *Model) Open() tea.Cmd {
	of, text, edit := m.of(), m.composer.Text(), m.edit
	var left string
	return func() tea.Msg {
		return term.Lend{
			Run: func(in, out *os.File) (err error) {
				left, err = edit(text, in, out)
				return err
			},
			Done: func(err error) tea.Msg { return Edited{of, left, err} },
		}
	}
}

func (m *Model) of() model.DraftOf {
	return model.DraftOf{Conversation: m.composer.Conversation(), Note: m.composer.Note()}
}

// Update takes the text over. If the editor failed, it stays as it was.
func (m *Model) Update(e Edited) tea.Cmd {
	switch {
	case m.of() != e.of: // its conversation is gone
	case e.err != nil:
		m.NotifyLonger(m.Say(i18n.EditorFailed, "Reason", m.Look.Ours(e.err.Error())))
	default:
		m.composer.SetText(strings.TrimRight(e.text, "\r\n"))
		return m.changed()
	}
	return nil
}
