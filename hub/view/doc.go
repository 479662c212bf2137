// Package view is what users see of Pages, conversations, messages and notices, in one snapshot
// of the store, including what depends on who asks and when. It also changes where
// conversations stand in their team's work: read, assigned, snoozed, closed.
//
// [View] is what one user sees. [Views] limits how many read at once, so that one user's many
// requests don't keep others waiting.
//
// It needs the store, and functions to call when a conversation was opened or read. Everything
// it returns has passed the gate of package access.
package view
