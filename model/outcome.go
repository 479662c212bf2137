package model

import (
	"errors"
	"time"
)

// ErrNoProfile: Meta has no profile of a customer for us, or may not tell it.
var ErrNoProfile = errors.New("no profile")

// OutcomeKind is what became of one attempt to hand a reply to Meta.
type OutcomeKind int

// The outcomes of an attempt (docs/adr/0004).
const (
	// OutcomeUncertain: it may or may not have arrived. The zero value, so that
	// what is forgotten counts as uncertain and is never sent again by itself.
	OutcomeUncertain OutcomeKind = iota
	// OutcomeAccepted: Meta has it and gave it an id.
	OutcomeAccepted
	// OutcomeNothingWritten: not a byte left; it may be tried again.
	OutcomeNothingWritten
	// OutcomeRateLimited: Meta refused it for now.
	OutcomeRateLimited
	// OutcomeRefused: Meta refused it for good.
	OutcomeRefused
)

// Outcome is what became of one attempt to hand a reply to Meta.
type Outcome struct {
	Kind OutcomeKind
	// MID is Meta's id of an accepted reply, AttachmentID that of a file it took.
	MID          MID
	AttachmentID string
	// Code is why a refused one is refused: a verdict, or [GraphRefused].
	Code Code
	// RetryAfter is how long a rate-limited one has to wait; 0: Meta named no time.
	RetryAfter time.Duration
	// Detail is the Graph API's own words with its codes and trace id.
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
	// Attachment is sent in place of a text: Meta takes one thing a message.
	Attachment *OutgoingAttachment
}

// SentMessage is a message of a thread as the Conversations API shows it.
type SentMessage struct {
	MID       MID
	FromPage  bool
	Text      Untrusted
	CreatedAt time.Time // whole seconds
}
