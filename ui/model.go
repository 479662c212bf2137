package ui

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/command"
	"parley/ui/composer"
	"parley/ui/crm"
	list "parley/ui/inbox"
	"parley/ui/look"
	"parley/ui/page"
	"parley/ui/screen"
	"parley/ui/team"
	"parley/ui/theme"
	"parley/ui/thread"
)

// Options are what the screen works with.
type Options struct {
	Hub    Hub
	Drafts Drafts
	// Inbox is what is known of the hub. It belongs to the screen from now on, and is
	// changed by [News] only.
	Inbox *inbox.Inbox
	Words *i18n.Localizer
	// Zone is the user's, for times of day.
	Zone *time.Location
	// Notice is told when the screen begins; empty: nothing.
	Notice string
	// Browse opens an address in the user's browser. Nil: there is none on this
	// machine, as over SSH; addresses are copied.
	Browse func(url string) error
	// Typing is told whether text is being typed, after each change; nil: nobody asks.
	Typing func(bool)
	// Now is the clock of this machine.
	Now func() time.Time
	// Typed are the drafts of earlier runs.
	Typed map[model.DraftOf]model.Draft
	// Unsent are the replies of earlier runs that nobody answered.
	Unsent []model.Reply
	// Keys are the keys of some commands, as the user set them.
	Keys map[string][]string
	// Files looks at files of the user's machine; nil where they are on another.
	Files Files
	// Preview: the conversation follows the selection after a moment.
	Preview bool
	// Shell: there is one to go back to for a while.
	Shell bool
	// ASCII: draw states with ASCII characters.
	ASCII bool
	// AskColours: the terminal answers rightly when asked whether it has true colour.
	AskColours bool
	// Light and Dark say what the terminal's ground is; neither: it is asked.
	Light, Dark bool
}

// Model is the screen.
type Model struct {
	*screen.Screen
	hub    Hub
	drafts Drafts
	// preview: the conversation follows the selection.
	preview bool
	// shell: there is one to go back to.
	shell bool
	// tellsTyping is who wants to know whether text is being typed.
	tellsTyping func(bool)

	terminal terminal
	commands *command.Registry

	// panel: the right-hand panel is wanted. Where there is room for three panes it is
	// shown unless it was closed.
	panelOpen, panelClosed bool

	list    *list.List
	search  search
	thread  *thread.Pane
	talk    conversation
	box     *composer.Box
	typed   typed
	replies pending
	// quotes are the messages that replies being written quote.
	quotes map[model.ConversationID]model.MessageID
	// files looks at the user's files, nil where they are not; attached are those that go
	// with replies being written.
	files    Files
	attached map[model.ConversationID][]model.File
	// stopped are the replies whose files the user stopped sending.
	stopped map[model.ClientID]bool
	// numbered is the number of the last key press that sent something off.
	numbered int64
	// returned is what came back of what was sent off, to be changed, and stands first in
	// what is typed.
	returned map[model.DraftOf]string
	// untold: earlier runs left replies, and the user has not been told.
	untold   bool
	newer    newer
	team     *team.Model
	presence presence
	crm      *crm.Model
	page     *page.Model
	acting   acting
	frame    frame
}

// ErrOptions is that the screen can't work with its options.
var ErrOptions = errors.New("options of the screen")

// New returns the screen.
func New(o Options) (*Model, error) {
	m := &Model{
		hub: o.Hub, drafts: o.Drafts, preview: o.Preview, shell: o.Shell, tellsTyping: o.Typing,
		terminal: terminal{fixed: o.Light || o.Dark, ascii: o.ASCII, asksColours: o.AskColours, profile: colorprofile.TrueColor},
		list:     list.New(), thread: thread.New(), box: composer.New(),
		typed:   newTyped(o.Typed),
		replies: pending{}, returned: map[model.DraftOf]string{}, acting: acting{}, stopped: map[model.ClientID]bool{}, quotes: map[model.ConversationID]model.MessageID{}, files: o.Files, attached: map[model.ConversationID][]model.File{},
	}
	m.Screen = screen.New(m, o.Inbox, o.Now, o.Browse)
	m.crm = crm.New(m.Screen, o.Hub, m)
	m.LightGround = o.Light
	m.team = team.New(m.Screen, o.Hub)
	m.page = page.New(m.Screen, o.Hub, m.team)
	m.Look.Words, m.Look.Zone = o.Words, o.Zone
	var err error
	if m.commands, err = command.New(m.table(), o.Keys); err != nil {
		return nil, errors.Join(ErrOptions, err)
	}
	m.restyle()
	m.takeUnsent(o.Unsent)
	if o.Notice != "" {
		m.NotifyLonger(o.Notice)
	}
	m.list.SetRows(m.Inbox.View(m.Query))
	return m, nil
}

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd {
	return tea.Batch(m.terminal.ask(), m.settle())
}

// terminal is what the terminal said of itself.
type terminal struct {
	profile   colorprofile.Profile
	graphemes bool
	// fixed: the user said what the ground is.
	fixed, ascii bool
	// asksColours: whether it has true colour is asked; some answer wrongly.
	asksColours bool
}

// ask asks the terminal what it can do.
func (t terminal) ask() tea.Cmd {
	var all []tea.Cmd
	if !t.fixed {
		all = append(all, tea.RequestBackgroundColor)
	}
	if t.asksColours {
		all = append(all, tea.RequestCapability("RGB"), tea.RequestCapability("Tc"))
	}
	return tea.Batch(all...)
}

// restyle makes the look anew after something that it depends on changed.
func (m *Model) restyle() {
	t := theme.New(theme.Options{Light: m.LightGround, Profile: m.terminal.profile, ASCII: m.terminal.ascii})
	l := look.Look{Theme: t, Words: m.Look.Words, Zone: m.Look.Zone, Version: uint32(t.Version)}
	if m.terminal.graphemes {
		l.Cells = graphemes
		l.Version |= 1 << 8
	}
	m.Look = l
	m.box.SetLook(l)
	m.talk.stale = true
}
