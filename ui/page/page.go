// Package page is what the user does with a Page as a whole: connect it, check it, bring its past
// in, greet, share its link, and say who sees it.
package page

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Greeter reads and sets what a Page greets with.
type Greeter interface {
	// Greetings returns what a Page greets with, by locale.
	Greetings(ctx context.Context, page model.PageID) ([]model.Greeting, error)
	// SetGreeting sets the greeting of a locale, DeleteGreeting deletes it; both return all
	// that there are then.
	SetGreeting(ctx context.Context, page model.PageID, g model.Greeting) ([]model.Greeting, error)
	DeleteGreeting(ctx context.Context, page model.PageID, locale string) ([]model.Greeting, error)
}

// Connector connects a Page.
type Connector interface {
	// BeginConnect begins to connect a Page through the browser, with that visibility chosen
	// at first; empty: what the hub thinks right. Connect tells how far that is,
	// CancelConnect gives it up. Only an admin may.
	BeginConnect(ctx context.Context, v model.Visibility) (model.Connect, error)
	Connect(ctx context.Context, id string) (model.Connect, error)
	CancelConnect(ctx context.Context, id string) (model.Connect, error)
}

// Importer brings past conversations in.
type Importer interface {
	// BeginImport brings a Page's past conversations in, or takes that up; CancelImport
	// stops it.
	BeginImport(ctx context.Context, page model.PageID) (model.Import, error)
	CancelImport(ctx context.Context, page model.PageID) (model.Import, error)
}

// Keeper looks after a Page.
type Keeper interface {
	// ReadNotice marks a notice as read, for all who see its Page.
	ReadNotice(ctx context.Context, page model.PageID, id string) (model.Notice, error)
	// CheckPage has the hub ask Facebook how a Page stands; with repair, its webhooks are
	// asked for again first. It returns the Page as it is then.
	CheckPage(ctx context.Context, id model.PageID, repair bool) (model.Page, error)
	// SetVisibility makes a Page private or shared; only its installer may.
	SetVisibility(ctx context.Context, id model.PageID, v model.Visibility) (model.Page, error)
}

// Hub is what a Page's commands need of a client of the hub.
type Hub interface {
	Greeter
	Connector
	Importer
	Keeper
}

// Team is who works with the hub.
type Team interface {
	// Read asks who works with the hub, and then does something.
	Read(then func()) tea.Cmd
	// Size returns how many they are; 0: it was not told yet.
	Size() int
}

// Model is what the user does with a Page as a whole.
type Model struct {
	*screen.Screen
	hub  Hub
	team Team
	// greeting waits for a Page's greetings.
	greeting *overlay.Choice
	// Connecting is a Page that the user connects in their browser.
	Connecting connecting
	sights     sights
}

// New returns what is done with the Pages of a screen.
func New(s *screen.Screen, h Hub, t Team) *Model {
	return &Model{Screen: s, hub: h, team: t, sights: newSights()}
}

// Msg is an answer about a Page.
type Msg interface{ aboutPage() }

func (visibilitySet) aboutPage() {}
func (ConnectSaid) aboutPage()   {}
func (connectTick) aboutPage()   {}
func (importSaid) aboutPage()    {}
func (greetingsRead) aboutPage() {}
func (noticesRead) aboutPage()   {}
func (pageChecked) aboutPage()   {}

// Update takes an answer over.
func (m *Model) Update(msg Msg) tea.Cmd {
	switch msg := msg.(type) {
	case visibilitySet:
		m.visibilitySet(msg)
	case ConnectSaid:
		return m.connectSaid(msg)
	case connectTick:
		return m.connectTick(msg)
	case importSaid:
		m.importSaid(msg)
	case greetingsRead:
		m.greetingsRead(msg)
	case noticesRead:
		m.noticesRead(msg)
	case pageChecked:
		m.pageChecked(msg)
	}
	return nil
}
