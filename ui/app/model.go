package app

import (
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/alert"
	"parley/ui/browse"
	"parley/ui/colours"
	"parley/ui/command"
	"parley/ui/conversation"
	"parley/ui/crm"
	"parley/ui/deletion"
	"parley/ui/drafts"
	"parley/ui/editor"
	"parley/ui/guide"
	"parley/ui/guideline"
	list "parley/ui/inbox"
	"parley/ui/labels"
	"parley/ui/later"
	"parley/ui/look"
	"parley/ui/mentions"
	"parley/ui/page"
	"parley/ui/pictures"
	"parley/ui/pointer"
	"parley/ui/presence"
	"parley/ui/screen"
	"parley/ui/snippets"
	"parley/ui/team"
	"parley/ui/term"
	"parley/ui/term/graphics"
	"parley/ui/theme"
	"parley/ui/views"
)

// Hub is what the screen needs of a client of the hub. Its methods are called in
// commands, several at once, with a context that ends them.
type Hub interface {
	page.Hub
	team.Hub
	presence.Hub
	conversation.ReaderHub
	conversation.WriterHub
	browse.Hub
	deletion.Hub
	list.Hub
	labels.Hub
	views.Hub
	snippets.Hub
	// CRM is what hangs on the CRM.
	crm.Hub
	// Explain says an error in the user's words: what happened and what to do.
	Explain(err error) string
}

// Options are what the screen works with.
type Options struct {
	Hub    Hub
	Drafts conversation.Drafts
	// Inbox is what is known of the hub. It belongs to the screen from now on, and is
	// changed by what follows the hub only.
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
	// Macros are the user's macros on this machine.
	Macros []snippets.Configured
	// Edit edits a text in the user's own editor; nil where there is none, as over SSH.
	Edit editor.Edit
	// Files looks at files of the user's machine; nil where they are on another.
	Files conversation.Files
	// Downloads saves attachments on the user's machine; nil where that is another.
	Downloads browse.Downloads
	// Decoder decodes pictures, shown in a size; nil: none are shown.
	Decoder  pictures.Decoder
	Pictures pictures.Size
	// Held are the pictures that the terminal holds; nil: nobody needs to know.
	Held *graphics.Held
	// Hold is how long replies are held back before they leave; 0: not at all.
	Hold time.Duration
	// Guide is what the demo proposes to try; the zero value: nothing.
	Guide guideline.Options
	// Alerts says whom what is told while the user looks elsewhere.
	Alerts alert.Options
	// Preview: the conversation follows the selection after a moment.
	Preview bool
	// Connect makes the next try to reach the hub come at once.
	Connect func()
	// Advance: after done, snooze and assign the next conversation that waits opens.
	Advance bool
	// Shell: there is one to go back to for a while.
	Shell bool
	// NoMouse leaves the mouse to the terminal at first.
	NoMouse bool
	// Widths are those of panes that the user wants.
	Widths screen.Widths
	// Remember keeps a setting that the user changed on the screen, for the next start; nil: it
	// is not kept. It returns a sentence that says why it is not; empty: it is.
	Remember func(name string, value any) string
	// ASCII: draw states with ASCII characters.
	ASCII bool
	// AskColours: the terminal answers rightly when asked whether it has true colour.
	AskColours bool
	// Colours are those of the screen, and which others there are.
	Colours colours.Options
}

// Model is the screen.
type Model struct {
	*screen.Screen
	hub Hub
	// shell: there is one to go back to.
	shell bool
	// connect makes the next try to reach the hub come at once.
	connect func()
	// tellsTyping is who wants to know whether text is being typed.
	tellsTyping func(bool)

	terminal terminal
	colours  *colours.Model
	commands *command.Registry

	browse       *browse.Model
	inbox        *list.Model
	labels       *labels.Model
	pictures     *pictures.Model
	views        *views.Model
	conversation *conversation.Model
	writer       *conversation.Writer
	deletion     *deletion.Model
	later        *later.Model
	drafts       *drafts.Model
	team         *team.Model
	presence     *presence.Model
	page         *page.Model
	crm          *crm.Model
	alerts       *alert.Model
	mentions     *mentions.Model
	finishing    *finishing
	snippets     *snippets.Model
	editor       *editor.Model
	panes        panes
	pointer      *pointer.Model
	guide        *guide.Model
	guideline    *guideline.Model
	frame        frame
	// pressed is the key that was pressed last, as registries name it.
	pressed string
}

// ErrOptions is that the screen can't work with its options.
var ErrOptions = errors.New("options of the screen")

// New returns the screen.
func New(o Options) (*Model, error) {
	m := &Model{
		hub: o.Hub, shell: o.Shell, connect: o.Connect, tellsTyping: o.Typing,
		terminal: terminal{ascii: o.ASCII, asksColours: o.AskColours, profile: colorprofile.TrueColor},
	}
	m.Screen = screen.New(m, o.Inbox, o.Now, o.Browse)
	m.Widths, m.Remember = o.Widths, o.Remember
	m.Look.Words, m.Look.Zone = o.Words, o.Zone
	m.assemble(o)
	var err error
	if m.commands, err = command.New(commands{m}.table(), o.Keys); err != nil {
		return nil, errors.Join(ErrOptions, err)
	}
	m.guide.SetCommands(m.commands)
	m.restyle()
	if said := strings.TrimSpace(o.Notice + " " + m.lostKeys()); said != "" {
		m.NotifyLonger(said)
	}
	m.inbox.List.SetRows(m.Inbox.View(m.Query))
	return m, nil
}

