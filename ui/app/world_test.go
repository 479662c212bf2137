package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/conversation"
	list "parley/ui/inbox"
	"parley/ui/screen"
)

// world is a screen on a hub that is played, at a time that the test tells.
type world struct {
	testing.TB
	*Model
	hub    *fakeHub
	time   time.Time
	drafts fakeDrafts
	quit   bool
	timers []timed
	// slow: the hub does what it is asked, and answers, when the test says so. waiting is
	// what it was asked, oldest first.
	slow    bool
	waiting []func() tea.Msg
	// catch, if it is there, takes answers before the screen gets them.
	catch func(tea.Msg) bool
}

// timed is a message that is due at some time.
type timed struct {
	at  time.Time
	msg tea.Msg
}

var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

const (
	page1 = model.PageID("100")
	me    = model.UserID("me")
)

// english are the words of the tests; to read them takes longer than most of these.
var english = sync.OnceValue(func() *i18n.Localizer { return i18n.New("en") })

// newWorld returns a screen of 120×36 on a Page with some conversations.
func newWorld(t testing.TB, list []model.Conversation, change ...func(*Options)) *world {
	t.Helper()
	w := &world{TB: t, time: noon, hub: &fakeHub{messages: map[model.ConversationID][]model.Message{}}}
	w.drafts = fakeDrafts{}
	o := Options{
		Hub: w.hub, Drafts: w.drafts, Inbox: inbox.NewInbox(model.User{}), Words: english(), Zone: time.UTC,
		Now: func() time.Time { return w.time }, Dark: true,
	}
	for _, f := range change {
		f(&o)
	}
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Model = m
	m.Clock.After = func(d time.Duration, msg tea.Msg) tea.Cmd {
		w.timers = append(w.timers, timed{w.time.Add(d), msg})
		return nil
	}
	w.hub.inbox = m.Inbox
	w.sends(tea.WindowSizeMsg{Width: 120, Height: 36})
	w.sends(append([]inbox.Update{inbox.Connection{State: inbox.Live}}, filled(list)...))
	return w
}

// filled is what whoever follows the hub hands on of the Page and its conversations.
func filled(list []model.Conversation) []inbox.Update {
	at := model.Position{Epoch: "e", Seq: int64(len(list)) + 1}
	connected := noon.Add(-time.Hour)
	page := model.Page{
		ID: page1, PageID: "100", Name: "Aoyama Coffee", Visibility: model.Private, Installer: model.UserRef{ID: me, Name: "Aoi"},
		Sees: true, Seq: 1, ConnectedAt: &connected, Subscribed: true,
	}
	return []inbox.Update{
		inbox.Welcomed{Now: noon, User: model.User{ID: me, Name: "Aoi"}},
		inbox.Reloading{Page: page1},
		inbox.Listed{Page: page1, AsOf: at, First: true, Conversations: list},
		inbox.PagesListed{Pages: []model.Page{page}},
		inbox.Noticed{Page: page1},
		inbox.Complete{Page: page1},
	}
}

// changed is the next change of the Page, as whoever follows the hub hands it on.
func (w *world) changed(kind model.ChangeKind, object any) []inbox.Update {
	w.Helper()
	at, _ := w.Inbox.Position(page1)
	b, err := json.Marshal(object)
	if err != nil {
		w.Fatal(err)
	}
	return []inbox.Update{inbox.Changed{Batch: model.Batch{
		Type: model.FrameBatch, Page: page1, From: at.Seq, To: at.Seq + 1, Events: []model.Change{{Seq: at.Seq + 1, Kind: kind, Object: b}},
	}}}
}

// talk is a conversation in which the customer wrote last, so many minutes before noon.
func talk(n int, minutes int, change ...func(*model.Conversation)) model.Conversation {
	psid := model.PSID(fmt.Sprint(5000 + n))
	at := noon.Add(-time.Duration(minutes) * time.Minute)
	until := at.Add(24 * time.Hour)
	c := model.Conversation{
		ID: model.NewConversationID(page1, psid), PageID: page1, Seq: int64(n) + 1,
		Customer: model.Customer{PSID: psid, Name: model.Untrusted(fmt.Sprintf("Customer %d", n)), Locale: "ja_JP"},
		Status:   model.Open, Started: true, WindowUntil: &until, UpdatedAt: at, Unread: 1,
		LastMessage: &model.Summary{
			ID: model.NewMessageID(page1, fmt.Sprintf("m%d", n)), Direction: model.In,
			Author: model.Author{Kind: model.ByCustomer}, Text: model.Untrusted(fmt.Sprintf("question %d", n)), SentAt: at,
		},
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

// some returns n conversations, the first the newest.
func some(n int) []model.Conversation {
	out := make([]model.Conversation, n)
	for i := range out {
		out[i] = talk(i, i+1)
	}
	return out
}

// sends hands the screen a message, and plays what its commands answer.
func (w *world) sends(msg tea.Msg) {
	w.Helper()
	w.plays(w.updates(msg))
}

// updates hands the screen a message, and returns its command.
func (w *world) updates(msg tea.Msg) tea.Cmd {
	_, cmd := w.Update(msg)
	return cmd
}

// plays runs commands, and what they lead to.
func (w *world) plays(cmd tea.Cmd) {
	w.Helper()
	if cmd != nil {
		w.answered(cmd())
	}
}

func (w *world) answered(msg tea.Msg) {
	w.Helper()
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			w.plays(c)
		}
	case tea.QuitMsg:
		w.quit = true
	default:
		if cmds, ok := sequence(msg); ok {
			for _, c := range cmds {
				w.plays(c)
			}
			return
		}
		if w.catch != nil && w.catch(msg) || w.slow && w.waits(msg) {
			return
		}
		w.sends(msg)
	}
}

