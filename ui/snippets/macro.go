package snippets

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/snippet"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Macros returns the snippets that are macros, in the list's order.
func (m *Model) Macros() []snippet.Snippet {
	var out []snippet.Snippet
	for _, s := range m.all {
		if s.Macro != nil {
			out = append(out, s)
		}
	}
	return out
}

// placed returns the macros that have no key of their own: the first of them have one by their place.
func (m *Model) placed() []snippet.Snippet {
	var out []snippet.Snippet
	for _, s := range m.Macros() {
		if s.Macro.Key == "" {
			out = append(out, s)
		}
	}
	return out
}

// keyOf returns the key of a macro; "" if none.
func (m *Model) keyOf(s snippet.Snippet) string {
	if s.Macro.Key != "" {
		if _, set := m.configured(s.Macro.Key); set || m.taken(s.Macro.Key) {
			return m.Say(i18n.MacroKeyTaken, "Key", s.Macro.Key)
		}
		return s.Macro.Key
	}
	keys := m.placeKeys()
	for i, p := range m.placed() {
		if idOf(p) == idOf(s) && i < len(keys) {
			return keys[i]
		}
	}
	return ""
}

// ByKey returns the macro that has a key of its own.
func (m *Model) ByKey(key string) (snippet.Snippet, bool) {
	for _, s := range m.Macros() {
		if s.Macro.Key == key {
			return s, true
		}
	}
	return snippet.Snippet{}, false
}

// RunPlace runs the macro that has a key by its place, the first is 0; if there is none, it shows
// them all.
func (m *Model) RunPlace(i int) tea.Cmd {
	if all := m.placed(); i >= 0 && i < len(all) {
		return m.Run(all[i])
	}
	m.Notify(m.Say(i18n.SaidNoMacro, "Command", m.Say(i18n.Command("manage_snippets"))))
	return m.ReadStale()
}

// NeedsRoom says why no macro can be run now; empty: one can.
func (m *Model) NeedsRoom() string {
	if m.Overlaid() != nil {
		return m.Say(i18n.WhyOverlaid)
	}
	// What is shown is not confirmed yet, and so nothing is changed.
	if since, kept := m.Inbox.KeptSince(); kept {
		return m.Say(i18n.WhyAsOf, "Time", m.Look.Moment(m.Now(), since), "Key", m.KeyOf("connect"))
	}
	return m.NeedsOne()
}

// Run runs a macro on the current conversation: it writes the text, sends it or leaves that to the
// user, and then does the rest in one step. If it can't send, it does nothing at all.
func (m *Model) Run(s snippet.Snippet) tea.Cmd {
	if why := m.NeedsRoom(); why != "" {
		m.Notify(why)
		return nil
	}
	r, ok := m.current()
	if !ok {
		m.Notify(m.Say(i18n.WhyNoConversation))
		return nil
	}
	if s.Text == "" {
		return m.act(r.ID, s, i18n.SaidMacroDone)
	}
	if m.Composer.IsOpen() && m.Composer.Note() {
		m.Notify(m.Say(i18n.WhyMacroInNote))
		return nil
	}
	return m.fill(r.ID, s, func(text string, missing []snippet.Field) tea.Cmd {
		if now, ok := m.current(); !ok || now.ID != r.ID || m.Overlaid() != nil {
			return nil // the user has gone on meanwhile
		}
		if !s.Macro.Send {
			return m.write(r.ID, s, text, missing)
		}
		return m.send(r.ID, s, text, missing)
	})
}

// current is the conversation that a macro is about.
func (m *Model) current() (inbox.Row, bool) {
	if m.Composer.IsOpen() {
		return m.Inbox.Conversation(m.Composer.Conversation())
	}
	return m.Current()
}

// write puts the text of a macro in the composer; what else it does follows once the user sends it.
func (m *Model) write(id model.ConversationID, s snippet.Snippet, text string, missing []snippet.Field) tea.Cmd {
	opened := m.open()
	inserted := m.insert(0, text, missing)
	if m.follows[id] = s; len(missing) == 0 {
		m.NotifyLonger(m.Say(i18n.SaidMacroWaits, "Does", m.does(*s.Macro)))
	}
	return tea.Batch(opened, inserted)
}

