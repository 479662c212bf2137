package ui

import (
	"parley/model"
	"parley/model/inbox"
	"parley/ui/conversation"
	"parley/ui/crm"
	list "parley/ui/inbox"
	"parley/ui/page"
	"parley/ui/presence"
	"parley/ui/screen"
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

// News is what came from the hub, in order. It is the message that whoever follows the
// hub sends to the program.
type News struct {
	// Apply takes it over into the Inbox; nil where there is nothing to apply.
	Apply func() (inbox.Changes, error)
	// Connection is set where that changed.
	Connection *screen.Connection
	// Users are those who are known otherwise from now on: available or not.
	Users []model.Colleague
	// Lossy is what colleagues do meanwhile: type, look at a conversation.
	Lossy []model.Lossy
}
