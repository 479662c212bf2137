package store

import (
	"time"

	"parley/model"
)

// CredentialReader reads what signs users in: tokens, one-time codes and SSH keys.
type CredentialReader interface {
	// UserByToken finds whose token it is by the token's hash.
	UserByToken(hash []byte) (model.User, error)
	// Tokens returns a user's tokens, oldest first.
	Tokens(user model.UserID) ([]Token, error)
	// LoginCodeWaits tells whether a one-time code, by its hash, would be taken now.
	LoginCodeWaits(hash []byte, now time.Time) (bool, error)
	// UserBySSHKey finds whose key it is by its fingerprint.
	UserBySSHKey(fingerprint string) (model.User, error)
	// SSHKeys returns a user's keys, oldest first.
	SSHKeys(user model.UserID) ([]SSHKey, error)
}

// CredentialWriter changes what signs users in.
type CredentialWriter interface {
	// AddToken makes a token of a user known by its hash.
	AddToken(hash []byte, user model.UserID, at time.Time) error
	// UseToken notes when a token was last used, unless it was used later or is gone.
	UseToken(hash []byte, at time.Time) error
	// RemoveToken forgets a token; one that is not known is [ErrNotFound].
	RemoveToken(hash []byte) error
	// AddLoginCode makes a one-time code known by its hash.
	AddLoginCode(hash []byte, user model.UserID, expires time.Time) error
	// TakeLoginCode uses a code up; a used, unknown or expired one is [ErrNotFound].
	TakeLoginCode(hash []byte, now time.Time) (model.User, error)
	// AddSSHKey lets a user in by a key. One that is somebody's is [ErrConflict].
	AddSSHKey(k SSHKey) error
	// RemoveSSHKey forgets a key; one that is nobody's is [ErrNotFound].
	RemoveSSHKey(fingerprint string) error
}

// Token is what signs a user in.
type Token struct {
	// Hash is all that is kept of the token itself.
	Hash []byte
	User model.UserID
	At   time.Time
	// UsedAt is when it was last used; zero: never.
	UsedAt time.Time
}

// SSHKey lets a user in over SSH. A key is one user's.
type SSHKey struct {
	// Fingerprint is SHA256:…, as OpenSSH shows it.
	Fingerprint string
	User        model.UserID
	// Comment is what its owner calls it.
	Comment string
	At      time.Time
}
