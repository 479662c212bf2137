// Package uitest has the screen on a hub that is played, at a time that the test tells: what
// the tests of the parts of the screen drive as a user does, and look at as a user does. Text
// leaves [World] as it stands on screen, without styles.
package uitest

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/conversation"
	list "parley/ui/inbox"
)

// World is a screen on a hub that is played, at a time that the test tells.
type World struct {
	testing.TB
	*app.Model
	Hub    *FakeHub
	Time   time.Time
	Drafts Drafts
	Quit   bool
	Timers []Timer
	// slow: the hub does what it is asked, and answers, when the test says so. Waiting is
	// what it was asked, oldest first.
	slow    bool
	Waiting []func() tea.Msg
	// Catch, if it is there, takes answers before the screen gets them.
	Catch func(tea.Msg) bool
}

// Timer is a message that is due at some time.
type Timer struct {
	At  time.Time
	Msg tea.Msg
}

// Noon is when the tests begin.
var Noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// The Page of the tests, and the user whose screen it is.
const (
	Page = model.PageID("100")
	Me   = model.UserID("me")
)

// english are the words of the tests; to read them takes longer than most of these.
var english = sync.OnceValue(func() *i18n.Localizer { return i18n.New("en") })

// NewWorld returns a screen of 120×36 on a Page with some conversations.
func NewWorld(t testing.TB, list []model.Conversation, change ...func(*app.Options)) *World {
	t.Helper()
	return begun(t, append([]inbox.Update{inbox.Connection{State: inbox.Live}}, Filled(list)...), change...)
}

// NewKept returns a screen that shows what an earlier run kept, an hour before noon; the hub has
// not answered yet.
func NewKept(t testing.TB, list []model.Conversation, change ...func(*app.Options)) *World {
	t.Helper()
	user := func(o *app.Options) { o.Inbox = inbox.NewInbox(model.User{ID: Me, Name: "Aoi"}) }
	return begun(t, Kept(list), append([]func(*app.Options){user}, change...)...)
}

// begun returns a screen of 120×36 that was handed those updates.
func begun(t testing.TB, updates []inbox.Update, change ...func(*app.Options)) *World {
	t.Helper()
	w := &World{TB: t, Time: Noon, Hub: &FakeHub{Threads: map[model.ConversationID][]model.Message{}}}
	w.Drafts = Drafts{}
	o := app.Options{
		Hub: w.Hub, Drafts: w.Drafts, Inbox: inbox.NewInbox(model.User{}), Words: english(), Zone: time.UTC,
		Now: func() time.Time { return w.Time },
	}
	for _, f := range change {
		f(&o)
	}
	m, err := app.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Model = m
	m.Clock.After = func(d time.Duration, msg tea.Msg) tea.Cmd {
		w.Timers = append(w.Timers, Timer{w.Time.Add(d), msg})
		return nil
	}
	w.Hub.inbox = m.Inbox
	w.Sends(tea.WindowSizeMsg{Width: 120, Height: 36})
	w.Sends(updates)
	return w
}

// Changed is the next change of the Page, as whoever follows the hub hands it on.
func (w *World) Changed(kind model.ChangeKind, object any) []inbox.Update {
	w.Helper()
	at, _ := w.Inbox.Position(Page)
	b, err := json.Marshal(object)
	if err != nil {
		w.Fatal(err)
	}
	return []inbox.Update{inbox.Changed{Batch: model.Batch{
		Type: model.FrameBatch, Page: Page, From: at.Seq, To: at.Seq + 1, Events: []model.Change{{Seq: at.Seq + 1, Kind: kind, Object: b}},
	}}}
}

// Sends hands the screen a message, and plays what its commands answer.
func (w *World) Sends(msg tea.Msg) {
	w.Helper()
	w.Plays(w.Updates(msg))
}

// Updates hands the screen a message, and returns its command.
func (w *World) Updates(msg tea.Msg) tea.Cmd {
	_, cmd := w.Update(msg)
	return cmd
}

// Plays runs commands, and what they lead to.
func (w *World) Plays(cmd tea.Cmd) {
	w.Helper()
	if cmd != nil {
		w.answered(cmd())
	}
}

func (w *World) answered(msg tea.Msg) {
	w.Helper()
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			w.Plays(c)
		}
	case tea.QuitMsg:
		w.Quit = true
	default:
		if cmds, ok := sequence(msg); ok {
			for _, c := range cmds {
				w.Plays(c)
			}
			return
		}
		if w.Catch != nil && w.Catch(msg) || w.slow && w.waits(msg) {
			return
		}
		w.Sends(msg)
	}
}

// waits puts off what the hub was asked, if that is something that changes what it holds.
func (w *World) waits(msg tea.Msg) bool {
	var later func() tea.Msg
	switch msg := msg.(type) {
	case conversation.Replied:
		later = func() tea.Msg {
			m, err := w.Hub.Reply(context.Background(), msg.Reply)
			return conversation.Replied{Reply: msg.Reply, Message: m, Err: err}
		}
	case list.Triaged:
		later = func() tea.Msg {
			c, err := list.Apply(context.Background(), w.Hub, msg.Action.Change)
			return list.Triaged{Action: msg.Action, Conversation: c, Err: err}
		}
	default:
		return false
	}
	w.Waiting = append(w.Waiting, later)
	return true
}

