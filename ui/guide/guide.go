// Package guide leads to what the program can do: the palette, the help, and the questions that
// users of Messenger inboxes ask, each with its way out.
package guide

import (
	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/command"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Pages says who sees a Page's conversations.
type Pages interface {
	// PrivateOf says that a Page is private, and to whom.
	PrivateOf(p model.Page) string
}

// Items are what the user has besides the commands: macros, saved views.
type Items interface {
	// Items returns them, as the palette shows them.
	Items() []overlay.Item
	// RunItem runs what such an item stands for; false: it is none of these.
	RunItem(id string) (tea.Cmd, bool)
}

// Parts are what the guide leads to.
type Parts struct {
	Pages Pages
	Items []Items
	// Scope returns where the user is.
	Scope func() command.Scope
	// Run runs a command, or says why it can't be used now.
	Run func(c *command.Command) tea.Cmd
}

// Model is the guide.
type Model struct {
	*screen.Screen
	parts Parts
	// commands are set once they are known: some of them are the guide's own.
	commands *command.Registry
}

// New returns a guide without commands.
func New(s *screen.Screen, p Parts) *Model { return &Model{Screen: s, parts: p} }

// SetCommands says what there is to do.
func (m *Model) SetCommands(r *command.Registry) { m.commands = r }

// run runs the command of an id; nothing where there is none.
func (m *Model) run(id string) tea.Cmd {
	c, ok := m.commands.Get(id)
	if !ok {
		return nil
	}
	return m.parts.Run(c)
}
