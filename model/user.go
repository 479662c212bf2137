package model

import (
	"encoding/json"
	"time"
)

// User is a user of this hub.
type User struct {
	ID    UserID `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Admin bool   `json:"admin"`
	Away  Away   `json:"available"`
	// AdminFrom is who decides whether they are an admin; empty: the hub itself. It is
	// computed when the user is read.
	AdminFrom AdminFrom `json:"admin_from,omitempty"`
	// TimeZone and Language are from the CRM, at their last sign-in, such as Asia/Tokyo and
	// ja; empty: unknown.
	TimeZone string `json:"time_zone,omitempty"`
	Language string `json:"language,omitempty"`
}

// Away is whether a user is not assigned new conversations for now; they keep those they
// have (as with availability off in Pipedrive's own inbox). JSON has the opposite,
// available, so that users are available by default.
type Away bool

// MarshalJSON implements [json.Marshaler].
func (a Away) MarshalJSON() ([]byte, error) { return json.Marshal(!bool(a)) }

// UnmarshalJSON implements [json.Unmarshaler].
func (a *Away) UnmarshalJSON(b []byte) error {
	available := !bool(*a)
	err := json.Unmarshal(b, &available)
	*a = Away(!available)
	return err
}

// CanAssign reports whether a conversation may be assigned to a user. Nobody who is away can
// be assigned one, not even by themselves, but they may keep one that they have.
func CanAssign(to UserID, away Away, was *UserRef) bool {
	return !bool(away) || was != nil && was.ID == to
}

// AdminFrom is who decides whether a user is an admin.
type AdminFrom string

// FromPipedrive: a CRM is configured, and its admins are ours.
const FromPipedrive AdminFrom = "pipedrive"

// UserRef is a reference to a user, with the name to show.
type UserRef struct {
	ID   UserID `json:"id"`
	Name string `json:"name"`
}

// Ref returns the user's id and name.
func (u User) Ref() UserRef { return UserRef{ID: u.ID, Name: u.Name} }

// Colleague returns the part of the user that every colleague may see.
func (u User) Colleague() Colleague { return Colleague{ID: u.ID, Name: u.Name, Away: u.Away} }

// Colleague is a user of the hub as colleagues see them.
type Colleague struct {
	ID   UserID `json:"id"`
	Name string `json:"name"`
	Away Away   `json:"available"`
	// Email and Admin are set for admins only.
	Email string `json:"email,omitempty"`
	Admin *bool  `json:"admin,omitempty"`
}

// TokenID identifies a token without revealing it.
type TokenID string

// Token describes a sign-in of a user, without the token itself.
type Token struct {
	ID        TokenID   `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	// LastUsedAt is exact to a few minutes; nil: not used yet.
	LastUsedAt *time.Time `json:"last_used_at"`
	// Current: the request was made with this token.
	Current bool `json:"current"`
}