// open opens the composer for a reply.
func (m *Model) open() tea.Cmd {
	if m.Composer.IsOpen() {
		return nil
	}
	return m.Writer.OpenComposer()
}

// A key that is held down repeats its macro, and a customer would get the text again and again, or
// the next one would get it unread.
const (
	// sameWithin is how soon the same macro does not send to the same customer again.
	sameWithin = 3 * time.Second
	// nextWithin is how soon it does not send to another.
	nextWithin = 700 * time.Millisecond
)

// sentByMacro is what a macro sent, to whom and when it was last asked for.
type sentByMacro struct {
	macro string
	to    model.ConversationID
	at    time.Time
}

// keyed tells macros apart, those of the user's file by their keys.
func keyed(s snippet.Snippet) string { return idOf(s) + " " + s.Macro.Key }

// repeats reports whether a macro is asked for again by the key that has just sent its text.
func (m *Model) repeats(id model.ConversationID, s snippet.Snippet) bool {
	now := m.Clock.Local()
	within := nextWithin
	if m.sent.to == id {
		within = sameWithin
	}
	if m.sent.macro != keyed(s) || now.Sub(m.sent.at) >= within {
		return false
	}
	m.sent.at = now
	return true
}

// send sends the text of a macro at once and does the rest, or does nothing at all.
func (m *Model) send(id model.ConversationID, s snippet.Snippet, text string, missing []snippet.Field) tea.Cmd {
	r, ok := m.Inbox.Conversation(id)
	if m.repeats(id, s) {
		m.Notify(m.Say(i18n.SaidMacroAgain))
		return nil
	}
	if why := m.refuses(r, text, missing); why != "" || !ok {
		m.NotifyLonger(why)
		return nil
	}
	wasOpen := m.Composer.IsOpen()
	opened := m.open()
	if m.Composer.Conversation() != id || !m.Composer.Bare() {
		// What was typed there is the user's to send, by itself.
		m.NotifyLonger(m.Say(i18n.WhyMacroDraft))
		return opened
	}
	if !m.Composer.Replace(0, text) {
		m.Notify(m.Say(i18n.SnippetTooLong))
		return opened
	}
	before := slices.Clone(m.Undo)
	sent := m.Writer.Send()
	if m.Composer.Text() != "" { // it said why not
		return tea.Batch(opened, sent)
	}
	m.sent = sentByMacro{keyed(s), id, m.Clock.Local()}
	var left tea.Cmd
	if !wasOpen {
		left = m.Writer.LeaveBox()
	}
	return tea.Batch(opened, sent, left, m.after(id, s, before))
}

// refuses says why a macro can't send, before anything is done; empty: it can, as far as is known.
func (m *Model) refuses(r inbox.Row, text string, missing []snippet.Field) string {
	switch v := r.Reply; {
	case len(missing) > 0:
		return m.missing(missing)
	case !v.Allowed && v.Code != "":
		return m.Say(i18n.Code(string(v.Code)))
	case !v.Allowed:
		return m.Say(i18n.ComposerChecking)
	case v.Until != nil && !m.Now().Before(*v.Until):
		return m.Say(i18n.Code(string(model.WindowClosed)))
	case model.UTF16Len(text) > model.MaxText:
		return m.Say(i18n.Code(string(model.TextTooLong)))
	}
	return ""
}

// Sent does what the macro does that wrote a reply, now that the user has sent it. before are the
// actions before that.
func (m *Model) Sent(id model.ConversationID, before screen.UndoStack) tea.Cmd {
	s, ok := m.follows[id]
	if !ok {
		return nil
	}
	delete(m.follows, id)
	return m.after(id, s, before)
}

