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

// ErrNobody: no user has that key.
var ErrNobody = errors.New("no user has that key")

// Users is what the server asks the hub.
type Users interface {
	// UserOfKey finds whose key it is by its fingerprint (SHA256:…); [ErrNobody] if
	// it is nobody's.
	UserOfKey(ctx context.Context, fingerprint string) (model.User, error)
	// OpenSession makes a token for one session of a user, who came in by the key with
	// that fingerprint, or as "guest NAME".
	OpenSession(ctx context.Context, user model.UserID, by string) (token string, err error)
	// CheckSession asks whether the user of a token is still one; [ErrNobody] if not.
	CheckSession(ctx context.Context, token string) error
	// CloseSession forgets the token.
	CloseSession(ctx context.Context, token string) error
}

// Options are what a server is made of.
type Options struct {
	// HostKey is what clients know this server by ([HostKey]).
	HostKey gossh.Signer
	Users   Users
	// Guests come in by name alone, without a key, from this machine only; a server
	// that has any listens on loopback only.
	Guests map[string]model.User
	Child  Child
	// Verbs are the commands that may be run without a terminal.
	Verbs  request.Verbs
	Limits Limits
	// Say puts a notice into the first of these languages that is spoken.
	Say    func(what request.Notice, langs ...string) string
	Logger *slog.Logger
	// Registry takes the server's figures, if it is not nil.
	Registry prometheus.Registerer
}

// Child is the program that each session runs.
type Child struct {
	// Path is the executable, Args its arguments, Env what it gets besides the
	// client's own variables.
	Path string
	Args []string
	Env  []string
	// Hub is the hub's address for the child.
	Hub string
	// State is the folder in which each user has one for drafts.
	State string
	// Lang is the language where neither the client names one nor the user is known to have
	// one.
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
	// Stall is how long a client may take in nothing of what is written to it.
	Stall time.Duration
	// HangUp is how long a child may take to end once it is told to, by SIGHUP.
	HangUp time.Duration
	// Recheck is how often a session's key and user are looked up again.
	Recheck time.Duration
	// Unasked is how long a client that proved its key may go without a session.
	Unasked time.Duration
	// Handshakes is how many may be proving their keys at once, PerAddress how many of these
	// from one address, or one network of 64 bits; Waiting is how many may then have no
	// session. Beyond these numbers those that came first give way, after Grace; who is to prove
	// a key waits in Line for that, half of it for one address.
	Handshakes, PerAddress, Waiting, Line int
	Grace                                 time.Duration
	// Sessions is how many there may be at once, PerKey how many of one key; as many of one
	// key may wait.
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