// waits puts off what the hub was asked, if that is something that changes what it holds.
func (w *world) waits(msg tea.Msg) bool {
	var later func() tea.Msg
	switch msg := msg.(type) {
	case conversation.Replied:
		later = func() tea.Msg {
			m, err := w.hub.Reply(context.Background(), msg.Reply)
			return conversation.Replied{Reply: msg.Reply, Message: m, Err: err}
		}
	case list.Triaged:
		later = func() tea.Msg {
			c, err := list.Apply(context.Background(), w.hub, msg.Action.Change)
			return list.Triaged{Action: msg.Action, Conversation: c, Err: err}
		}
	default:
		return false
	}
	w.waiting = append(w.waiting, later)
	return true
}

// answers has the hub do the nth of what it was asked, and answer.
func (w *world) answers(n int) {
	w.Helper()
	later := w.waiting[n]
	w.waiting = slices.Delete(w.waiting, n, n+1)
	w.hub.slow = false
	msg := later()
	w.hub.slow = w.slow
	w.sends(msg)
}

// answersAll has the hub do all that it is asked, until nothing waits.
func (w *world) answersAll() {
	w.Helper()
	for len(w.waiting) > 0 {
		w.answers(0)
	}
}

// slows has the hub answer only when the test says so.
func (w *world) slows() { w.slow, w.hub.slow = true, true }

// keys types: one key for each, by Bubble Tea's names.
func (w *world) keys(keys ...string) {
	w.Helper()
	for _, k := range keys {
		w.sends(press(k))
	}
}

