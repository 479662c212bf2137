package model

import "log/slog"

// ActionKind is something that a Page shows the customer besides messages, in Meta's
// words.
//
// Source: Messenger Platform, Send API, sender_action.
type ActionKind string

// The sender actions.
const (
	TypingOn  ActionKind = "typing_on"
	TypingOff ActionKind = "typing_off"
	MarkSeen  ActionKind = "mark_seen"
	React     ActionKind = "react"
	Unreact   ActionKind = "unreact"
)

// SenderAction is one such thing on its way to Meta. Doing the same again changes nothing.
type SenderAction struct {
	Page  MetaPageID
	Token string // the Page's access token
	To    PSID
	Kind  ActionKind
	// Target is the message that is reacted to, Emoji the reaction.
	Target MID
	Emoji  Untrusted
}

// LogValue implements [slog.LogValuer]: the token is not shown.
func (a SenderAction) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("page", string(a.Page)), slog.String("to", string(a.To)), slog.String("kind", string(a.Kind)), slog.String("target", string(a.Target)),
	)
}