// Answers has the hub do the nth of what it was asked, and answer.
func (w *World) Answers(n int) {
	w.Helper()
	later := w.Waiting[n]
	w.Waiting = slices.Delete(w.Waiting, n, n+1)
	w.Hub.Slow = false
	msg := later()
	w.Hub.Slow = w.slow
	w.Sends(msg)
}

// AnswersAll has the hub do all that it is asked, until nothing waits.
func (w *World) AnswersAll() {
	w.Helper()
	for len(w.Waiting) > 0 {
		w.Answers(0)
	}
}

// Slows has the hub answer only when the test says so.
func (w *World) Slows() { w.slow, w.Hub.Slow = true, true }

// Keys types: one key for each, by Bubble Tea's names.
func (w *World) Keys(keys ...string) {
	w.Helper()
	for _, k := range keys {
		w.Sends(Press(k))
	}
}

// Taps presses keys with a pause after each, as a hand does that presses the same one again.
func (w *World) Taps(keys ...string) {
	w.Helper()
	for _, k := range keys {
		w.Keys(k)
		w.Passes(200 * time.Millisecond)
	}
}

// Types types text, a key for each character.
func (w *World) Types(text string) {
	w.Helper()
	for _, r := range text {
		w.Sends(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

var named = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "down": tea.KeyDown, "up": tea.KeyUp, "backspace": tea.KeyBackspace,
}

// Press returns the press of a key, by Bubble Tea's name.
func Press(name string) tea.KeyPressMsg {
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

// Passes lets time pass, and every timer that is due then.
func (w *World) Passes(d time.Duration) {
	w.Helper()
	end := w.Time.Add(d)
	for {
		i := w.next(end)
		if i < 0 {
			break
		}
		due := w.Timers[i]
		w.Timers = slices.Delete(w.Timers, i, i+1)
		w.Time = due.At
		w.Sends(due.Msg)
	}
	w.Time = end
}

// next is the index of the first timer that is due by then, -1 if none is.
func (w *World) next(end time.Time) int {
	first := -1
	for i, t := range w.Timers {
		if !t.At.After(end) && (first < 0 || t.At.Before(w.Timers[first].At)) {
			first = i
		}
	}
	return first
}

// Drafts is a disk.
type Drafts map[model.DraftOf]string

// Save implements [conversation.Drafts].
func (d Drafts) Save(of model.DraftOf, draft model.Draft) error {
	d[of] = string(draft.Text)
	return nil
}

// Removes is that a conversation or message is gone, as it comes from the hub.
func (w *World) Removes(id string) {
	w.Helper()
	w.Sends(w.Changed(model.ChangeRemoved, model.Removed{ID: id}))
}

// Status returns the status of a customer's conversation.
func (w *World) Status(n int) model.Status {
	w.Helper()
	r, ok := w.Inbox.Conversation(Talk(n, 0).ID)
	if !ok {
		w.Fatalf("no customer %d", n)
	}
	return r.Status
}

// Arrives has a conversation change.
func (w *World) Arrives(c model.Conversation) {
	w.Helper()
	w.Sends(w.Changed(model.ChangeConversation, c))
}

// Palette runs a command from the palette.
func (w *World) Palette(name string) {
	w.Keys("ctrl+k")
	w.Types(name)
	w.Keys("enter")
}

// Brings tells whether a key press leads to that message at once.
func (w *World) Brings(key string, want tea.Msg) bool {
	var leads func(tea.Cmd) bool
	leads = func(cmd tea.Cmd) bool {
		if cmd == nil {
			return false
		}
		msg := cmd()
		if all, ok := msg.(tea.BatchMsg); ok {
			for _, c := range all {
				if leads(c) {
					return true
				}
			}
			return false
		}
		return reflect.DeepEqual(msg, want)
	}
	return leads(w.Updates(Press(key)))
}

// PageNow has the hub tell how the Page stands now.
func (w *World) PageNow(seq int64, change func(*model.Page)) {
	w.Helper()
	p, _ := w.Inbox.Page(Page)
	p.Seq = seq
	change(&p)
	w.Sends([]inbox.Update{inbox.PagesListed{Pages: []model.Page{p}}})
}

// Hidden has the hub take the Page from sight: first that it is, then how it stands.
func (w *World) Hidden() {
	w.Helper()
	w.Sends([]inbox.Update{inbox.Dropped{Page: Page}})
	w.PageNow(0, func(p *model.Page) { p.Sees, p.Visibility = false, model.Private })
}

// sequence returns the commands of Bubble Tea's own message that runs them one after
// the other, whose type it keeps to itself.
func sequence(msg tea.Msg) ([]tea.Cmd, bool) {
	v := reflect.ValueOf(msg)
	if v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return nil, false
	}
	out := make([]tea.Cmd, v.Len())
	for i := range out {
		out[i] = v.Index(i).Interface().(tea.Cmd)
	}
	return out, true
}
