package app

import (
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/command"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// key hands a key press on: to what lies over the screen, to the composer, or to the
// command that it stands for.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	m.conversation.RetryOlder()
	if !m.types() {
		k = command.Narrowed(k)
	}
	if c, ok := m.commands.ByKey(command.Typing, k.Key()); ok && k.Text == "" {
		return m.run(c)
	}
	if m.Overlaid() != nil {
		return m.UpdateOverlay(k)
	}
	if m.early(k) {
		return nil
	}
	if pressed := k.Keystroke(); pressed != m.pressed {
		m.pressed = pressed
		m.OtherKey()
	}
	if m.writer.Box.IsOpen() {
		return m.keyComposer(k)
	}
	c, ok := m.commands.ByKey(m.panes.scope(), k.Key())
	if !ok {
		m.tellInputMethod(k.Text)
		return m.runMacro(k)
	}
	if c.Message && m.Focus == screen.PaneThread && m.conversation.Reveal() {
		return nil // what it would act on was not to be seen
	}
	if c.Selected && m.Focus == screen.PaneList && c.ID != "open" && m.inbox.List.Reveal() {
		return nil
	}
	return m.run(c)
}

// run runs a command, or says why it can't be.
func (m *Model) run(c *command.Command) tea.Cmd {
	if why := c.Why(); why != "" {
		m.Notify(why)
		return nil
	}
	m.guideline.Did(c.ID)
	return c.Run()
}

// keyComposer handles the keys of the composer: all but a few are text.
func (m *Model) keyComposer(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		if m.writer.Unquote() || m.writer.Attacher.Remove() {
			return m.writer.Typing()
		}
		return m.writer.LeaveBox()
	case "enter":
		return m.send()
	case "alt+enter", "shift+enter", "ctrl+j":
		m.writer.Box.NewLine()
		return m.writer.Typing()
	case "ctrl+c":
		return m.quit()
	case "tab":
		if m.mentions.Complete() {
			return m.writer.Typing()
		}
	}
	if c, ok := m.commands.ByKey(command.Thread, k.Key()); ok && c.ID == "undo" && m.writer.Hold.Composes() && m.writer.Hold.TakesBack() {
		return m.run(c)
	}
	if k.Text == "" && slices.Contains(m.keysOf("palette"), k.Keystroke()) {
		return m.guide.OpenPalette()
	}
	if c, ok := m.commands.ByKey(command.Composer, k.Key()); ok && k.Text == "" {
		return m.run(c)
	}
	if k.Text == "" && m.snippets.HasKey(k.Keystroke()) {
		return m.runMacro(k)
	}
	return m.writer.Compose(k)
}

// harmless are the commands that change nothing of a conversation, whichever has just opened.
var harmless = []string{
	"down", "up", "half_down", "half_up", "first", "last", "back", "next_waiting", "quit", "search", "sort", "next_filter", "previous_filter",
	"next_page", "palette", "help", "panel", "drafts", "view", "undo_list", "notices",
}

// early reports whether a key was meant for the conversation before the one that has just opened
// by itself: it would type or act. What opens the composer or takes the last action back is meant;
// the keys that follow at once are not, unless there was a pause before it. What only moves or
// leaves is meant, too, unless it is a letter of a text that is typed ahead.
func (m *Model) early(k tea.KeyPressMsg) bool {
	if c, ok := m.commands.ByKey(m.panes.scope(), k.Key()); ok && !m.Composing() {
		switch {
		case c.ID == "reply" || c.ID == "undo":
			m.Begin()
			return false
		case m.Moves() && (slices.Contains(harmless, c.ID) || strings.HasPrefix(c.ID, "filter_")):
			return false
		}
	}
	if k.Text == "" && k.Code != tea.KeyEnter && !k.Mod.Contains(tea.ModAlt) || !m.Arriving() {
		return false
	}
	m.Notify(m.Say(i18n.SaidTypedAhead))
	return true
}

// lostKeys says which default keys gave way to the user's own; "": none.
func (m *Model) lostKeys() string {
	var list []string
	for _, l := range m.commands.Lost() {
		list = append(list, m.Say(i18n.Command(l.ID))+" ("+l.Key+")")
	}
	if len(list) == 0 {
		return ""
	}
	return m.Say(i18n.KeysGaveWay, "List", strings.Join(list, ", "))
}

// send sends off what is typed, and has done what a macro leaves to be done after that.
func (m *Model) send() tea.Cmd {
	id, note := m.writer.Box.Conversation(), m.writer.Box.Note()
	before, waiting := slices.Clone(m.Undo), len(m.writer.Replies[id])
	cmd := m.writer.Send()
	if note || len(m.writer.Replies[id]) == waiting {
		return cmd
	}
	m.guideline.Did("send")
	return tea.Batch(cmd, m.snippets.Sent(id, before))
}

// sendDone sends off what is typed to be done with its conversation, and has done what else a macro
// leaves to be done.
func (m *Model) sendDone() tea.Cmd {
	id := m.writer.Box.Conversation()
	newest := m.writer.Replies.Newest(id)
	cmd := m.finishing.SendDone()
	if m.writer.Replies.Newest(id) == newest {
		return cmd
	}
	return tea.Batch(cmd, m.snippets.SentDone(id))
}

