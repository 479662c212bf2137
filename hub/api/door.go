package api

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

// DoorOptions are what a [Door] is made of.
type DoorOptions struct {
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
	log       *slog.Logger
	loginPoll time.Duration
	// room is what bodies may take, requests and sockets what users have open.
	room              *room
	linger            chan struct{}
	requests, sockets *underway
}

// NewDoor makes the one that all routes of a hub share.
func NewDoor(o DoorOptions) *Door {
	return &Door{
		hub: o.Hub, log: o.Log, loginPoll: o.LoginPoll, room: newRoom(), linger: make(chan struct{}, lingering),
		requests: newUnderway(usersRequests), sockets: newUnderway(usersSockets),
	}
}
