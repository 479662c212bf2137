// Package view is what users see: of Pages, conversations, messages and notices, in one
// snapshot of the store, with what depends on who asks and when; and where conversations
// stand in their team's work: read, assigned, put away.
//
// [View] is what one user sees. [Views] takes turns among those who read, so that nobody's
// many questions keep another's waiting.
//
// It needs the store, and who is told of a conversation that was opened or read. Nothing
// leaves it that did not pass the gate of package access.
package view
