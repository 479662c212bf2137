// Package accounts serves users over HTTP: signing in and out, users, tokens.
package accounts

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/accounts"
	"parley/hub/api/door"
	"parley/model"
	"parley/model/notify"
)

// Hub is what these routes need of the hub.
type Hub interface {
	Login(ctx context.Context, code string) (token string, user model.User, err error)
	Logout(ctx context.Context, token string) error
	SetAvailable(ctx context.Context, user model.User, available bool) (model.User, error)
	Users(ctx context.Context, user model.User) ([]model.Colleague, error)
	Tokens(ctx context.Context, user model.User, current string) ([]model.Token, error)
	RevokeToken(ctx context.Context, user model.User, id model.TokenID) error
	BeginDeviceLogin(ctx context.Context) (accounts.DeviceCode, error)
	Notifications(ctx context.Context, user model.User) (notify.Preferences, error)
	ChangeNotifications(ctx context.Context, user model.User, c notify.Change) (notify.Preferences, error)
	TakeDeviceLogin(ctx context.Context, device string) (token string, user model.User, err error)
}

// Routes are the routes about users: signing in and out, users, tokens.
type Routes struct {
	hub  Hub
	door *door.Door
	now  func() time.Time
	// wrong limits wrong codes, devices the sign-ins that are begun.
	wrong, devices *door.NetworkLimit
	begun          begunFrom
}

// New returns the routes. wrong limits wrong codes, on whichever route they are sent.
func New(hub Hub, d *door.Door, wrong *door.NetworkLimit, now func() time.Time) *Routes {
	return &Routes{hub: hub, door: d, now: now, wrong: wrong, devices: door.NewNetworkLimit(now, devicesOfOne, devicesOfAll)}
}

// Register adds the routes.
func (s *Routes) Register(api huma.API) {
	s.accounts(api)
	s.deviceLogin(api)
	s.users(api)
	s.notifications(api)
}

// BegunAt returns where a sign-in with that short code was begun; empty if unknown.
func (s *Routes) BegunAt(code string) string { return s.begun.find(code, s.now()) }
