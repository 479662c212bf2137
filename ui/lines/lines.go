// Package lines is the inbox as lines, for whoever has the screen read aloud: a command is typed,
// and whole lines answer it; what happens meanwhile is a line of its own. Nothing in it depends on
// where it stands or on a colour. It works on the same client, the same model and the same rules as
// the screen.
package lines

import (
	"context"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/notify"
	"parley/model/snippet"
	"parley/model/turn"
	"parley/ui/look"
	"parley/ui/theme"
)

// Drafts keeps what is being written.
type Drafts interface {
	// Save writes a draft to disk; an empty one is deleted.
	Save(of model.DraftOf, d model.Draft) error
}

// Options are the dependencies of a Model.
type Options struct {
	Hub    Hub
	Drafts Drafts
	// Inbox is what is known of the hub.
	Inbox *inbox.Inbox
	Words *i18n.Localizer
	Zone  *time.Location
	// Now is this machine's clock.
	Now func() time.Time
	// Notice is said first; empty: nothing.
	Notice string
	// Typed are the drafts of earlier runs, Unsent the replies that got no answer.
	Typed  map[model.DraftOf]model.Draft
	Unsent []model.Reply
	// Hold is how long replies are held back; 0: not at all. Advance: the next conversation that
	// waits opens after one is done with.
	Hold    time.Duration
	Advance bool
	// Downloads saves attachments on the user's machine, and Browse opens what is saved; nil: it is
	// another machine.
	Downloads Downloads
	Browse    func(path string) error
	// Connect has the next try to connect come at once.
	Connect func()
}

// output is lines that wait to be printed. Those about a conversation are dropped when the user may no
// longer see it.
type output struct {
	of    model.ConversationID
	lines []string
}

// question is what is asked at the prompt.
type question struct {
	// of is the conversation that it speaks of; empty: none.
	of model.ConversationID
	// prompt is asked, and text stands there already.
	prompt, text string
	// draft: what is typed is a draft of that.
	draft *model.DraftOf
	// answer is called with what was typed; leave, if the user wants out with that text. Nil: nothing
	// is to be done then.
	answer func(text string)
	leave  func(text string)
}

// Model is the inbox as lines. One goroutine owns it.
type Model struct {
	voice
	o     Options
	hub   Hub
	inbox *inbox.Inbox
	// ahead is how far the hub's clock is ahead of this machine's.
	ahead time.Duration
	wire  inbox.Connection
	// ready: all is known that is to be known at the start, and the user was greeted.
	ready bool

	// waiting is what is to be printed; seen is what the user had before them when nothing waited.
	waiting []output
	seen    map[model.PageID]model.Position
	// question is what is asked; nil: a command is.
	question *question
	// busy counts the calls whose answer the prompt waits for.
	busy    int
	quitted bool
	// begin has something done beside, and what it returns done here.
	begin func(func(context.Context) func())

	listing listing
	shown   model.ConversationID
	talk    talk
	round   turn.Round
	undo    undos
	written written
	news    news
	company company
	prefs   notify.Preferences
	texts   []snippet.Snippet
	users   []model.Colleague
	verbs   []verb
	told    map[i18n.ID]bool

	reads  reading
	writes writing
	sorts  sorting
	links  linking
	tells  telling
}

// The parts of a Model, by what they are about.
type (
	// reading finds conversations and reads them out.
	reading struct{ *Model }
	// writing is what the user writes, until the hub has it.
	writing struct{ *Model }
	// sorting is triage.
	sorting struct{ *Model }
	// linking is the links to the CRM.
	linking struct{ *Model }
	// telling is what is said of what happens meanwhile, and what colleagues are told.
	telling struct{ *Model }
)

// New returns a Model that knows nothing yet but what its options say.
func New(o Options) *Model {
	m := &Model{
		o: o, hub: o.Hub, inbox: o.Inbox, seen: map[model.PageID]model.Position{}, prefs: notify.Defaults(), told: map[i18n.ID]bool{},
		voice: voice{Look: look.Look{Theme: theme.Theme{Glyphs: spoken}, Words: o.Words, Zone: o.Zone}},
		news:  news{known: map[model.ConversationID]heard{}, sent: map[model.MessageID]model.ConversationID{}},
	}
	m.reads, m.writes, m.sorts, m.links, m.tells = reading{m}, writing{m}, sorting{m}, linking{m}, telling{m}
	m.company.others = map[model.ConversationID][]doing{}
	m.written = newWritten(o)
	m.verbs = m.table()
	m.reads.shows(answerable())
	if o.Notice != "" {
		m.say(o.Notice)
	}
	m.say(m.Say(i18n.LinesWelcome), m.Say(i18n.LinesReading))
	return m
}

// spoken are signs that are heard as a pause, or not at all.
var spoken = theme.Glyphs{More: "...", Bullet: ","}

// now returns the hub's time.
func (m *Model) now() time.Time { return m.o.Now().Round(0).Add(m.ahead) }

// say prints lines that are about no customer.
func (m *Model) say(lines ...string) { m.sayOf("", lines...) }

// sayOf prints lines about a conversation, as long as the user may see it.
func (m *Model) sayOf(id model.ConversationID, lines ...string) {
	if len(lines) > 0 && !m.lost(id) {
		m.waiting = append(m.waiting, output{id, lines})
	}
}

// sayOnce prints a sentence the first time.
func (m *Model) sayOnce(id i18n.ID, pairs ...any) {
	if !m.told[id] {
		m.told[id] = true
		m.say(m.Say(id, pairs...))
	}
}

// ask asks something instead of the next command.
func (m *Model) ask(q question) { m.question = &q }

// patience is how long the hub may take to answer what the user waits for.
const patience = 20 * time.Second

// call asks the hub for something that the user waits for.
func (m *Model) call(work func(context.Context) func()) {
	m.busy++
	m.begin(func(ctx context.Context) func() {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		then := work(ctx)
		return func() {
			m.busy--
			if then != nil {
				then()
			}
		}
	})
}

// live reports whether the hub is there and has confirmed what is known.
func (m *Model) live() bool {
	_, kept := m.inbox.KeptSince()
	return m.wire.State == inbox.Live && !kept
}

// conversation returns a conversation that the user may see.
func (m *Model) conversation(id model.ConversationID) (inbox.Row, bool) {
	if id == "" {
		return inbox.Row{}, false
	}
	return m.inbox.Conversation(id)
}

// lost reports whether a conversation is gone, or no longer the user's to see. While its Page is
// reloaded it is neither.
func (m *Model) lost(id model.ConversationID) bool {
	if _, ok := m.inbox.Conversation(id); ok || id == "" {
		return false
	}
	p, ok := m.inbox.Page(id.Page())
	return !ok || !p.Sees || m.inbox.Complete(p.ID)
}

// nameOf returns a customer's name.
func (m *Model) nameOf(id model.ConversationID) string {
	r, ok := m.conversation(id)
	if !ok {
		return ""
	}
	return m.Name(r.Customer)
}
