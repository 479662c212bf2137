package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/ui/command"
	"parley/ui/overlay"
)

// key hands a key press on: to what lies over the screen, to the composer, or to the
// command that it stands for.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	m.shown.refused = false
	if m.overlay.Overlay != nil {
		return m.keyOverlay(k)
	}
	if m.box.IsOpen() {
		return m.keyComposer(k)
	}
	c, ok := m.commands.ByKey(m.scope(), k.Key())
	if !ok {
		return nil
	}
	if c.Message && m.focus == paneThread && m.thread.Reveal() {
		return nil // what it would act on was not to be seen
	}
	return m.run(c)
}

// slipGrace is how long after another row slipped under a selection a key that acts on
// the selected row is taken for one that was meant for the row before.
const slipGrace = 400 * time.Millisecond

// run runs a command, or says why it can't be.
func (m *Model) run(c *command.Command[*Model]) tea.Cmd {
	if why := c.Why(m); why != "" {
		m.notify(why)
		return nil
	}
	return c.Run(m)
}

func (m *Model) scope() command.Scope {
	switch m.focus {
	case paneThread:
		return command.Thread
	case panePanel:
		return command.Panel
	default:
		return command.List
	}
}

func (m *Model) keyOverlay(msg tea.Msg) tea.Cmd {
	o := m.overlay
	action, cmd := o.Update(msg)
	switch action.(type) {
	case nil:
		return cmd
	case overlay.Closed, overlay.Chosen, overlay.Entered, overlay.Filled:
		if m.overlay.Overlay == o.Overlay {
			m.overlay = opened{}
		}
	}
	if o.done == nil {
		return cmd
	}
	return tea.Batch(cmd, o.done(action))
}

// keyComposer handles the keys of the composer: all but a few are text.
func (m *Model) keyComposer(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		if m.unquote() || m.unattach() {
			return nil
		}
		return m.leaveBox()
	case "enter":
		return m.send()
	case "alt+enter", "shift+enter", "ctrl+j":
		m.box.NewLine()
		return m.typing()
	case "ctrl+c":
		return m.quit()
	case "ctrl+k":
		return m.openPalette()
	}
	before := m.box.Text()
	cmd := m.box.Update(k)
	if m.box.Text() == before {
		return cmd
	}
	return tea.Batch(cmd, m.typing(), m.tellTyping())
}

// paste goes where text is typed, and nowhere else.
func (m *Model) paste(p tea.PasteMsg) tea.Cmd {
	switch {
	case m.overlay.Overlay != nil:
		return m.keyOverlay(p)
	case m.box.IsOpen():
		return tea.Batch(m.box.Update(p), m.typing())
	}
	return nil
}

// quit leaves, once what was typed is kept.
func (m *Model) quit() tea.Cmd {
	return tea.Sequence(m.leaveBox(), tea.Quit)
}
