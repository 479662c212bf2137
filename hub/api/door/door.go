// Package door is what all routes share: who asks, how much of what is under way, how often,
// and the words for what goes wrong.
package door

import (
	"context"
	"log/slog"
	"time"

	"parley/model"
)

// Hub is what every door asks of the hub.
type Hub interface {
	// Authenticate tells who somebody is by their token.
	Authenticate(ctx context.Context, token string) (model.User, error)
}

// Options are what a [Door] is made of.
type Options struct {
	Hub Hub
	Log *slog.Logger
	// LoginPoll is how long a device waits between two questions whether somebody has
	// signed in.
	LoginPoll time.Duration
}

// Door is what all routes share: who asks, how much of what is under way, and the words
// for what goes wrong.
type Door struct {
	hub       Hub
	Log       *slog.Logger
	loginPoll time.Duration
	// room is what bodies may take, requests and sockets what users have open.
	room              *room
	linger            chan struct{}
	requests, sockets *underway
}

// New makes the one that all routes of a hub share.
func New(o Options) *Door {
	return &Door{
		hub: o.Hub, Log: o.Log, loginPoll: o.LoginPoll, room: newRoom(), linger: make(chan struct{}, lingering),
		requests: newUnderway(usersRequests), sockets: newUnderway(usersSockets),
	}
}

// Body is an answer that holds nothing but its body.
type Body[T any] struct{ Body T }
