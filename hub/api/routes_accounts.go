package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub"
	"parley/model"
)

// accountsHub is what these routes need of the hub.
type accountsHub interface {
	Login(ctx context.Context, code string) (token string, user model.User, err error)
	Logout(ctx context.Context, token string) error
	SetAvailable(ctx context.Context, user model.User, available bool) (model.User, error)
	Users(ctx context.Context, user model.User) ([]model.Colleague, error)
	Tokens(ctx context.Context, user model.User, current string) ([]model.Token, error)
	RevokeToken(ctx context.Context, user model.User, id model.TokenID) error
	BeginDeviceLogin(ctx context.Context) (hub.DeviceCode, error)
	TakeDeviceLogin(ctx context.Context, device string) (token string, user model.User, err error)
}

// accountRoutes are the routes about who works here: signing in and out, users, tokens.
type accountRoutes struct {
	hub  accountsHub
	door *Door
	now  func() time.Time
	// wrong are codes that let nobody in, devices sign-ins begun.
	wrong, devices *rateLimit
	begun          begunFrom
}

// newAccountRoutes serves accounts. wrong bounds codes that let nobody in, wherever they
// are brought.
func newAccountRoutes(hub accountsHub, door *Door, wrong *rateLimit, now func() time.Time) *accountRoutes {
	return &accountRoutes{hub: hub, door: door, now: now, wrong: wrong, devices: newRateLimit(now, devicesOfOne, devicesOfAll)}
}

// register adds the routes.
func (s *accountRoutes) register(api huma.API) {
	s.accounts(api)
	s.deviceLogin(api)
	s.users(api)
}

// begunAt tells from where a sign-in by that short code was begun; empty: it is not known.
func (s *accountRoutes) begunAt(code string) string { return s.begun.of(code, s.now()) }
