// Package page is what users do with a Page: connect it, check it, import its past
// conversations, set its greeting, share its link, and choose who sees it.
package page

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Greeter reads and sets a Page's greetings.
type Greeter interface {
	// Greetings returns a Page's greetings.
	Greetings(ctx context.Context, page model.PageID) ([]model.Greeting, error)
	// SetGreeting sets the greeting of a locale, DeleteGreeting deletes it; both return all
	// greetings.
	SetGreeting(ctx context.Context, page model.PageID, g model.Greeting) ([]model.Greeting, error)
	DeleteGreeting(ctx context.Context, page model.PageID, locale string) ([]model.Greeting, error)
}

// Connector connects a Page.
type Connector interface {
	// BeginConnect starts connecting a Page through the browser, with that visibility
	// preselected; empty: the hub's choice. Connect returns the progress, CancelConnect cancels
	// it. Only an admin may.
	BeginConnect(ctx context.Context, v model.Visibility) (model.Connect, error)
	Connect(ctx context.Context, id string) (model.Connect, error)
	CancelConnect(ctx context.Context, id string) (model.Connect, error)
}

// Importer imports past conversations.
type Importer interface {
	// BeginImport starts or resumes importing a Page's past conversations; CancelImport stops
	// it.
	BeginImport(ctx context.Context, page model.PageID) (model.Import, error)
	CancelImport(ctx context.Context, page model.PageID) (model.Import, error)
}

// Keeper maintains a Page.
type Keeper interface {
	// ReadNotice marks a notice as read, for all who see its Page.
	ReadNotice(ctx context.Context, page model.PageID, id string) (model.Notice, error)
	// CheckPage makes the hub ask Facebook about a Page's state; with repair, it subscribes
	// the webhooks again first. It returns the Page after that.
	CheckPage(ctx context.Context, id model.PageID, repair bool) (model.Page, error)
	// SetVisibility makes a Page private or shared; only its installer may.
	SetVisibility(ctx context.Context, id model.PageID, v model.Visibility) (model.Page, error)
	// Doctor checks everything between Facebook and a Page's inbox.
	Doctor(ctx context.Context, id model.PageID) ([]model.Check, error)
	// Uninstall uninstalls a Page, for everybody; only an admin may.
	Uninstall(ctx context.Context, id model.PageID) (model.Page, error)
}

// Hub is what this package needs of a client.
type Hub interface {
	Greeter
	Connector
	Importer
	Keeper
}

// Team is the users of the hub.
type Team interface {
	// Read reads the users, and then calls then.
	Read(then func()) tea.Cmd
	// Size returns how many users there are; 0: not known yet.
	Size() int
}

// Model is what users do with a Page.
type Model struct {
	*screen.Screen
	hub  Hub
	team Team
	// greeting is the overlay that waits for a Page's greetings.
	greeting *overlay.Choice
	// Connecting is the Page being connected in the user's browser.
	Connecting connecting
	sights     sights
}

// New returns the Model of a screen.
func New(s *screen.Screen, h Hub, t Team) *Model {
	return &Model{Screen: s, hub: h, team: t, sights: newSights()}
}

// Msg is a message for Model.
type Msg interface{ aboutPage() }

func (visibilitySet) aboutPage() {}
func (ConnectSaid) aboutPage()   {}
func (connectTick) aboutPage()   {}
func (importSaid) aboutPage()    {}
func (greetingsRead) aboutPage() {}
func (noticesRead) aboutPage()   {}
func (pageChecked) aboutPage()   {}

// Update handles a message.
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
	case examined:
		m.examined(msg)
	case uninstalled:
		m.uninstalled(msg)
	}
	return nil
}
