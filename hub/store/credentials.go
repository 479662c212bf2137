package store

import (
	"time"

	"parley/model"
)

// CredentialReader reads users' credentials: tokens, one-time codes and SSH keys.
type CredentialReader interface {
	// UserByToken returns the user of the token with this hash.
	UserByToken(hash []byte) (model.User, error)
	// Tokens returns a user's tokens, oldest first.
	Tokens(user model.UserID) ([]Token, error)
	// LoginCodeWaits reports whether the one-time code with this hash would be accepted now.
	LoginCodeWaits(hash []byte, now time.Time) (bool, error)
	// UserBySSHKey returns the user of the key with this fingerprint.
	UserBySSHKey(fingerprint string) (model.User, error)
	// SSHKeys returns a user's keys, oldest first.
	SSHKeys(user model.UserID) ([]SSHKey, error)
}

// CredentialWriter changes users' credentials.
type CredentialWriter interface {
	// AddToken adds a user's token by its hash.
	AddToken(hash []byte, user model.UserID, at time.Time) error
	// UseToken records when a token was last used, unless it was used later or is gone.
	UseToken(hash []byte, at time.Time) error
	// RemoveToken removes a token; an unknown one is [ErrNotFound].
	RemoveToken(hash []byte) error
	// AddLoginCode adds a one-time code by its hash.
	AddLoginCode(hash []byte, user model.UserID, expires time.Time) error
	// UseLoginCode uses up a code and returns its user; a used, unknown or expired code is
	// [ErrNotFound].
	UseLoginCode(hash []byte, now time.Time) (model.User, error)
	// AddSSHKey adds a user's key. One that a user already has is [ErrConflict].
	AddSSHKey(k SSHKey) error
	// RemoveSSHKey removes a key; one that nobody has is [ErrNotFound].
	RemoveSSHKey(fingerprint string) error
}

// Token is a token that signs a user in.
type Token struct {
	// Hash is all that is stored of the token itself.
	Hash []byte
	User model.UserID
	At   time.Time
	// UsedAt is when it was last used; zero if never.
	UsedAt time.Time
}

// SSHKey signs a user in over SSH. A key belongs to one user.
type SSHKey struct {
	// Fingerprint is SHA256:…, as OpenSSH shows it.
	Fingerprint string
	User        model.UserID
	// Comment is what its owner calls it.
	Comment string
	At      time.Time
}