// types types text, a key for each character.
func (w *world) types(text string) {
	w.Helper()
	for _, r := range text {
		w.sends(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

var named = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "down": tea.KeyDown, "up": tea.KeyUp, "backspace": tea.KeyBackspace,
}

func press(name string) tea.KeyPressMsg {
	k := tea.KeyPressMsg{}
	rest := name
	for _, mod := range []struct {
		name string
		mod  tea.KeyMod
	}{{"ctrl+", tea.ModCtrl}, {"alt+", tea.ModAlt}, {"shift+", tea.ModShift}} {
		if r, ok := strings.CutPrefix(rest, mod.name); ok {
			k.Mod |= mod.mod
			rest = r
		}
	}
	if code, ok := named[rest]; ok {
		k.Code = code
		return k
	}
	k.Code = []rune(rest)[0]
	if k.Mod == 0 {
		k.Text = rest
	}
	return k
}

// passes lets time pass, and every timer that is due then.
func (w *world) passes(d time.Duration) {
	w.Helper()
	end := w.time.Add(d)
	for {
		i := w.next(end)
		if i < 0 {
			break
		}
		due := w.timers[i]
		w.timers = slices.Delete(w.timers, i, i+1)
		w.time = due.at
		w.sends(due.msg)
	}
	w.time = end
}

// next is the index of the first timer that is due by then, -1 if none is.
func (w *world) next(end time.Time) int {
	first := -1
	for i, t := range w.timers {
		if !t.at.After(end) && (first < 0 || t.at.Before(w.timers[first].at)) {
			first = i
		}
	}
	return first
}

// lines are what the screen shows, without styles.
func (w *world) lines() []string {
	return strings.Split(ansi.Strip(w.View().Content), "\n")
}

func (w *world) text() string { return strings.Join(w.lines(), "\n") }

func (w *world) shows(parts ...string) {
	w.Helper()
	for _, p := range parts {
		if !strings.Contains(w.text(), p) {
			w.Fatalf("%q is not on screen:\n%s", p, w.text())
		}
	}
}

func (w *world) hides(parts ...string) {
	w.Helper()
	for _, p := range parts {
		if strings.Contains(w.text(), p) {
			w.Fatalf("%q is on screen:\n%s", p, w.text())
		}
	}
}

// typed is the text in the composer, typedOf what it is of.
func (w *world) typed() string {
	_, text := w.Unsaved()
	return text
}

func (w *world) typedOf() model.DraftOf {
	of, _ := w.Unsaved()
	return of
}

// marked are the lines of the message that is selected in the conversation.
func (w *world) marked() string {
	x := w.Layout.List
	if x > 0 {
		x += screen.Separator
	}
	var out []string
	for _, line := range w.lines() {
		list, _ := w.Look.Cells.Head(line, x)
		pane, _ := w.Look.Cells.Head(line[len(list):], w.Layout.Thread)
		if rest, ok := strings.CutPrefix(pane, w.Look.Theme.Selected); ok {
			out = append(out, strings.TrimSpace(rest))
		}
	}
	return strings.Join(out, "\n")
}

// holds tells how much the screen holds in a field of one of its parts: what must not be
// seen any more is not held either.
func (w *world) holds(path ...string) int {
	w.Helper()
	v := reflect.ValueOf(w.Model)
	for _, name := range path {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if v = v.FieldByName(name); !v.IsValid() {
			w.Fatalf("the screen has no %v", path)
		}
	}
	if k := v.Kind(); k == reflect.Map || k == reflect.Slice {
		return v.Len()
	}
	if v.IsNil() {
		return 0
	}
	return 1
}

// fakeDrafts is a disk.
type fakeDrafts map[model.DraftOf]string

func (d fakeDrafts) Save(of model.DraftOf, text string, _ time.Time) error {
	d[of] = text
	return nil
}

// fakeHub is a hub that does what it is asked, at once.
type fakeHub struct {
	mu       sync.Mutex
	inbox    *inbox.Inbox
	messages map[model.ConversationID][]model.Message
	// slow: what it is asked now is done later.
	slow bool
	// disk holds what is kept, where a test looks at it.
	disk map[model.ClientID]model.Reply
	// cursor is that of the messages before those; failOlder is why they can't be read.
	cursor    string
	failOlder error
	replies   []model.Reply
	err       error
	read      []model.MessageID
	asked     []string
	found     []model.Found
	seq       int64
	ids       int
	users     []model.Colleague
	told      []model.Ephemeral
	greetings []model.Greeting
	// checked is how a Page stands when Facebook is asked.
	checked *model.Page
	// connect is how far connecting a Page is.
	connect model.Connect
	crm     fakeCRM
}

func (h *fakeHub) note(what string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, what)
	return h.err
}

func (h *fakeHub) Messages(_ context.Context, id model.ConversationID, before string, _ int) (model.MessageList, error) {
	err := h.note("messages " + before)
	if before != "" {
		err = errors.Join(err, h.failOlder)
	}
	at, _ := h.inbox.Position(page1)
	return model.MessageList{Messages: h.messages[id], Cursor: h.cursor, AsOf: model.AsOf{page1: at}}, err
}

func (h *fakeHub) Search(_ context.Context, q model.ListQuery) (model.FoundList, error) {
	return model.FoundList{Conversations: h.found}, h.note("search " + q.Search)
}

func (h *fakeHub) Reply(_ context.Context, r model.Reply) (model.Message, error) {
	if h.slow {
		return model.Message{}, nil
	}
	err := h.note("reply")
	h.mu.Lock()
	defer h.mu.Unlock()
	h.replies = append(h.replies, r)
	h.seq++
	m := model.Message{
		ID: model.NewMessageID(page1, fmt.Sprint("r", h.seq)), Seq: 1000 + h.seq, ConversationID: r.Conversation, Direction: model.Out,
		Author: model.Author{Kind: model.ByUser, Name: "Aoi", ID: string(me)}, Text: r.Text, ClientID: r.ClientID, State: model.Queued,
		SentAt: noon.Add(time.Minute),
	}
	if r.Note {
		m.Direction, m.State = model.Note, ""
	}
	return m, err
}

func (h *fakeHub) TakeBack(_ context.Context, r model.Reply) (model.Message, bool, error) {
	err := h.note("take back " + string(r.ClientID))
	delete(h.disk, r.ClientID)
	for _, m := range h.messages[r.Conversation] {
		if m.ClientID == r.ClientID {
			return m, true, err
		}
	}
	return model.Message{}, false, err
}

func (h *fakeHub) Keep(r model.Reply) error {
	if h.disk != nil {
		h.disk[r.ClientID] = r
	}
	return h.note("keep " + string(r.ClientID))
}

func (h *fakeHub) StopUpload(id model.ClientID) { _ = h.note("stop " + string(id)) }

func (h *fakeHub) Taken(id model.ClientID) error {
	delete(h.disk, id)
	return h.note("taken " + string(id))
}

// held returns a message of a conversation.
func (h *fakeHub) held(id model.ConversationID, message model.MessageID) model.Message {
	t, _ := h.inbox.Thread(id)
	for _, m := range t.Messages {
		if m.ID == message {
			return m
		}
	}
	return model.Message{ID: message, ConversationID: id}
}

func (h *fakeHub) Retry(_ context.Context, id model.ConversationID, message model.MessageID, _ int, _ *int64) (model.Message, error) {
	m := h.held(id, message)
	m.State, m.Seq, m.Error = model.Queued, m.Seq+1000, nil
	return m, h.note("resend " + string(m.ID))
}

func (h *fakeHub) Drop(_ context.Context, id model.ConversationID, message model.MessageID, _ int) (model.Message, error) {
	m := h.held(id, message)
	m.State, m.Seq = model.Dropped, m.Seq+1000
	return m, h.note("drop " + string(m.ID))
}

func (h *fakeHub) React(_ context.Context, id model.ConversationID, message model.MessageID, emoji model.Untrusted) (model.Message, error) {
	m := h.held(id, message)
	m.Seq += 1000
	m.Reactions = []model.Reaction{{By: model.ByPage, Emoji: emoji, User: &model.UserRef{ID: me, Name: "Aoi"}, Pending: true}}
	return m, h.note("react " + string(emoji))
}

func (h *fakeHub) changed(id model.ConversationID, f func(*model.Conversation)) (model.Conversation, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.slow {
		return model.Conversation{}, nil
	}
	r, ok := h.inbox.Conversation(id)
	if !ok {
		return model.Conversation{}, errors.New("no such conversation")
	}
	h.seq++
	c := r.Conversation
	c.Seq = 1000 + h.seq
	f(&c)
	return c, h.err
}

func (h *fakeHub) MarkRead(_ context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error) {
	h.read = append(h.read, upTo)
	return h.changed(id, func(c *model.Conversation) { c.Unread = 0 })
}

func (h *fakeHub) MarkUnread(_ context.Context, id model.ConversationID) (model.Conversation, error) {
	return h.changed(id, func(c *model.Conversation) { c.Unread = 1 })
}

func (h *fakeHub) Triage(_ context.Context, id model.ConversationID, t model.Triage) (model.Conversation, error) {
	var err error
	c, cerr := h.changed(id, func(c *model.Conversation) {
		*c, err = t.Of(*c, noon)
		for _, u := range h.users {
			if c.Assignee != nil && c.Assignee.ID == u.ID {
				c.Assignee = &model.UserRef{ID: u.ID, Name: u.Name}
			}
		}
	})
	return c, errors.Join(err, cerr)
}

func (h *fakeHub) DeleteConversation(_ context.Context, id model.ConversationID) error {
	return h.note("delete " + string(id))
}

func (h *fakeHub) CheckPage(_ context.Context, id model.PageID, repair bool) (model.Page, error) {
	err := h.note(fmt.Sprint("check ", id, " ", repair))
	p, _ := h.inbox.Page(id)
	if h.checked != nil {
		p = *h.checked
	}
	return p, err
}

func (h *fakeHub) SetVisibility(_ context.Context, id model.PageID, v model.Visibility) (model.Page, error) {
	return model.Page{}, h.note("visibility " + string(id) + " " + string(v))
}

func (h *fakeHub) Users(context.Context) ([]model.Colleague, error) { return h.users, nil }

func (h *fakeHub) SetAvailable(_ context.Context, available bool) (model.User, error) {
	return model.User{}, h.note(fmt.Sprint("available ", available))
}

func (h *fakeHub) BeginConnect(context.Context, model.Visibility) (model.Connect, error) {
	return h.connect, h.note("connect")
}

func (h *fakeHub) Connect(_ context.Context, id string) (model.Connect, error) {
	c := h.connect
	c.URL = ""
	return c, h.note("connect " + id)
}

func (h *fakeHub) CancelConnect(_ context.Context, id string) (model.Connect, error) {
	return model.Connect{ID: id, State: model.ConnectRefused, Code: model.ConnectCancelled}, h.note("give up " + id)
}

func (h *fakeHub) BeginImport(_ context.Context, p model.PageID) (model.Import, error) {
	return model.Import{}, h.note("import " + string(p))
}

func (h *fakeHub) CancelImport(_ context.Context, p model.PageID) (model.Import, error) {
	return model.Import{}, h.note("stop " + string(p))
}

func (h *fakeHub) Tell(f model.Ephemeral) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, f)
}

func (h *fakeHub) NewClientID() model.ClientID {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ids++
	return model.ClientID(fmt.Sprint("client-", h.ids))
}

func (h *fakeHub) Explain(err error) string { return "It failed: " + err.Error() }
