// Package snippets is the snippets as the screen knows them: inserting one in what is being
// written, running a macro, and keeping them.
package snippets

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/snippet"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Hub is what this package needs of a client.
type Hub interface {
	// Snippets returns the team's snippets and the user's own, by name.
	Snippets(ctx context.Context) ([]snippet.Snippet, error)
	// PutSnippet adds or changes a snippet: the user's own, or one of the team, which admins may.
	PutSnippet(ctx context.Context, s snippet.Snippet) (snippet.Snippet, error)
	// RemoveSnippet removes a snippet: the user's own, or one of the team, which admins may.
	RemoveSnippet(ctx context.Context, name string, team bool) error
	// Record returns a record of the CRM as it is now.
	Record(ctx context.Context, ref model.RecordRef) (model.Record, error)
}

// Composer is what this package needs of the text being written.
type Composer interface {
	// IsOpen reports whether something is being written; Note, whether it is a note.
	IsOpen() bool
	Note() bool
	Conversation() model.ConversationID
	Text() string
	// Bare reports whether there is nothing to send: no text, no quote and no file.
	Bare() bool
	// BeforeCursor returns the line of the text up to the cursor.
	BeforeCursor() string
	// Replace replaces the last n code points before the cursor, and reports whether that fits.
	Replace(n int, s string) bool
}

// Writer is what writes.
type Writer interface {
	// OpenComposer opens the composer for a reply to the current conversation.
	OpenComposer() tea.Cmd
	// Typing starts what follows a change of the text.
	Typing() tea.Cmd
	// Send sends off the text, or says why it can't be sent.
	Send() tea.Cmd
	// LeaveBox closes the composer.
	LeaveBox() tea.Cmd
}

// Records are the records of the CRM, as far as this user may see them.
type Records interface {
	// Held returns a record that the screen has read just now for the open conversation.
	Held(ref model.RecordRef) (model.Record, bool)
}

// Triage changes the triage of conversations.
type Triage interface {
	// Act changes the triage of a conversation in one step that can be undone; said is said once it
	// is done.
	Act(id model.ConversationID, t model.Triage, said string) tea.Cmd
}

// Team is the users of the hub.
type Team interface {
	// Colleagues returns the other users, by name.
	Colleagues() []model.Colleague
}

// Parts are the parts of the screen that this package works with.
type Parts struct {
	Composer Composer
	Writer   Writer
	Records  Records
	Triage   Triage
	Team     Team
	// NeedsOne says why what goes to one customer can't be done now; empty: it can.
	NeedsOne func() string
}

// Model is the snippets, as far as the screen knows them.
type Model struct {
	*screen.Screen
	Parts
	hub Hub
	// all are the snippets as last read; at is when, zero before the first time. why is why they
	// could not be read.
	all []snippet.Snippet
	at  time.Time
	why string
	// reading: they are being read. changed updates what shows them.
	reading bool
	changed func()
	// follows is what a macro does once the reply that it wrote is sent, by conversation.
	follows map[model.ConversationID]snippet.Snippet
	// placeKeys returns the keys of macros by their place; taken reports whether a key runs a command,
	// which macros don't take.
	placeKeys func() []string
	taken     func(key string) bool
	// Configured are the macros that the user set on this machine.
	Configured []Configured
	// sent is the last reply that a macro sent.
	sent sentByMacro
	// over is the conversation that the picker lies speaks of.
	over model.ConversationID
	lies overlay.Overlay
}

// New returns a Model that knows no snippet yet. placeKeys returns the keys of macros by their place;
// taken reports whether a key runs a command.
func New(s *screen.Screen, h Hub, p Parts, placeKeys func() []string, taken func(key string) bool) *Model {
	return &Model{Screen: s, Parts: p, hub: h, follows: map[model.ConversationID]snippet.Snippet{}, placeKeys: placeKeys, taken: taken}
}

// Msg is a message for Model.
type Msg interface{ aboutSnippets() }

func (read) aboutSnippets()       {}
func (stored) aboutSnippets()     {}
func (removed) aboutSnippets()    {}
func (recordRead) aboutSnippets() {}

// Update handles a message.
func (m *Model) Update(msg Msg) tea.Cmd {
	switch msg := msg.(type) {
	case read:
		m.read(msg)
	case stored:
		return m.stored(msg)
	case removed:
		return m.removed(msg)
	case recordRead:
		return m.recordRead(msg)
	}
	return nil
}

// read is the answer with the snippets.
type read struct {
	all []snippet.Snippet
	err error
}

// Read reads the snippets: after connecting, and whenever they are about to be shown, as others
// change those of the team.
func (m *Model) Read() tea.Cmd {
	if m.reading {
		return nil
	}
	m.reading = true
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		all, err := hub.Snippets(ctx)
		return read{all, err}
	})
}

// staleAfter is after how long snippets are read again when somebody begins to write.
const staleAfter = time.Minute

// ReadStale reads the snippets if they were not read for a while.
func (m *Model) ReadStale() tea.Cmd {
	if !m.Live() || m.Now().Sub(m.at) < staleAfter {
		return nil
	}
	return m.Read()
}

