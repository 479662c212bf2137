package model

import "time"

// Colleague is a user of the hub as the others know them.
type Colleague struct {
	ID   UserID `json:"id"`
	Name string `json:"name"`
	Away Away   `json:"available"`
	// Email and Admin are told to admins alone.
	Email string `json:"email,omitempty"`
	Admin *bool  `json:"admin,omitempty"`
}

// TokenID names a token without giving it away.
type TokenID string

// Token is what one sign-in of a user left: all but the token itself.
type Token struct {
	ID        TokenID   `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	// LastUsedAt is exact to some minutes; nil: not used yet.
	LastUsedAt *time.Time `json:"last_used_at"`
	// Current: it is the token that asks.
	Current bool `json:"current"`
}