// assemble puts the parts of the screen together.
func (m *Model) assemble(o Options) {
	rows := list.NewList()
	m.team = team.New(m.Screen, o.Hub)
	m.presence = presence.New(m.Screen, o.Hub)
	m.page = page.New(m.Screen, o.Hub, m.team)
	m.conversation, m.writer = conversation.New(m.Screen, conversation.Options{
		Hub: o.Hub, Drafts: o.Drafts, Files: o.Files, List: rows, Presence: m.presence, Again: func() { m.crm.Refresh() }, Typed: o.Typed, Unsent: o.Unsent, Hold: o.Hold,
	})
	m.deletion = deletion.New(m.Screen, o.Hub, m.conversation)
	m.pictures = pictures.New(m.Screen, o.Hub, o.Decoder, o.Pictures, m.conversation.Redraw)
	m.pictures.SetTerminal(o.Held)
	m.conversation.Pictures = m.pictures
	m.later = later.New(m.Screen, conversation.NewLater(m.writer))
	m.drafts = drafts.New(m.Screen, conversation.NewDrafting(m.writer))
	m.crm = crm.New(m.Screen, o.Hub, m.conversation)
	m.browse = browse.New(m.Screen, o.Hub, o.Downloads, m.conversation.Thread)
	m.inbox = list.New(m.Screen, o.Hub, rows, m.team, m.conversation, o.Preview)
	m.mentions = mentions.New(m.Screen, m.writer.Box, m.team)
	m.labels = labels.New(m.Screen, o.Hub, m.inbox.Bulk)
	m.inbox.Hints.Labels, m.inbox.Hints.ReadLabels = m.labels.Known, m.labels.Read
	m.views = views.New(m.Screen, o.Hub, m.inbox, func() []string { return m.keysOf("view") }, m.inbox.Hints.Readable)
	m.alerts = alert.New(m.Screen, o.Alerts)
	m.guideline = guideline.New(m.Screen, o.Guide)
	m.inbox.Advance = o.Advance
	m.finishing = &finishing{m.Screen, m.inbox, m.writer, m.conversation, map[model.ClientID]*finished{}}
	m.editor = editor.New(m.Screen, m.writer.Box, m.writer.Typing, o.Edit)
	m.snippets = snippets.New(m.Screen, o.Hub, snippets.Parts{
		Composer: m.writer.Box, Writer: m.writer, Records: m.crm, Triage: m.inbox, Team: m.team, NeedsOne: m.inbox.Bulk.NeedsOne,
	}, func() []string { return m.keysOf("macro") }, m.keyTaken)
	m.colours = colours.New(m.Screen, o.Colours, m.restyle)
	m.snippets.Configured = o.Macros
	m.panes = panes{m.Screen, m.inbox, m.conversation, m.crm}
	m.pointer = pointer.New(m.Screen, pointer.Parts{
		Inbox: m.inbox, Conversation: m.conversation, Writer: m.writer, CRM: m.crm, Run: func(id string) tea.Cmd {
			if c, ok := m.commands.Get(id); ok {
				return m.run(c)
			}
			return nil
		},
	}, o.NoMouse)
	m.guide = guide.New(m.Screen, guide.Parts{Pages: m.page, Items: []guide.Items{m.views, m.snippets}, Scope: m.panes.scope, Run: m.run})
}

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd {
	return tea.Batch(m.terminal.ask(), m.settle())
}

// terminal is what the terminal said of itself.
type terminal struct {
	profile   colorprofile.Profile
	graphemes bool
	// light: its background is light.
	light, ascii bool
	// asksColours: whether it has true colour is asked; some answer wrongly.
	asksColours bool
}

// ask asks the terminal what it can do.
func (t terminal) ask() tea.Cmd { return term.AskColours(t.asksColours) }

// restyle makes the look anew after something that it depends on changed.
func (m *Model) restyle() {
	scheme := m.colours.Scheme()
	m.LightGround = m.terminal.light
	if light, known := scheme.Ground(); known {
		m.LightGround = light
	}
	t := theme.New(theme.Options{Light: m.LightGround, Profile: m.terminal.profile, ASCII: m.terminal.ascii, Scheme: scheme})
	l := look.Look{Theme: t, Words: m.Look.Words, Zone: m.Look.Zone, Version: t.Version}
	if m.terminal.graphemes {
		l.Cells = graphemes
		l.Version |= 1 << 8
	}
	m.Look = l
	m.pictures.SetProfile(m.terminal.profile)
	m.writer.Box.SetLook(l)
	m.conversation.Redraw()
}

// Unsaved returns the composer's text and what it is of, for when the program ends
// otherwise than by its own keys.
func (m *Model) Unsaved() (model.DraftOf, model.Draft) { return m.writer.Unsaved() }

// Unheard returns what the user sent off and the hub has not taken, for when the program
// ends.
func (m *Model) Unheard() []model.Reply { return m.writer.Unheard() }

// KeyOf returns the key of a command, empty where it has none.
func (m *Model) KeyOf(id string) string {
	c, ok := m.commands.Get(id)
	if !ok {
		return ""
	}
	return c.Key()
}

// Explain says an error in the user's words: what happened and what to do.
func (m *Model) Explain(err error) string { return m.hub.Explain(err) }

// Composing tells whether a text is being typed to be sent.
func (m *Model) Composing() bool { return m.writer.Box.IsOpen() }

// Selected returns the conversation that is selected in the list.
func (m *Model) Selected() (inbox.Row, bool) { return m.inbox.List.Selected() }
