package inbox

import (
	"iter"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/turn"
	"parley/ui/screen"
)

// Turns goes from one conversation that waits for the user to the next.
type Turns struct {
	*screen.Screen
	list         *List
	conversation Conversation
	round        turn.Round
	peeked       peeked
}

// peeked is who was first at the last look. To look for them costs more the more there are who
// wait, so that afterwards they are compared only with those that changed.
type peeked struct {
	known bool
	// first is empty if nobody was.
	first model.ConversationID
	// version is that of the Inbox then; page and except are what was asked.
	version uint64
	page    model.PageID
	except  model.ConversationID
	// until is when another may come first by time alone; zero: never.
	until time.Time
}

// Watch records what the user has before them. It is called after each update.
func (t *Turns) Watch() {
	if r, ok := t.Inbox.Conversation(t.before()); ok {
		t.round.Saw(r.Conversation)
		t.peeked = peeked{}
	}
}

// before is the conversation that the user has before them; one that is only previewed is not.
func (t *Turns) before() model.ConversationID {
	if t.Focus == screen.PaneList {
		return ""
	}
	return t.Shown
}

// Next opens the conversation that needs the user most, of those that they have not seen: see
// [turn.Round].
func (t *Turns) Next() tea.Cmd {
	id, ok := t.next(t.waiting(), t.before())
	if !ok {
		t.Notify(t.Say(i18n.SaidNothingWaits))
		return nil
	}
	return t.open(id)
}

// Peek returns the conversation that Next would open.
func (t *Turns) Peek() (inbox.Row, bool) {
	among, now := t.waiting(), t.Now()
	p := peeked{known: true, page: t.Query.Page, except: t.before()}
	was := t.peeked
	changed, version, named := t.Inbox.ChangedSince(was.version)
	p.version = version
	still := was.until.IsZero() || now.Before(was.until)
	if was.known && named && still && was.page == p.page && was.except == p.except && !slices.Contains(changed, was.first) {
		p.until = was.until
		among = t.those(append(changed, was.first))
	}
	me := t.Inbox.User().ID
	p.first, _ = t.next(func(yield func(model.Conversation) bool) {
		for c := range among {
			p.until = earlier(p.until, turn.ComesFirst(c, me, now))
			if !yield(c) {
				return
			}
		}
	}, p.except)
	t.peeked = p
	return t.Inbox.Conversation(p.first)
}

// forget drops what is known of conversations that are gone.
func (t *Turns) forget(gone func(model.ConversationID) bool) {
	t.round.Forget(gone)
	t.peeked = peeked{}
}

// GoOn opens the conversation of the list that needs the user most, after they are through with
// another; false if there is none.
func (t *Turns) GoOn(from model.ConversationID) (tea.Cmd, bool) {
	id, ok := t.next(t.listed(), from)
	if !ok {
		return nil, false
	}
	return t.open(id), true
}

// Return has a conversation come next, because what was sent off there came back.
func (t *Turns) Return(id model.ConversationID) {
	t.round.Return(id)
	t.peeked = peeked{}
}

func (t *Turns) open(id model.ConversationID) tea.Cmd {
	t.list.Select(id)
	t.list.Unchoose()
	return t.conversation.Open(id)
}

func (t *Turns) next(all iter.Seq[model.Conversation], except model.ConversationID) (model.ConversationID, bool) {
	return t.round.Next(all, t.Inbox.User().ID, t.Now(), except)
}

// view are those that wait.
func (t *Turns) view() inbox.View {
	return t.Inbox.View(inbox.Query{Filter: inbox.FilterWaiting, Sort: inbox.SortWaiting, Page: t.Query.Page})
}

// those are the conversations among these ids that may need the user.
func (t *Turns) those(ids []model.ConversationID) iter.Seq[model.Conversation] {
	v := t.view()
	return func(yield func(model.Conversation) bool) {
		for _, id := range ids {
			_, waits := v.Index(id)
			if r, ok := t.Inbox.Conversation(id); ok && (waits || t.round.IsReturned(id)) && !yield(r.Conversation) {
				return
			}
		}
	}
}

// waiting are the conversations that may need the user.
func (t *Turns) waiting() iter.Seq[model.Conversation] {
	v := t.view()
	return func(yield func(model.Conversation) bool) {
		for id := range t.round.Returned() {
			if r, ok := t.Inbox.Conversation(id); ok && !yield(r.Conversation) {
				return
			}
		}
		for i := range v.Len() {
			if r, ok := v.At(i); !ok || !yield(r.Conversation) {
				return
			}
		}
	}
}

// listed are those of them that the list shows.
func (t *Turns) listed() iter.Seq[model.Conversation] {
	return func(yield func(model.Conversation) bool) {
		for c := range t.waiting() {
			if t.list.Holds(c.ID) && !yield(c) {
				return
			}
		}
	}
}