// macroKeys is how many macros have a key by their place.
const macroKeys = 9

// keysOf returns the keys of a command, each of which is of a place.
func (m *Model) keysOf(id string) []string {
	c, ok := m.commands.Get(id)
	if !ok {
		return nil
	}
	return c.Keys
}

// runPlace runs the macro whose place has the key that was pressed.
func (m *Model) runPlace() tea.Cmd {
	return m.snippets.RunPlace(slices.Index(m.keysOf("macro"), m.pressed))
}

// openView shows the saved view whose place has the key that was pressed.
func (m *Model) openView() tea.Cmd {
	return m.views.OpenPlace(slices.Index(m.keysOf("view"), m.pressed))
}

// runMacro runs the macro that has a key of its own.
func (m *Model) runMacro(k tea.KeyPressMsg) tea.Cmd {
	cmd, _ := m.snippets.RunKey(k.Keystroke())
	return cmd
}

// keyTaken reports whether a key runs a command where macros run.
func (m *Model) keyTaken(key string) bool {
	return slices.ContainsFunc(m.commands.All(), func(c *command.Command) bool {
		return c.Scope&command.Working != 0 && slices.Contains(c.Keys, key)
	})
}

// paste goes where text is typed, and nowhere else. Keys that come faster than a hand types
// are one as well; elsewhere nothing is done with them, and the user is told.
func (m *Model) paste(p tea.PasteMsg) tea.Cmd {
	switch {
	case !m.types():
		if c, ok := m.steps(command.Narrow(p.Content)); ok {
			return c
		}
		if !m.tellInputMethod(p.Content) {
			m.Notify(m.Say(i18n.PasteNowhere))
		}
	case m.Overlaid() != nil:
		return m.UpdateOverlay(p)
	case m.Arriving():
		m.Notify(m.Say(i18n.SaidTypedAhead))
	default:
		return m.writer.Compose(p)
	}
	return nil
}

// mostConverted is the longest text, in bytes, that an input method is taken to have sent where
// keys are commands; what is longer was pasted.
const mostConverted = 60

// tellInputMethod says that the input method is on if a text came from one, and reports whether
// it did.
func (m *Model) tellInputMethod(text string) bool {
	if len(text) > mostConverted || !command.Converted(text) {
		return false
	}
	m.Notify(m.Say(i18n.InputMethodOn))
	return true
}

// types tells whether text is being typed.
func (m *Model) types() bool {
	if m.Overlaid() != nil {
		_, _, ok := m.Overlaid().Cursor()
		return ok
	}
	return m.writer.Box.IsOpen()
}

// steps goes up or down as often as one key says that came many times at once: it was held
// down while the line stood still, and nothing is done by it but that the selection moves.
func (m *Model) steps(keys string) (tea.Cmd, bool) {
	r, size := utf8.DecodeRuneInString(keys)
	if m.Overlaid() != nil || keys != strings.Repeat(keys[:size], len(keys)/max(1, size)) {
		return nil, false
	}
	c, ok := m.commands.ByKey(m.panes.scope(), tea.Key{Code: r, Text: keys[:size]})
	if !ok || c.ID != "down" && c.ID != "up" {
		return nil, false
	}
	var all []tea.Cmd
	for range len(keys) / size {
		all = append(all, m.run(c))
	}
	return tea.Batch(all...), true
}

// enter sends what is held back in the open conversation, or else shows what an edited message
// was.
func (m *Model) enter() tea.Cmd {
	if m.writer.Hold.SendNow() {
		return nil
	}
	return m.conversation.Expand()
}

// sendHeld sends what is held back in the open conversation.
func (m *Model) sendHeld() tea.Cmd {
	m.writer.Hold.SendNow()
	return nil
}

func (m *Model) needsShell() string {
	if !m.shell {
		return m.Say(i18n.WhyNoShell)
	}
	return ""
}

// quit leaves, once what was typed is kept. What is held back is the user's to decide on.
func (m *Model) quit() tea.Cmd {
	n := m.writer.Hold.Count()
	if n == 0 || m.writer.Hold.Leaving() {
		return m.leave()
	}
	const draft = "draft"
	c := overlay.NewChoice(m.Say(i18n.HeldLeaveTitle, "N", n), []overlay.Option{
		{ID: screen.AnswerYes, Key: "y", Title: m.Say(i18n.HeldLeaveSend)},
		{ID: draft, Key: "d", Title: m.Say(i18n.HeldLeaveDraft)},
		{ID: screen.AnswerNo, Key: "n", Title: m.Say(i18n.HeldLeaveStay)},
	})
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		chosen, _ := a.(overlay.Chosen)
		switch chosen.ID {
		case screen.AnswerYes:
			m.writer.Hold.Leave()
		case draft:
			return tea.Sequence(m.writer.Hold.TakeAllBack(), m.leave())
		}
		return nil
	})
	return nil
}

// leave ends the program, once what was typed is kept.
func (m *Model) leave() tea.Cmd { return tea.Sequence(m.writer.LeaveBox(), tea.Quit) }
