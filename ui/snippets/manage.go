package snippets

import (
	"context"
	"errors"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/snippet"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Manage lists the snippets, to add, change and remove them.
func (m *Model) Manage() tea.Cmd {
	p := overlay.NewPicker(m.Say(i18n.Command("manage_snippets")))
	l := listing{m, p, ""}
	m.changed = func() {
		if m.Overlaid() == p {
			l.show()
		}
	}
	m.Lay(p, func(a overlay.Action) tea.Cmd {
		switch a := a.(type) {
		case overlay.Edited, overlay.Moved:
			l.show()
		case overlay.Chosen:
			return m.choose(a.ID)
		case overlay.Opened:
			return m.choose(a.ID)
		}
		return nil
	})
	l.show()
	return m.Read()
}

// choose asks what to do with a row of the list.
func (m *Model) choose(id string) tea.Cmd {
	switch id {
	case newOwn:
		return m.edit(snippet.Snippet{Text: m.selection()}, nil)
	case newTeam:
		return m.edit(snippet.Snippet{Team: true, Text: m.selection()}, nil)
	}
	s, ok := m.byID(id)
	if !ok {
		return nil
	}
	why := ""
	if s.Team {
		why = m.NeedsAdmin()
	}
	other, whyOther := m.Say(i18n.SnippetToTeam), m.NeedsAdmin()
	if s.Team {
		other, whyOther = m.Say(i18n.SnippetToOwn), ""
	}
	c := overlay.NewChoice(";"+m.Look.Ours(s.Name), []overlay.Option{
		{ID: "change", Key: "e", Title: m.Say(i18n.SnippetChange), Reason: why},
		{ID: "copy", Key: "c", Title: other, Reason: whyOther},
		{ID: "remove", Key: "x", Title: m.Say(i18n.SnippetRemove), Reason: why},
	})
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return m.Manage()
		}
		switch chosen.ID {
		case "change":
			return m.edit(s, &s)
		case "copy":
			twin := s
			twin.Team = !s.Team
			return m.edit(twin, nil)
		}
		return m.askRemove(s)
	})
	return nil
}

// selection is the text to begin a new snippet with: what is being written.
func (m *Model) selection() model.Untrusted {
	if !m.Composer.IsOpen() {
		return ""
	}
	return model.Untrusted(snippet.Escape(m.Composer.Text()))
}

// Fields of the editor, in their order.
const (
	fieldName = iota
	fieldText
	fieldSend
	fieldLabel
	fieldAssign
	fieldDone
	fieldKey
)

// edit changes a snippet; was is the one that it replaces, nil if it is a new one.
func (m *Model) edit(s snippet.Snippet, was *snippet.Snippet) tea.Cmd {
	return m.editAs(s, was, "")
}

func (m *Model) editAs(s snippet.Snippet, was *snippet.Snippet, problem string) tea.Cmd {
	title := m.Say(i18n.SnippetNew)
	switch {
	case was != nil:
		title = ";" + m.Look.Ours(was.Name)
	case s.Team:
		title = m.Say(i18n.SnippetNewTeam)
	}
	x := snippet.Macro{}
	if s.Macro != nil {
		x = *s.Macro
	}
	yes := []overlay.Option{{ID: "false", Title: m.Say(i18n.SnippetNo)}, {ID: "true", Title: m.Say(i18n.SnippetYes)}}
	e := overlay.NewEditor(title, []overlay.EditorField{
		{Label: m.Say(i18n.SnippetFieldName), Text: s.Name},
		{Label: m.Say(i18n.SnippetFieldText), Text: snippet.Plain(s.Text), Long: true},
		{Label: m.Say(i18n.SnippetFieldSend), Text: strconv.FormatBool(x.Send), Options: yes},
		{Label: m.Say(i18n.SnippetFieldLabel), Text: x.Label},
		{Label: m.Say(i18n.SnippetFieldAssign), Text: x.Assign, Options: m.assignees(x.Assign)},
		{Label: m.Say(i18n.SnippetFieldDone), Text: strconv.FormatBool(x.Done), Options: yes},
		{Label: m.Say(i18n.SnippetFieldKey), Text: x.Key},
	})
	e.Hint = m.Say(i18n.SnippetEditHint, "Fields", Names(snippet.Fields()))
	e.Discard = m.Say(i18n.SnippetDiscard)
	e.SetError(problem)
	if s.Name != "" {
		e.Focus(fieldText)
	}
	m.Lay(e, func(a overlay.Action) tea.Cmd {
		filled, ok := a.(overlay.Filled)
		if !ok {
			return nil
		}
		return m.store(filledIn(s, filled.Texts), was)
	})
	return nil
}

