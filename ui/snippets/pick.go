package snippets

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/model/snippet"
	"parley/ui/overlay"
)

// idOf is the id of a snippet in a list.
func idOf(s snippet.Snippet) string { return strconv.FormatBool(s.Team) + " " + s.Name }

// byID returns the snippet of an id.
func (m *Model) byID(id string) (snippet.Snippet, bool) {
	i := slices.IndexFunc(m.all, func(s snippet.Snippet) bool { return idOf(s) == id })
	if i < 0 {
		return snippet.Snippet{}, false
	}
	return m.all[i], true
}

// NeedsText says why nothing can be inserted now; empty: something can.
func (m *Model) NeedsText() string {
	if m.Composer.IsOpen() {
		return ""
	}
	return m.NeedsConversation()
}

// Pick shows the snippets with what each says in this conversation, to insert one in what is being
// written; if nothing is, in a reply.
func (m *Model) Pick() tea.Cmd {
	var opened tea.Cmd
	if !m.Composer.IsOpen() {
		opened = m.Writer.OpenComposer()
	}
	id := m.Composer.Conversation()
	p := overlay.NewPicker(m.Say(i18n.SnippetsTitle))
	l := listing{m, p, id}
	m.changed = func() {
		if m.Overlaid() == p {
			l.show()
		}
	}
	m.lay(id, p, func(a overlay.Action) tea.Cmd {
		switch a := a.(type) {
		case overlay.Edited, overlay.Moved:
			l.show()
			return l.look()
		case overlay.Chosen:
			return m.picked(id, a.ID)
		case overlay.Opened:
			return m.choose(a.ID)
		}
		return nil
	})
	l.show()
	return tea.Batch(opened, m.Read(), l.look())
}

// picked inserts the chosen snippet, or runs the macro.
func (m *Model) picked(id model.ConversationID, chosen string) tea.Cmd {
	s, ok := m.byID(chosen)
	if !ok {
		return m.choose(chosen)
	}
	if s.Macro != nil && !m.Composer.Note() {
		return m.Run(s)
	}
	typed := 0 // the name that was begun is replaced
	if name, ok := m.begun(); ok && strings.HasPrefix(snippet.Key(s.Name), snippet.Key(name)) {
		typed = 1 + len([]rune(name))
	}
	return m.fill(id, s, func(text string, missing []snippet.Field) tea.Cmd {
		if !m.Composer.IsOpen() || m.Composer.Conversation() != id {
			return nil
		}
		return m.insert(typed, text, missing)
	})
}

// listing is a picker of snippets, and the conversation for which they are filled in; empty: none,
// and they are shown as they are kept.
type listing struct {
	*Model
	picker *overlay.Picker
	of     model.ConversationID
}

// ids of rows that are no snippets.
const (
	newOwn  = "new own"
	newTeam = "new team"
)

// show updates the rows and the preview.
func (l listing) show() {
	found := search(l.all, l.picker.Text())
	rows := make([]overlay.PickerRow, 0, len(found)+2)
	for _, s := range found {
		rows = append(rows, l.row(s))
	}
	rows = append(rows, overlay.PickerRow{ID: newOwn, Title: l.Say(i18n.SnippetNew)})
	if l.Inbox.User().Admin {
		rows = append(rows, overlay.PickerRow{ID: newTeam, Title: l.Say(i18n.SnippetNewTeam)})
	}
	l.picker.SetRows(rows, false)
	switch {
	case l.why != "":
		l.picker.SetStatus(l.why, true)
	case l.at.IsZero():
		l.picker.SetStatus(l.Say(i18n.SnippetsReading), false)
	case len(l.all) == 0:
		l.picker.SetStatus(l.Say(i18n.SnippetsNone), false)
	default:
		l.picker.SetStatus(l.Say(i18n.SnippetsKeys), false)
	}
	l.preview()
}

// row is a snippet in the list.
func (l listing) row(s snippet.Snippet) overlay.PickerRow {
	kind := i18n.SnippetOwn
	if s.Team {
		kind = i18n.SnippetTeam
	}
	r := overlay.PickerRow{ID: idOf(s), Kind: l.Say(kind), Title: ";" + l.Look.Ours(s.Name), Second: l.Look.Line(s.Text)}
	if s.Macro != nil {
		r.Detail = l.keyOf(s)
		if does := l.does(*s.Macro); r.Second == "" {
			r.Second = does
		} else {
			r.Second = does + " " + l.Look.Theme.Bullet + " " + r.Second
		}
	}
	return r
}

// preview shows what the selected snippet says here.
func (l listing) preview() {
	s, ok := l.byID(l.picker.Selected())
	if !ok {
		l.picker.SetPreview(nil)
		return
	}
	text, missing := snippet.Plain(s.Text), []snippet.Field(nil)
	if l.of != "" {
		text, missing = snippet.Expand(s.Text, l.known(l.of))
	}
	var lines []overlay.PickerLine
	if s.Text != "" {
		for part := range strings.SplitSeq(safe.BodyAll(model.Untrusted(text)).String(), "\n") {
			lines = append(lines, overlay.PickerLine{Text: l.Look.Cells.Shown(part)})
		}
	}
	if len(missing) > 0 {
		lines = append(lines, overlay.PickerLine{}, overlay.PickerLine{Text: l.missing(missing), Muted: true})
	}
	if s.Macro != nil {
		lines = append(lines, overlay.PickerLine{}, overlay.PickerLine{Text: l.does(*s.Macro), Muted: true})
	}
	l.picker.SetPreview(lines)
}

// look reads the record that the selected snippet needs, and updates the preview.
func (l listing) look() tea.Cmd {
	s, ok := l.byID(l.picker.Selected())
	if !ok || l.of == "" {
		return nil
	}
	if _, unread := l.unread(l.of, s.Uses()); !unread {
		return nil
	}
	return l.fill(l.of, s, func(string, []snippet.Field) tea.Cmd {
		if l.Overlaid() == l.picker {
			l.preview()
		}
		return nil
	})
}

// search returns the snippets whose names and texts hold all of the words; those whose names begin so
// come first.
func search(all []snippet.Snippet, words string) []snippet.Snippet {
	words = strings.TrimLeft(snippet.Key(words), ";")
	var first, rest []snippet.Snippet
	for _, s := range all {
		name := snippet.Key(s.Name)
		in := name + " " + snippet.Key(safe.BodyAll(s.Text).String())
		if s.Macro != nil {
			in += " " + snippet.Key(s.Macro.Label)
		}
		missing := slices.ContainsFunc(strings.Fields(words), func(w string) bool { return !strings.Contains(in, w) })
		switch {
		case missing:
		case strings.HasPrefix(name, words):
			first = append(first, s)
		default:
			rest = append(rest, s)
		}
	}
	return append(first, rest...)
}
