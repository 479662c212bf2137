// Package app is the screen: a live inbox, a conversation, a composer.
//
// There is one Bubble Tea model, [Model]. Its parts are packages beside this one, each with a
// model of its own (ui/inbox, ui/conversation, ui/crm, ui/page, ui/team, ui/presence), which
// this model puts together and tells what happens; they return lines, each exactly as many
// cells as they were given, and the model puts them side by side. Where things stand is a
// pure function of the size (ui/screen/layout.go). What the user can do is one table
// (commands.go).
//
// Everything known of the hub is in a [inbox.Inbox], which changes only in Update:
// a slice of [inbox.Update] hands it what came. Calls of the hub are made in commands, and
// answered by typed messages that name what they are about, so that a late one does no harm.
//
// Nothing that somebody outside wrote is drawn but as a safe.Text, or written to the
// terminal but by ui/term.
package app
