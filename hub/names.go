package hub

import (
	"context"
	"time"

	"parley/hub/accounts"
	"parley/hub/connect"
	"parley/hub/crm"
	"parley/hub/sealing"
	"parley/hub/store"
	"parley/hub/transcripts"
	"parley/hub/vault"
	"parley/model"
)

// What the hub's callers name of its parts.
type (
	// NewUser is somebody to be added.
	NewUser = accounts.NewUser
	// Added is a user who was added, and what lets them in.
	Added = accounts.Added
	// DeviceCode begins a sign-in through a browser.
	DeviceCode = accounts.DeviceCode
	// CameBack is what a browser came back with from the CRM.
	CameBack = accounts.CameBack
	// Login is what is needed of Facebook to connect a Page through the browser.
	Login = connect.Login
	// Return is what a browser brings back from Facebook's dialog.
	Return = connect.Return
	// Choice is what is to be chosen in the browser.
	Choice = connect.Choice
	// ChoicePage is a Page of the person's.
	ChoicePage = connect.ChoicePage
	// Records are the CRM's persons, leads and deals.
	Records = crm.Records
	// Hooks are the CRM's webhooks.
	Hooks = crm.Hooks
	// Notes are the CRM's notes.
	Notes = transcripts.Notes
	// RecordQuery is what is to be told of a record besides itself.
	RecordQuery = crm.RecordQuery
	// DealChange is what is to become of a deal.
	DealChange = crm.DealChange
)

// Errors of the parts, which callers tell apart.
var (
	ErrSignIn    = accounts.ErrSignIn
	ErrKeyTaken  = accounts.ErrKeyTaken
	ErrNoKey     = accounts.ErrNoKey
	ErrAmbiguous = accounts.ErrAmbiguous
	ErrKey       = sealing.ErrKey
)

// AddUser is [accounts.AddUser].
func AddUser(ctx context.Context, s store.Store, n NewUser, now time.Time) (Added, error) {
	return accounts.AddUser(ctx, s, n, now)
}

// ListUsers is [accounts.ListUsers].
func ListUsers(ctx context.Context, s store.Store) ([]model.User, error) {
	return accounts.ListUsers(ctx, s)
}

// RemoveUser is [accounts.RemoveUser].
func RemoveUser(ctx context.Context, s store.Store, who string, now time.Time) (model.User, error) {
	return accounts.RemoveUser(ctx, s, who, now)
}

// SetAdmin is [accounts.SetAdmin].
func SetAdmin(ctx context.Context, s store.Store, who string, admin bool, now time.Time) (model.User, error) {
	return accounts.SetAdmin(ctx, s, who, admin, now)
}

// AddSSHKey is [accounts.AddSSHKey].
func AddSSHKey(ctx context.Context, s store.Store, who, fingerprint, comment string, now time.Time) (model.User, error) {
	return accounts.AddSSHKey(ctx, s, who, fingerprint, comment, now)
}

// ListSSHKeys is [accounts.ListSSHKeys].
func ListSSHKeys(ctx context.Context, s store.Store, who string) (model.User, []store.SSHKey, error) {
	return accounts.ListSSHKeys(ctx, s, who)
}

// RemoveSSHKey is [accounts.RemoveSSHKey].
func RemoveSSHKey(ctx context.Context, s store.Store, who, fingerprint string, now time.Time) (model.User, error) {
	return accounts.RemoveSSHKey(ctx, s, who, fingerprint, now)
}

// NormaliseShortCode is [accounts.NormaliseShortCode].
func NormaliseShortCode(typed string) string { return accounts.NormaliseShortCode(typed) }

// Sealed is [sealing.Sealed].
func Sealed(ctx context.Context, s store.Store) (bool, error) { return sealing.Sealed(ctx, s) }

// SealTokens is [sealing.SealTokens].
func SealTokens(ctx context.Context, s store.Store, v *vault.Vault) (int, error) {
	return sealing.SealTokens(ctx, s, v)
}
