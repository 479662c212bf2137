package model

import (
	"errors"
	"log/slog"
	"time"
	"unicode/utf16"
)

// ErrNoProfile: Meta has no profile of a customer for us, or may not disclose it.
var ErrNoProfile = errors.New("no profile")

// OutcomeKind is what became of one attempt to hand a reply to Meta.
type OutcomeKind int

// The outcomes of an attempt (docs/adr/0004).
const (
	// OutcomeUncertain: it may or may not have arrived. It is the zero value, so that a
	// forgotten outcome counts as uncertain and is never sent again automatically.
	OutcomeUncertain OutcomeKind = iota
	// OutcomeAccepted: Meta has it and gave it an id.
	OutcomeAccepted
	// OutcomeNothingWritten: not a byte was sent; it may be tried again.
	OutcomeNothingWritten
	// OutcomeRateLimited: Meta refused it for now.
	OutcomeRateLimited
	// OutcomeRefused: Meta refused it for good.
	OutcomeRefused
)

// Outcome is the result of one attempt to hand a reply to Meta.
type Outcome struct {
	Kind OutcomeKind
	// MID is Meta's id of an accepted reply, AttachmentID that of an accepted file.
	MID          MID
	AttachmentID string
	// Code is why it was refused: a verdict, or [GraphRefused].
	Code Code
	// RetryAfter is how long to wait after a rate limit; 0: Meta did not say.
	RetryAfter time.Duration
	// Detail is the Graph API's own message with its codes and trace id.
	Detail Untrusted
}

// Outgoing is a reply on its way to Meta.
type Outgoing struct {
	Page     MetaPageID
	Token    string // the Page's access token
	To       PSID
	Text     Untrusted
	ReplyTo  MID
	Metadata string // comes back in the echo
	// Attachment is sent instead of a text: a message of Meta's carries one of the two.
	Attachment *OutgoingAttachment
}

// SentMessage is a message of a thread as the Conversations API returns it.
type SentMessage struct {
	MID       MID
	FromPage  bool
	Text      Untrusted
	CreatedAt time.Time // whole seconds
}

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

// SenderAction is a sender action on its way to Meta. It is idempotent.
type SenderAction struct {
	Page  MetaPageID
	Token string // the Page's access token
	To    PSID
	Kind  ActionKind
	// Target is the message to react to, Emoji the reaction.
	Target MID
	Emoji  Untrusted
}

// LogValue implements [slog.LogValuer]: the token is not shown.
func (a SenderAction) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("page", string(a.Page)), slog.String("to", string(a.To)), slog.String("kind", string(a.Kind)), slog.String("target", string(a.Target)),
	)
}

// MaxText is the longest text of a reply in UTF-16 code units.
//
// Source: Messenger Platform, Send API reference ("2000 characters"). It does not say how
// they are counted, so we count in the way that never allows too much.
const MaxText = 2000

// UTF16Len counts the UTF-16 code units of a text.
func UTF16Len(s string) int {
	n := 0
	for _, r := range s {
		if l := utf16.RuneLen(r); l > 0 {
			n += l
			continue
		}
		n++ // an invalid byte becomes U+FFFD on the wire
	}
	return n
}

// CheckText returns why a reply's text can't be sent, nil if it can.
func CheckText(text Untrusted) *Refusal {
	n := UTF16Len(string(text))
	switch {
	case blank(string(text)):
		return Refuse(TextEmpty)
	case n > MaxText:
		return Refuse(TextTooLong)
	}
	return nil
}