func (m *Model) read(r read) {
	m.reading, m.at, m.why = false, m.Now(), ""
	if r.err != nil {
		m.why = m.Explain(r.err)
	} else {
		m.all = r.all
		snippet.Sort(m.all)
	}
	if m.changed != nil {
		m.changed()
	}
}

// texts returns the snippets that have a text, the user's own instead of the team's of the same
// name.
func (m *Model) texts() []snippet.Snippet {
	var out []snippet.Snippet
	for _, s := range m.all {
		if s.Text != "" {
			out = append(out, s)
		}
	}
	return out
}

// begun returns the name that is being typed after ; or ；, up to the cursor.
func (m *Model) begun() (name string, ok bool) {
	if !m.Composer.IsOpen() {
		return "", false
	}
	before := m.Composer.BeforeCursor()
	at := strings.LastIndexAny(before, ";；")
	if at < 0 {
		return "", false
	}
	_, size := utf8.DecodeRuneInString(before[at:])
	name = before[at+size:]
	if strings.ContainsFunc(name, func(r rune) bool { return !snippet.NameRune(r) }) {
		return "", false
	}
	return name, true
}

// mostNames is how many names the hint shows.
const mostNames = 8

// Hint returns what tab would insert now, or what follows once the reply is sent; "" if nothing.
func (m *Model) Hint() string {
	if s, ok := m.follows[m.Composer.Conversation()]; ok && m.Composer.IsOpen() && !m.Composer.Note() {
		return m.Say(i18n.SaidMacroWaits, "Does", m.does(*s.Macro))
	}
	name, ok := m.begun()
	if !ok || name == "" {
		return ""
	}
	names, _ := snippet.Complete(m.texts(), name)
	if len(names) == 0 {
		return ""
	}
	more := ""
	if len(names) > mostNames {
		names, more = names[:mostNames], " "+m.Look.Theme.More
	}
	for i, n := range names {
		names[i] = ";" + m.Look.Ours(n)
	}
	return m.Say(i18n.SnippetHint, "Key", m.KeyOf("snippet"), "Names", strings.Join(names, " ")+more)
}

// NeedsName says why no name can be completed; empty: one can.
func (m *Model) NeedsName() string {
	if _, ok := m.begun(); !ok {
		return m.Say(i18n.WhyNoSnippetName)
	}
	return ""
}

// Expand inserts the snippet whose name is typed before the cursor, or completes the name.
func (m *Model) Expand() tea.Cmd {
	name, _ := m.begun()
	typed := 1 + utf8.RuneCountInString(name)
	names, common := snippet.Complete(m.texts(), name)
	s, exact := snippet.Find(m.texts(), name)
	switch {
	case name == "":
		return m.Pick()
	case exact:
	case len(names) == 1:
		s, _ = snippet.Find(m.texts(), names[0])
	case len(names) == 0:
		m.Notify(m.Say(i18n.SaidNoSnippet, "Name", m.Look.Ours(name), "Key", m.KeyOf("snippets")))
		return m.ReadStale()
	default:
		if utf8.RuneCountInString(common) > utf8.RuneCountInString(name) {
			m.Composer.Replace(typed-1, common)
			return m.Writer.Typing()
		}
		m.Notify(m.Hint())
		return nil
	}
	id := m.Composer.Conversation()
	return m.fill(id, s, func(text string, missing []snippet.Field) tea.Cmd {
		// While the record was read, something else may have been typed.
		if now, ok := m.begun(); !ok || now != name || m.Composer.Conversation() != id {
			return nil
		}
		return m.insert(typed, text, missing)
	})
}

// insert replaces the last n code points before the cursor by a text, and says which fields are
// missing.
func (m *Model) insert(n int, text string, missing []snippet.Field) tea.Cmd {
	if !m.Composer.Replace(n, text) {
		m.Notify(m.Say(i18n.SnippetTooLong))
		return nil
	}
	if len(missing) > 0 {
		m.NotifyLonger(m.missing(missing))
	} else {
		m.Hush()
	}
	return m.Writer.Typing()
}

// missing says which fields have no value here.
func (m *Model) missing(fields []snippet.Field) string {
	return m.Say(i18n.SaidMissingFields, "Fields", Names(fields))
}

// Names lists fields as they stand in a text.
func Names(fields []snippet.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.String()
	}
	return strings.Join(names, " ")
}

// Follow closes what speaks of a conversation that is gone or hidden, and forgets what was to be done
// with it.
func (m *Model) Follow() {
	if m.lies != nil && m.Overlaid() != m.lies {
		m.over, m.lies = "", nil
	}
	if m.lies != nil && m.over != "" && m.Lost(m.over) {
		m.Lift()
		m.over, m.lies = "", nil
	}
	for id := range m.follows { // it follows the reply being written, and no other
		c := m.Composer
		if !c.IsOpen() || c.Note() || c.Conversation() != id || strings.TrimSpace(c.Text()) == "" || m.Lost(id) {
			delete(m.follows, id)
		}
	}
}

// lay opens an overlay that speaks of a conversation.
func (m *Model) lay(id model.ConversationID, o overlay.Overlay, done func(overlay.Action) tea.Cmd) {
	m.over, m.lies = id, o
	m.Lay(o, done)
}
