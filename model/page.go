package model

import "time"

// Visibility says who sees an installation of a Page.
type Visibility string

// The two visibilities; they are those of Pipedrive's own inbox (docs/adr/0006).
const (
	// Private: only its installer sees, receives, replies and links.
	Private Visibility = "private"
	// Shared: every user of the hub does.
	Shared Visibility = "shared"
)

// Valid tells whether v is one of the two.
func (v Visibility) Valid() bool { return v == Private || v == Shared }

// Page is one installation of a Facebook Page on this hub: with whom it is
// shared, and the Page's own inputs of every verdict on a reply.
type Page struct {
	ID         PageID     `json:"id"`
	PageID     MetaPageID `json:"page_id" doc:"Facebook's own id of the Page"`
	Name       Untrusted  `json:"name"`
	Visibility Visibility `json:"visibility" enum:"private,shared"`
	Installer  UserRef    `json:"installer"`
	// Sees is whether the user who asked may see what the Page holds. Where it is
	// false, all below is empty.
	Sees bool  `json:"sees"`
	Seq  int64 `json:"seq"`

	ConnectedAt   *time.Time `json:"connected_at"`
	UninstalledAt *time.Time `json:"uninstalled_at"`
	// TokenRefused: the Graph API answered 190; a repair brings a new token.
	TokenRefused bool `json:"token_refused"`
	// Subscribed: the app gets this Page's webhooks.
	Subscribed bool `json:"subscribed"`
	// Restricted is set while Facebook restricts the Page from sending.
	Restricted *Restriction `json:"restricted"`
	// MessagesOff: messaging is switched off in the Page's settings.
	MessagesOff bool `json:"messages_off"`
	// RateLimitedUntil is when the Graph API may be called again.
	RateLimitedUntil *time.Time `json:"rate_limited_until"`
	// Import is how bringing in past conversations stands; nil where none was begun.
	Import *Import `json:"import"`
	// SyncOff: transcripts of the Page's conversations are not kept in the CRM.
	SyncOff bool `json:"sync_off,omitempty"`
}

// PageState is what Facebook tells of a Page when it is asked.
type PageState struct {
	// Subscribed: the app gets the Page's messages.
	Subscribed bool
	// TokenRefused: the Page's token is no longer taken; the rest is not known then.
	TokenRefused bool
	// MessagesOff is whether messaging is switched off in the Page's settings; nil where
	// Facebook does not tell.
	MessagesOff *bool
}

// Restriction is a Page's ban from sending.
type Restriction struct {
	Reason Untrusted `json:"reason"`
	// Since is Meta's time of the policy event, or when a send was refused.
	Since time.Time `json:"since"`
	// RetryAt is when one reply is let through again to see whether the ban still
	// stands; nil for a ban told by a policy event, which only `unblock` lifts.
	RetryAt *time.Time `json:"retry_at"`
}

// Public returns what anybody may know of a Page: that it exists, whether it is
// private, and whose it is.
func (p Page) Public() Page {
	return Page{ID: p.ID, PageID: p.PageID, Name: p.Name, Visibility: p.Visibility, Installer: p.Installer}
}

// Connected tells whether messages come and go: installed, with a token that
// works and a webhook subscription.
func (p Page) Connected() bool {
	return p.UninstalledAt == nil && !p.TokenRefused && p.Subscribed
}
