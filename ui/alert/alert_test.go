package alert_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/model/inbox"
	"parley/model/notify"
	"parley/ui/alert"
	"parley/ui/app"
	"parley/ui/uitest"
)

// hub keeps preferences.
type hub struct {
	prefs notify.Preferences
	err   error
}

func (h *hub) Notifications(context.Context) (notify.Preferences, error) { return h.prefs, h.err }

func (h *hub) ChangeNotifications(_ context.Context, c notify.Change) (notify.Preferences, error) {
	if h.err != nil {
		return notify.Preferences{}, h.err
	}
	p, err := c.Of(h.prefs)
	h.prefs = p
	return p, err
}

// world is a screen that notifies, and what it wrote past the screen.
type world struct {
	*uitest.World
	hub  *hub
	rung []string
	told []notify.Kind
	made int
}

func newWorld(t *testing.T, change func(*notify.Preferences), opts ...func(*app.Options)) *world {
	t.Helper()
	w := &world{hub: &hub{prefs: notify.Defaults()}}
	if change != nil {
		change(&w.hub.prefs)
	}
	opts = append([]func(*app.Options){func(o *app.Options) {
		o.Alerts = alert.Options{
			Hub: w.hub, Env: []string{"TERM=xterm-kitty"},
			Told: func(events []notify.Event, _ bool) {
				for _, e := range events {
					w.told = append(w.told, e.Kind)
				}
			},
		}
	}}, opts...)
	w.World = uitest.NewWorld(t, uitest.Some(3), opts...)
	w.Catch = func(msg tea.Msg) bool {
		raw, ok := msg.(tea.RawMsg)
		if ok {
			w.rung = append(w.rung, raw.Msg.(string))
		}
		return ok
	}
	return w
}

// writes has a customer write, in a conversation that is assigned to somebody or nobody.
func (w *world) writes(n int, text model.Untrusted, assignee *model.UserRef, change ...func(*model.Message)) {
	w.Helper()
	w.made++
	c := uitest.Talk(n, 0)
	at, _ := w.Inbox.Position(uitest.Page)
	c.Seq, c.Assignee, c.Unread = at.Seq+2, assignee, 1+w.made
	m := model.Message{
		ID: model.NewMessageID(uitest.Page, "x"+strings.Repeat("x", w.made)), ConversationID: c.ID, Direction: model.In,
		Author: model.Author{Kind: model.ByCustomer, Name: c.Customer.Name}, Text: text, SentAt: w.Time, Seq: at.Seq + 1,
	}
	for _, f := range change {
		f(&m)
	}
	s := m.Summary()
	c.LastMessage, c.UpdatedAt = &s, m.SentAt
	batch := w.Changed(model.ChangeMessage, m)[0].(inbox.Changed)
	more := w.Changed(model.ChangeConversation, c)[0].(inbox.Changed).Batch.Events[0]
	more.Seq++
	batch.Batch.Events, batch.Batch.To = append(batch.Batch.Events, more), more.Seq
	w.Sends([]inbox.Update{batch})
}

// rings returns what was written since, without the sequence around it.
func (w *world) rings() []string {
	out := make([]string, 0, len(w.rung))
	for _, s := range w.rung {
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(s, "\x1b]9;Parley: "), "\x07"))
	}
	w.rung = nil
	return out
}

func (w *world) want(want ...string) {
	w.Helper()
	if got := w.rings(); !slices.Equal(got, want) {
		w.Errorf("notified %q, want %q", got, want)
	}
}

var me = &model.UserRef{ID: uitest.Me, Name: "Aoi"}

// TestNotifiesWhileLookedAway: only once the terminal said that it lost the focus; at most
// once in a while, then of all at once; and not of what the user looked at meanwhile.
func TestNotifiesWhileLookedAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.writes(0, "hello", me)
	w.want()
	w.Sends(tea.BlurMsg{})
	w.Passes(time.Minute)
	w.want()
	w.writes(0, "again", me)
	w.want("New message in one of yours")
	w.writes(1, "one", me)
	w.writes(0, "two", me)
	w.writes(2, "three", nil)
	w.want()
	w.Passes(15 * time.Second)
	w.want("3 new messages")
	w.writes(1, "four", me)
	w.Sends(tea.FocusMsg{})
	w.Passes(time.Minute)
	w.Sends(tea.BlurMsg{})
	w.Passes(time.Minute)
	w.want()
}

// TestNoContentUnlessAsked: a notification has no name and no text, or both, made harmless.
func TestNoContentUnlessAsked(t *testing.T) {
	t.Parallel()
	for content, want := range map[bool]string{false: "New message, assigned to nobody", true: "Customer 1: price, please]0,owned"} {
		w := newWorld(t, func(p *notify.Preferences) { p.Content = content })
		w.Sends(tea.BlurMsg{})
		w.writes(1, "price; please\x1b]0;owned\x07", nil)
		got := w.rings()
		if len(got) != 1 || strings.ReplaceAll(got[0], " ", "") != strings.ReplaceAll(want, " ", "") && !content || strings.ContainsAny(got[0], "\x1b\x07;") {
			t.Errorf("content %v: notified %q, want %q", content, got, want)
		}
		if content && (!strings.HasPrefix(got[0], "Customer 1: price") || strings.ContainsAny(got[0], "\x1b\x07")) {
			t.Errorf("notified %q", got)
		}
	}
}