// SentDone does the same for a reply that was sent to be done with its conversation, which needs no
// macro any more.
func (m *Model) SentDone(id model.ConversationID) tea.Cmd {
	s, ok := m.follows[id]
	if !ok {
		return nil
	}
	delete(m.follows, id)
	rest := *s.Macro
	rest.Done, s.Macro = false, &rest
	return m.act(id, s, i18n.SaidMacroSent)
}

// after does what a macro does besides its reply, in one step that is undone together with the reply
// while that is held back. before are the actions before the reply.
func (m *Model) after(id model.ConversationID, s snippet.Snippet, before screen.UndoStack) tea.Cmd {
	cmd := m.act(id, s, i18n.SaidMacroSent)
	m.Undo.Join(before)
	return cmd
}

// act changes the triage of a conversation as a macro says.
func (m *Model) act(id model.ConversationID, s snippet.Snippet, said i18n.ID) tea.Cmd {
	r, ok := m.Inbox.Conversation(id)
	if !ok {
		return nil
	}
	t := s.Macro.Triage(r.Conversation, m.Inbox.User().ID)
	if _, err := t.Of(r.Conversation, m.Now()); err != nil {
		m.Notify(m.Say(i18n.Code(string(snippet.BadMacro))))
		return nil
	}
	if t == (model.Triage{}) {
		return nil
	}
	macro := *s.Macro
	macro.Send = false
	if who, _ := r.WhoWaits(); s.Text != "" && s.Macro.Done && who == model.WaitsReply {
		macro.Done = false // the reply waits behind one that asks: the user has to decide
		t = macro.Triage(r.Conversation, m.Inbox.User().ID)
		if t == (model.Triage{}) {
			return nil
		}
	}
	return m.Triage.Act(id, t, m.Say(said, "Name", m.Look.Name(r.Customer), "Does", m.does(macro)))
}

// does says what a macro does.
func (m *Model) does(x snippet.Macro) string {
	var parts []string
	if x.Send {
		parts = append(parts, m.Say(i18n.MacroSends))
	}
	if x.Label != "" {
		parts = append(parts, m.Say(i18n.MacroLabels, "Label", m.Look.Ours(x.Label)))
	}
	switch x.Assign {
	case "":
	case snippet.ToMe:
		parts = append(parts, m.Say(i18n.MacroAssignsMe))
	default:
		parts = append(parts, m.Say(i18n.MacroAssigns, "Name", m.colleague(x.Assign)))
	}
	if x.Done {
		parts = append(parts, m.Say(i18n.MacroDone))
	}
	if len(parts) == 0 {
		return m.Say(i18n.MacroNothing)
	}
	return strings.Join(parts, " "+m.Look.Theme.Bullet+" ")
}

// colleague returns the name of a user.
func (m *Model) colleague(id string) string {
	for _, u := range m.Team.Colleagues() {
		if string(u.ID) == id {
			return m.Look.Ours(u.Name)
		}
	}
	return m.Look.Ours(id)
}

// itemMark is the beginning of a macro's id in the palette.
const itemMark = "macro "

// Items returns the macros, as the palette shows them.
func (m *Model) Items() []overlay.Item {
	items := m.configuredItems()
	for _, s := range m.Macros() {
		items = append(items, overlay.Item{
			ID: itemMark + idOf(s), Title: m.Say(i18n.MacroTitle, "Name", m.Look.Ours(s.Name), "Does", m.does(*s.Macro)), Alias: s.Name, Keys: m.keyOf(s),
			Reason: m.NeedsConversation(),
		})
	}
	return items
}

// RunItem runs the macro of an item; false: it is of none.
func (m *Model) RunItem(id string) (tea.Cmd, bool) {
	if key, ok := strings.CutPrefix(id, configuredMark); ok {
		c, there := m.configured(key)
		if !there {
			return nil, false
		}
		return m.runConfigured(c), true
	}
	rest, ok := strings.CutPrefix(id, itemMark)
	if !ok {
		return nil, false
	}
	s, ok := m.byID(rest)
	if !ok {
		return nil, false
	}
	return m.Run(s), true
}
