package lines

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/notify"
	"parley/ui/term/prompt"
	"parley/ui/uitest"
)

// console is a terminal as it looks afterwards.
type console struct {
	strings.Builder
	prompt, text string
	asking       bool
}

func (*console) Events() <-chan prompt.Event { return nil }
func (c *console) Typed() string             { return c.text }

func (c *console) Print(lines []string) bool {
	if c.asking && c.text != "" {
		return false
	}
	if c.asking {
		c.WriteString("\n")
	}
	c.WriteString(strings.Join(lines, "\n") + "\n")
	if c.asking {
		c.WriteString(c.prompt)
	}
	return true
}

func (c *console) Ask(prompt, text string) {
	c.asking, c.prompt, c.text = true, prompt, text
	c.WriteString(prompt + text)
}

func (c *console) Drop() {
	c.asking, c.text = false, ""
	c.WriteString("\n")
}

// hub is a hub that is played, whose changes come after those that the test plays.
type hub struct {
	*uitest.FakeHub
	seq *int64
}

func (hub) Notifications(context.Context) (notify.Preferences, error) { return notify.Defaults(), nil }

func (h hub) next() int64 {
	*h.seq++
	return 10_000 + *h.seq
}

func (h hub) Triage(ctx context.Context, id model.ConversationID, t model.Triage) (model.Conversation, error) {
	c, err := h.FakeHub.Triage(ctx, id, t)
	c.Seq = h.next()
	return c, err
}

func (h hub) MarkRead(ctx context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error) {
	c, err := h.FakeHub.MarkRead(ctx, id, upTo)
	c.Seq = h.next()
	return c, err
}

// world is the inbox as lines on a hub that is played, at a time that the test tells.
type world struct {
	testing.TB
	*Model
	hub     hub
	console *console
	desk    desk
	time    time.Time
	// pending is what is being done beside; slow: it waits for the test.
	pending []func()
	slow    bool
	drafts  uitest.Drafts
}

func newWorld(t testing.TB, lang string, list []model.Conversation, change ...func(*Options)) *world {
	t.Helper()
	w := &world{TB: t, time: uitest.Noon, drafts: uitest.Drafts{}, console: &console{}}
	w.hub = hub{&uitest.FakeHub{Threads: map[model.ConversationID][]model.Message{}, Disk: map[model.ClientID]model.Reply{}}, new(int64)}
	w.hub.Colleagues = []model.Colleague{{ID: uitest.Me, Name: "Aoi"}, {ID: uitest.Ken.ID, Name: "Ken"}, {ID: "mia", Name: "Mia"}}
	o := Options{
		Hub: w.hub, Drafts: w.drafts, Inbox: inbox.NewInbox(model.User{}), Words: i18n.New(lang), Zone: time.UTC,
		Now: func() time.Time { return w.time }, Advance: true,
	}
	for _, f := range change {
		f(&o)
	}
	w.hub.Knows(o.Inbox)
	w.Model = New(o)
	w.begin = func(work func(context.Context) func()) { w.pending = append(w.pending, work(context.Background())) }
	w.desk = desk{m: w.Model, c: w.console}
	for _, c := range list {
		if w.hub.Threads[c.ID] == nil {
			w.hub.Threads[c.ID] = []model.Message{{
				ID: c.LastMessage.ID, Seq: 1, ConversationID: c.ID, Direction: model.In, Author: c.LastMessage.Author, Text: c.LastMessage.Text, SentAt: c.LastMessage.SentAt,
			}}
		}
	}
	w.hears(append([]inbox.Update{inbox.Connection{State: inbox.Live}}, uitest.Filled(list)...)...)
	return w
}

// hears has the hub say something.
func (w *world) hears(updates ...inbox.Update) {
	w.Apply(updates)
	w.settles()
}

// settles does what is being done beside, and what follows.
func (w *world) settles() {
	for len(w.pending) > 0 && !w.slow {
		then := w.pending[0]
		w.pending = w.pending[1:]
		if then != nil {
			then()
		}
	}
	w.desk.settle()
}

// types types lines, and sends each off.
func (w *world) types(lines ...string) {
	for _, l := range lines {
		w.begins(l)
		w.enters()
	}
}

// begins types without sending it off.
func (w *world) begins(text string) {
	w.console.text += text
	w.console.WriteString(text)
}

func (w *world) enters() { w.ends(prompt.Entered) }

func (w *world) ends(kind prompt.Kind) {
	w.Helper()
	if !w.console.asking {
		w.Fatal("nothing is asked")
	}
	e := prompt.Event{Kind: kind, Text: w.console.text}
	w.console.asking, w.console.text = false, ""
	w.console.WriteString("\n")
	w.desk.event(e)
	w.settles()
}

// passes lets time pass.
func (w *world) passes(d time.Duration) {
	w.time = w.time.Add(d)
	w.Passes()
	w.settles()
}

// changed is the next change of the Page.
func (w *world) changed(kind model.ChangeKind, object any) inbox.Update {
	w.Helper()
	at, _ := w.inbox.Position(uitest.Page)
	b, err := json.Marshal(object)
	if err != nil {
		w.Fatal(err)
	}
	return inbox.Changed{Batch: model.Batch{
		Type: model.FrameBatch, Page: uitest.Page, From: at.Seq, To: at.Seq + 1, Events: []model.Change{{Seq: at.Seq + 1, Kind: kind, Object: b}},
	}}
}

// writes has a customer write.
func (w *world) customerWrites(n int, text string) {
	w.Helper()
	r, _ := w.conversation(uitest.Talk(n, 0).ID)
	c := r.Conversation
	until := w.time.Add(model.ReplyWindow)
	x := model.Message{
		ID: model.NewMessageID(uitest.Page, "new"+text), Seq: w.hub.next(), ConversationID: c.ID, Direction: model.In,
		Author: model.Author{Kind: model.ByCustomer, Name: c.Customer.Name}, Text: model.Untrusted(text), SentAt: w.time,
	}
	s := x.Summary()
	c.LastMessage, c.LastSaid, c.Unread, c.WindowUntil, c.UpdatedAt, c.Seq, c.Status = &s, nil, c.Unread+1, &until, w.time, w.hub.next(), model.Open
	w.hub.Threads[c.ID] = append(w.hub.Threads[c.ID], x)
	w.hears(w.changed(model.ChangeConversation, c))
	w.hears(w.changed(model.ChangeMessage, x))
}

// since returns what was printed since the last call.
func (w *world) since() string {
	s := w.console.String()
	w.console.Reset()
	return s
}

// says fails if something was not said since the last call.
func (w *world) says(want ...string) {
	w.Helper()
	got := w.since()
	for _, s := range want {
		if !strings.Contains(got, s) {
			w.Errorf("not said: %q; but:\n%s", s, got)
		}
	}
}