// TestKindsAndQuietHours: what is off, and what comes in quiet hours, does not notify, nor
// afterwards; hooks are told of all of it.
func TestKindsAndQuietHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(p *notify.Preferences) {
		*p = p.Turned(notify.NewInUnassigned, false)
		p.QuietHours = "12:10-12:30" // it is noon
	})
	w.Sends(tea.BlurMsg{})
	w.writes(1, "one", nil)
	w.writes(2, "two", &uitest.Ken)
	w.Passes(11 * time.Minute)
	w.writes(1, "three", me)
	w.Passes(30 * time.Minute)
	w.want()
	w.writes(1, "four", me)
	w.want("New message in one of yours")
	if want := []notify.Kind{notify.NewInUnassigned, notify.NewInOthers, notify.NewInMine, notify.NewInMine}; !slices.Equal(w.told, want) {
		t.Errorf("told %v, want %v", w.told, want)
	}
}

// TestWhatNotifies: assignments by others and not by oneself, mentions by others, windows
// that close; each once.
func TestWhatNotifies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(p *notify.Preferences) { p.Every = 1 })
	w.Sends(tea.BlurMsg{})
	assign := func(n int, by model.UserRef) model.Conversation {
		c := uitest.Talk(n, n+1)
		at, _ := w.Inbox.Position(uitest.Page)
		c.Seq, c.Assignee, c.AssignedBy = at.Seq+1, me, &by
		return c
	}
	w.Arrives(assign(0, *me))
	w.want()
	c := assign(1, uitest.Ken)
	w.Arrives(c)
	w.want("A conversation was assigned to you")
	w.Passes(time.Minute)
	c.Seq++
	c.Pinned = true
	w.Arrives(c)
	w.Passes(time.Minute)
	w.want()

	note := func(by model.UserRef) func(*model.Message) {
		return func(m *model.Message) {
			m.Direction, m.Author = model.Note, model.Author{Kind: model.ByUser, ID: string(by.ID), Name: model.Untrusted(by.Name)}
			m.Mentions = []model.UserRef{*me}
		}
	}
	w.writes(2, "@Aoi look", nil, note(*me))
	w.want()
	w.writes(2, "@Aoi look", nil, note(uitest.Ken))
	w.want("You were mentioned in a note")

	until := w.Time.Add(40 * time.Minute)
	c = assign(0, *me)
	c.WindowUntil = &until
	w.Arrives(c)
	w.Passes(9 * time.Minute)
	w.want()
	w.Passes(2 * time.Minute)
	w.want("A reply window of yours closes within 30 minutes")
	w.Passes(time.Hour)
	w.want()
}

// TestOldNewsIsNotNew: what is read anew or comes twice does not notify, nor what is of a
// Page that was taken from sight.
func TestOldNewsIsNotNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.Sends(tea.BlurMsg{})
	w.Sends([]inbox.Update{inbox.Connection{State: inbox.Offline}})
	w.Sends(append([]inbox.Update{inbox.Connection{State: inbox.Live}}, uitest.Filled(uitest.Some(5))...))
	w.Passes(time.Minute)
	w.want()
	w.writes(0, "hello", nil)
	w.want("New message, assigned to nobody")
	w.Passes(time.Minute)
	edited := model.Message{
		ID: model.NewMessageID(uitest.Page, "xx"), ConversationID: uitest.Talk(0, 0).ID, Direction: model.In, Edited: true,
		Author: model.Author{Kind: model.ByCustomer}, Text: "hello!", SentAt: w.Time.Add(-time.Minute),
	}
	w.Sends(w.Changed(model.ChangeMessage, edited))
	old := edited
	old.ID, old.SentAt = model.NewMessageID(uitest.Page, "old"), w.Time.Add(-3*time.Hour)
	w.Sends(w.Changed(model.ChangeMessage, old))
	w.want()
	w.writes(1, "held back", nil)
	w.want("New message, assigned to nobody")
	w.writes(1, "held back", nil)
	w.Hidden()
	w.Passes(time.Minute)
	w.want()
}

// TestTheSheetChangesPreferences: on the hub, where they hold for every terminal; what the hub
// refuses is said.
func TestTheSheetChangesPreferences(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.Palette("Notifications")
	w.Shows("Notifications", "counts as looked at", "I am mentioned in a note", "on")
	w.Keys("2", "c", "w")
	if p := w.hub.prefs; p.On(notify.Mentioned) || !p.Content || !p.QuietWeekends {
		t.Errorf("the hub has %+v", p)
	}
	w.Keys("h")
	w.Types("25:00-08:00")
	w.Keys("enter")
	w.Shows("Two times of day")
	w.Keys("ctrl+u")
	w.Types("19:00-8:00")
	w.Keys("enter")
	w.Shows("19:00-8:00")
	if p := w.hub.prefs; p.QuietHours != "19:00-8:00" {
		t.Errorf("the hub has %+v", p)
	}
	w.Keys("t")
	w.want("This is a notification")
	w.Whole(120, 36)
	w.hub.err = errors.New("the hub is full")
	w.Keys("2")
	w.Keys("esc")
	w.Shows("the hub is full")
}
