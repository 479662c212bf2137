package ui

import (
	"parley/ui/conversation"
	"parley/ui/crm"
	list "parley/ui/inbox"
	"parley/ui/page"
	"parley/ui/presence"
	"parley/ui/team"
)

// Hub is what the screen needs of a client of the hub. Its methods are called in
// commands, several at once, with a context that ends them.
type Hub interface {
	page.Hub
	team.Hub
	presence.Hub
	conversation.ReaderHub
	conversation.WriterHub
	list.Hub
	// CRM is what hangs on the CRM.
	crm.Hub
	// Explain says an error in the user's words: what happened and what to do.
	Explain(err error) string
}
