package app

import (
	"parley/ui/command"
	"parley/ui/conversation"
	list "parley/ui/inbox"
)

// What the tests of package app_test look at: the table of commands, and the parts that hold
// what the user typed and did.

func (m *Model) Table() []command.Command { return commands{m}.table() }

func (m *Model) List() *list.Model { return m.inbox }

func (m *Model) Writer() *conversation.Writer { return m.writer }

func (m *Model) Draw() { m.draw() }
