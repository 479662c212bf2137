// Package door is what all routes share: authentication, limits on bodies, requests and rates,
// and problem documents.
package door

import (
	"context"
	"log/slog"
	"time"

	"parley/model"
)

// Hub is what every door needs of the hub.
type Hub interface {
	// Authenticate returns the user of a token.
	Authenticate(ctx context.Context, token string) (model.User, error)
}

// Options configure a [Door].
type Options struct {
	Hub Hub
	Log *slog.Logger
	// LoginPoll is how long a device must wait between two questions whether somebody has
	// signed in.
	LoginPoll time.Duration
}

// Door is what all routes share: authentication, limits and problem documents.
type Door struct {
	hub       Hub
	Log       *slog.Logger
	loginPoll time.Duration
	// room limits the memory for bodies; requests and sockets limit what users have open.
	room              *room
	linger            chan struct{}
	requests, sockets *underway
}

// New returns the door that all routes of a hub share.
func New(o Options) *Door {
	return &Door{
		hub: o.Hub, Log: o.Log, loginPoll: o.LoginPoll, room: newRoom(), linger: make(chan struct{}, lingering),
		requests: newUnderway(usersRequests), sockets: newUnderway(usersSockets),
	}
}

// Body is an answer with nothing but a body.
type Body[T any] struct{ Body T }
