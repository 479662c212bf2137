package conversation

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/overlay"
)

// Files checks files on the user's machine. Its methods are called in commands.
type Files interface {
	// Check checks a file to attach; the error says in the user's words why it can't be.
	Check(path string) (model.File, error)
	// Complete completes the beginning of a path as far as it is unambiguous.
	Complete(path string) string
}

// Attacher attaches files to replies.
type Attacher struct {
	*Writer
	// files checks the user's files; nil if they are on another machine.
	files Files
	// kept are the conversations whose drafts of earlier runs have files that are not checked yet.
	kept map[model.ConversationID]bool
}

// fileChecked is the result of checking a file.
type fileChecked struct {
	id   model.ConversationID
	path string
	file model.File
	err  error
}

// pathCompleted is the result of completing a path.
type pathCompleted struct {
	prompt *overlay.Prompt
	of, to string
}

// Needs says why no file can be attached; empty: one can.
func (m *Attacher) Needs() string {
	switch {
	case m.files == nil:
		return m.Say(i18n.WhyNoFilesHere)
	case m.Shown == "":
		return m.Say(i18n.WhyNotOpen)
	case len(m.Attached[m.Shown]) >= model.MaxAttachments:
		return m.Say(i18n.ErrManyFiles, "N", model.MaxAttachments)
	}
	return ""
}

// Ask asks for the path of a file to send.
func (m *Attacher) Ask() tea.Cmd { return m.ask(m.Shown, "", "") }

func (m *Attacher) ask(id model.ConversationID, text, problem string) tea.Cmd {
	p := overlay.NewPrompt(m.Say(i18n.AttachTitle), m.Say(i18n.AttachHint), text)
	p.Completes = true
	p.SetError(problem)
	files := m.files
	m.Lay(p, func(a overlay.Action) tea.Cmd {
		switch a := a.(type) {
		case overlay.Completing:
			return func() tea.Msg { return pathCompleted{p, a.Text, files.Complete(a.Text)} }
		case overlay.Entered:
			return func() tea.Msg {
				f, err := files.Check(strings.TrimSpace(a.Text))
				return fileChecked{id: id, path: a.Text, file: f, err: err}
			}
		}
		return nil
	})
	return nil
}

// completed updates the prompt with a completed path, unless its text has changed.
func (m *Attacher) completed(c pathCompleted) {
	if m.Overlaid() == c.prompt && c.prompt.Text() == c.of {
		c.prompt.SetText(c.to)
	}
}

// checked attaches a file to the reply being written, or says why it can't be.
func (m *Attacher) checked(c fileChecked) tea.Cmd {
	if c.err != nil {
		return m.ask(c.id, c.path, m.Explain(c.err))
	}
	m.Attached[c.id] = append(m.Attached[c.id], c.file)
	of := model.DraftOf{Conversation: c.id}
	if c.id != m.Shown {
		return m.saveDraft(of, m.Typed.Text(of))
	}
	return tea.Batch(m.openBox(false), m.keepDraft())
}

// filesMissing names the files of drafts of earlier runs that can't be attached any more.
type filesMissing map[model.ConversationID][]model.File

// CheckKept checks whether the files of the drafts of earlier runs are still there, once their
// conversations are known.
func (m *Attacher) CheckKept() tea.Cmd {
	if m.files == nil {
		return nil
	}
	all := map[model.ConversationID][]model.File{}
	for id := range m.kept {
		if _, ok := m.Inbox.Conversation(id); ok {
			all[id] = slices.Clone(m.Attached[id])
			delete(m.kept, id)
		}
	}
	if len(all) == 0 {
		return nil
	}
	files := m.files
	return func() tea.Msg {
		out := filesMissing{}
		for id, fs := range all {
			for _, f := range fs {
				if _, err := files.Check(f.Path); err != nil {
					out[id] = append(out[id], f)
				}
			}
		}
		return out
	}
}

// missing removes files that are not there any more from the drafts, and says so.
func (m *Attacher) missing(gone filesMissing) tea.Cmd {
	var cmds []tea.Cmd
	for id, files := range gone {
		before := len(m.Attached[id])
		left := slices.DeleteFunc(slices.Clone(m.Attached[id]), func(f model.File) bool { return slices.Contains(files, f) })
		if len(left) == before {
			continue
		}
		if m.Attached[id] = left; len(left) == 0 {
			delete(m.Attached, id)
		}
		of := model.DraftOf{Conversation: id}
		cmds = append(cmds, m.saveDraft(of, m.Typed.Text(of)))
		r, _ := m.Inbox.Conversation(id)
		m.NotifyLonger(m.Say(i18n.DraftFileGone, "Name", m.Look.Name(r.Customer), "File", m.names(files)))
	}
	m.setVerdict()
	return tea.Batch(cmds...)
}

// names returns the names of files, to be read.
func (m *Attacher) names(files []model.File) string {
	var names []string
	for _, f := range files {
		names = append(names, m.Look.Line(model.Untrusted(f.Name())))
	}
	return strings.Join(names, ", ")
}

// Remove removes the last attached file, and reports whether there was one.
func (m *Attacher) Remove() bool {
	id := m.Box.Conversation()
	n := len(m.Attached[id])
	if m.Box.Note() || n == 0 {
		return false
	}
	if m.Attached[id] = m.Attached[id][:n-1]; n == 1 {
		delete(m.Attached, id)
	}
	m.setVerdict()
	return true
}

// line names the files of the reply being written; "" if there are none.
func (m *Attacher) line() string {
	if m.Box.Note() {
		return ""
	}
	files := m.Attached[m.Box.Conversation()]
	if len(files) == 0 {
		return ""
	}
	return m.Say(i18n.AttachedFiles, "Files", m.names(files))
}
