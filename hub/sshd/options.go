package sshd

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	gossh "golang.org/x/crypto/ssh"

	"parley/hub/sshd/request"
	"parley/model"
)

// ErrNobody means that no user has that key.
var ErrNobody = errors.New("no user has that key")

// Users is what the server asks the hub.
type Users interface {
	// UserOfKey returns the user of a key by its fingerprint (SHA256:…); [ErrNobody] if there
	// is none.
	UserOfKey(ctx context.Context, fingerprint string) (model.User, error)
	// OpenSession creates a token for one session of a user, who signed in with the key of that
	// fingerprint, or as "guest NAME".
	OpenSession(ctx context.Context, user model.UserID, by string) (token string, err error)
	// CheckSession returns [ErrNobody] if the user of a token no longer exists.
	CheckSession(ctx context.Context, token string) error
	// CloseSession removes the token.
	CloseSession(ctx context.Context, token string) error
}

// Options configure a server.
type Options struct {
	// HostKey is the key by which clients recognise this server ([HostKey]).
	HostKey gossh.Signer
	Users   Users
	// Guests sign in by name alone, without a key, and only from this machine; a server with
	// guests must listen on loopback.
	Guests map[string]model.User
	Child  Child
	// Verbs are the commands that may be run without a terminal.
	Verbs  request.Verbs
	Limits Limits
	// Say returns the text of a notice in the first supported language.
	Say    func(what request.Notice, langs ...string) string
	Logger *slog.Logger
	// Registry registers the server's metrics, if it is not nil.
	Registry prometheus.Registerer
}

// Child is the program that each session runs.
type Child struct {
	// Path is the executable, Args its arguments, Env its environment apart from the client's
	// own variables.
	Path string
	Args []string
	Env  []string
	// Hub is the hub's address for the child.
	Hub string
	// State is the folder in which each user has one for drafts.
	State string
	// Lang is the language if neither the client nor the user has one.
	Lang string
	// Zone is the time zone, likewise.
	Zone string
}

// Limits are the bounds of a server.
type Limits struct {
	// Width and Height are the largest terminal, in cells.
	Width, Height int
	// Handshake is how long a client may take to prove its key.
	Handshake time.Duration
	// Idle is how long a session may go without input, Session how long it may last.
	Idle, Session time.Duration
	// Stall is how long a client may fail to read what is written to it.
	Stall time.Duration
	// HangUp is how long a child may take to end after SIGHUP.
	HangUp time.Duration
	// Recheck is how often a session's key and user are looked up again.
	Recheck time.Duration
	// Unasked is how long a client that proved its key may go without a session.
	Unasked time.Duration
	// Handshakes is how many clients may be proving their keys at once, PerAddress how many of
	// these from one address, or one /64 network; Waiting is how many may then be without a
	// session. Beyond these numbers the earliest give way, after Grace. Line is how many may
	// wait to prove a key, half of it from one address.
	Handshakes, PerAddress, Waiting, Line int
	Grace                                 time.Duration
	// Sessions is how many sessions there may be at once, PerKey how many with one key; as many
	// clients with one key may wait.
	Sessions, PerKey int
}

// DefaultLimits are those of a hub.
func DefaultLimits() Limits {
	return Limits{
		Width: 512, Height: 256,
		Handshake: 20 * time.Second, Idle: 12 * time.Hour, Session: 7 * 24 * time.Hour,
		Stall: 30 * time.Second, HangUp: 5 * time.Second, Recheck: 2 * time.Second,
		Unasked: 30 * time.Second, Handshakes: 128, PerAddress: 32, Waiting: 128, Line: 512, Grace: time.Second,
		Sessions: 256, PerKey: 16,
	}
}
