package model

import (
	"encoding/json"
	"time"
)

// User is somebody who works with this hub.
type User struct {
	ID    UserID `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Admin bool   `json:"admin"`
	Away  Away   `json:"available"`
	// AdminFrom is who says whether they are an admin; empty: the hub itself. It is worked
	// out when a user is read.
	AdminFrom AdminFrom `json:"admin_from,omitempty"`
	// TimeZone and Language are what the CRM told at their last sign-in, such as
	// Asia/Tokyo and ja; empty: nothing.
	TimeZone string `json:"time_zone,omitempty"`
	Language string `json:"language,omitempty"`
}

// Away is whether a user takes no conversations for now; those that are theirs stay theirs
// (as with availability off in Pipedrive's own inbox). On the wire it is its opposite,
// available, so that whoever was never asked is available.
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

// CanAssign tells whether a conversation may be made somebody's. Whoever is away can be
// given none, not even by themselves; a conversation that is theirs already may stay so.
func CanAssign(to UserID, away Away, was *UserRef) bool {
	return !bool(away) || was != nil && was.ID == to
}

// AdminFrom is who says whether somebody is an admin.
type AdminFrom string

// FromPipedrive: where a CRM is configured, its admins are ours.
const FromPipedrive AdminFrom = "pipedrive"

// UserRef names a user beside something else.
type UserRef struct {
	ID   UserID `json:"id"`
	Name string `json:"name"`
}

// Ref returns the user's name and id alone.
func (u User) Ref() UserRef { return UserRef{ID: u.ID, Name: u.Name} }

// Colleague returns the user as every colleague may know them.
func (u User) Colleague() Colleague { return Colleague{ID: u.ID, Name: u.Name, Away: u.Away} }

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
