// Package pages serves Pages over HTTP: connecting them, their state, their greetings and past
// conversations.
package pages

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/hub/pages"
	"parley/model"
)

// Hub is what these routes need of the hub.
type Hub interface {
	Pages(ctx context.Context, user model.User) ([]model.Page, model.AsOf, error)
	ConnectPage(ctx context.Context, user model.User, c pages.Connection) (page model.Page, created bool, err error)
	SetVisibility(ctx context.Context, user model.User, id model.PageID, v model.Visibility) (model.Page, error)
	CheckPage(ctx context.Context, user model.User, id model.PageID, repair bool) (model.Page, error)
	Uninstall(ctx context.Context, user model.User, id model.PageID) (model.Page, error)
	Doctor(ctx context.Context, user model.User, id model.PageID) ([]model.Check, error)

	Greetings(ctx context.Context, user model.User, id model.PageID) ([]model.Greeting, error)
	SetGreeting(ctx context.Context, user model.User, id model.PageID, g model.Greeting) ([]model.Greeting, error)
	DeleteGreeting(ctx context.Context, user model.User, id model.PageID, locale string) ([]model.Greeting, error)

	ImportStatus(ctx context.Context, user model.User, id model.PageID) (model.Import, error)
	BeginImport(ctx context.Context, user model.User, id model.PageID) (model.Import, error)
	CancelImport(ctx context.Context, user model.User, id model.PageID) (model.Import, error)

	BeginConnect(ctx context.Context, user model.User, v model.Visibility, zone string) (model.Connect, string, error)
	ConnectStatus(user model.User, id string) (model.Connect, error)
	CancelConnect(user model.User, id string) (model.Connect, error)
}

// Routes are the routes about Pages: connecting them, their state, their greetings and past
// conversations.
type Routes struct {
	hub  Hub
	door *door.Door
	// linkTo returns the link that opens an attempt to connect in a browser.
	linkTo func(link string) string
}

// New returns the routes. linkTo returns the link that opens an attempt to connect in a
// browser.
func New(hub Hub, d *door.Door, linkTo func(link string) string) *Routes {
	return &Routes{hub: hub, door: d, linkTo: linkTo}
}

// Register adds the routes.
func (s *Routes) Register(api huma.API) {
	s.pages(api)
	s.connections(api)
	s.imports(api)
	s.greetings(api)
	s.doctor(api)
}