// filledIn is a snippet with the editor's texts.
func filledIn(s snippet.Snippet, texts []string) snippet.Snippet {
	s.Name, s.Text = strings.TrimSpace(texts[fieldName]), model.Untrusted(texts[fieldText])
	x := snippet.Macro{
		Send: texts[fieldSend] == "true", Label: texts[fieldLabel], Assign: texts[fieldAssign], Done: texts[fieldDone] == "true", Key: texts[fieldKey],
	}
	s.Macro = nil
	if x != (snippet.Macro{}) {
		s.Macro = &x
	}
	return s
}

// assignees are whom a macro can assign to; also holds whoever it assigns to now.
func (m *Model) assignees(now string) []overlay.Option {
	out := []overlay.Option{{ID: "", Title: m.Say(i18n.SnippetAssignNot)}, {ID: snippet.ToMe, Title: m.Say(i18n.SnippetAssignMe)}}
	known := now == "" || now == snippet.ToMe
	for _, u := range m.Team.Colleagues() {
		out = append(out, overlay.Option{ID: string(u.ID), Title: m.Look.Ours(u.Name)})
		known = known || string(u.ID) == now
	}
	if !known {
		out = append(out, overlay.Option{ID: now, Title: m.Look.Ours(now)})
	}
	return out
}

// stored is the result of adding or changing a snippet.
type stored struct {
	s   snippet.Snippet
	was *snippet.Snippet
	err error
}

// store stores a snippet, and removes the one of another name that it replaces. One that would
// replace another is refused.
func (m *Model) store(s snippet.Snippet, was *snippet.Snippet) tea.Cmd {
	for _, other := range m.all {
		same := snippet.Key(other.Name) == snippet.Key(s.Name) && other.Team == s.Team
		if same && (was == nil || snippet.Key(was.Name) != snippet.Key(s.Name)) {
			return m.editAs(s, was, m.Say(i18n.SnippetTaken, "Name", m.Look.Ours(other.Name)))
		}
	}
	if s.Macro != nil && s.Macro.Key != "" && m.taken(strings.ToLower(strings.TrimSpace(s.Macro.Key))) {
		return m.editAs(s, was, m.Say(i18n.SnippetKeyTaken, "Key", m.Look.Ours(s.Macro.Key)))
	}
	var refusal *model.Refusal
	if _, err := s.Tidy(); errors.As(err, &refusal) {
		return m.editAs(s, was, m.Say(i18n.Code(string(refusal.Code))))
	}
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		put, err := hub.PutSnippet(ctx, s)
		if err == nil && was != nil && snippet.Key(was.Name) != snippet.Key(put.Name) {
			err = hub.RemoveSnippet(ctx, was.Name, was.Team)
		}
		return stored{s, was, err}
	})
}

// stored says what was done; what was refused can be edited again.
func (m *Model) stored(r stored) tea.Cmd {
	if r.err != nil {
		if m.Overlaid() == nil {
			return m.editAs(r.s, r.was, m.Explain(r.err))
		}
		m.Notify(m.Explain(r.err))
		return nil
	}
	m.Notify(m.Say(i18n.SaidSnippetStored, "Name", m.Look.Ours(r.s.Name)))
	return m.Read()
}

func (m *Model) askRemove(s snippet.Snippet) tea.Cmd {
	c := overlay.NewChoice(m.Say(i18n.SnippetRemoveTitle, "Name", m.Look.Ours(s.Name)), []overlay.Option{
		{ID: screen.AnswerNo, Key: "n", Title: m.Say(i18n.SnippetKeep)},
		{ID: screen.AnswerYes, Key: "y", Title: m.Say(i18n.SnippetRemove)},
	})
	if s.Team {
		c.Say(m.Say(i18n.SnippetRemoveTeam))
	}
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); !ok || chosen.ID != screen.AnswerYes {
			return m.Manage()
		}
		hub := m.hub
		return screen.Call(func(ctx context.Context) tea.Msg {
			return removed{s, hub.RemoveSnippet(ctx, s.Name, s.Team)}
		})
	})
	return nil
}

// removed is the result of removing a snippet.
type removed struct {
	s   snippet.Snippet
	err error
}

func (m *Model) removed(r removed) tea.Cmd {
	if r.err != nil {
		m.Notify(m.Explain(r.err))
		return nil
	}
	m.Notify(m.Say(i18n.SaidSnippetRemoved, "Name", m.Look.Ours(r.s.Name)))
	return m.Read()
}
