package livehub

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/client/stream"
	"parley/model"
	"parley/model/inbox"
)

// liveObject is a conversation, a message or a notice as held.
type liveObject struct {
	seq int64
	V   any
	// old: it is from before a reload that is not complete.
	old bool
}

// liveStream is what is held of one Page.
type liveStream struct {
	reading, placed, Complete bool
	at                        model.Position
	// Since is from where every message is held.
	Since         int64
	Conversations map[string]liveObject
	Messages      map[string]liveObject
	notices       map[string]liveObject
	gone          map[string]int64
}

// State is the simplest state that can be built from a follower's updates. It records what could
// not be applied cleanly.
type State struct {
	Mu      sync.Mutex
	state   inbox.ConnectionState
	begun   bool
	Streams map[model.PageID]*liveStream
	pages   map[model.PageID]model.Page
	faults  []string
	changes int
	reloads int
	welcome int
	user    model.User
	hands   int

	// Inbox is the real Inbox beside it.
	Inbox *inbox.Inbox
}

// NewState returns the state of a client that has received nothing.
func NewState() *State {
	in := inbox.NewInbox(model.User{})
	return &State{
		Streams: map[model.PageID]*liveStream{}, pages: map[model.PageID]model.Page{},
		Inbox: in,
	}
}

func (s *State) fault(format string, args ...any) {
	if len(s.faults) < 10 {
		s.faults = append(s.faults, fmt.Sprintf(format, args...))
	}
}

// Apply applies updates in order, also to the Inbox.
func (s *State) Apply(us []inbox.Update) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.hands++
	for _, u := range us {
		s.one(u)
	}
	if _, err := s.Inbox.Apply(us...); err != nil {
		s.fault("the Inbox: %v", err)
	}
	watch(s.Inbox)
}

func (s *State) one(u inbox.Update) {
	switch u := u.(type) {
	case inbox.Connection:
		s.connection(u)
	case inbox.Welcomed:
		s.welcome++
		s.user = u.User
	case inbox.PagesListed:
		s.listed(u.Pages)
	case inbox.Dropped:
		delete(s.Streams, u.Page)
		delete(s.pages, u.Page)
	case inbox.Reloading:
		s.reloading(u.Page)
	case inbox.Listed:
		s.list(u)
	case inbox.Counted:
		if p, ok := s.Streams[u.Page]; !ok || !p.placed || !p.reading {
			s.fault("%s is counted, which is not being read", u.Page)
		}
	case inbox.Noticed:
		for _, n := range u.Notices {
			s.notice(u.Page, n)
		}
	case inbox.Complete:
		s.complete(u.Page)
	case inbox.Changed:
		s.changed(u.Batch)
	}
}

func (s *State) connection(c inbox.Connection) {
	follows := map[inbox.ConnectionState][]inbox.ConnectionState{
		inbox.Connecting: {inbox.Live, inbox.Offline}, inbox.Live: {inbox.Offline}, inbox.Offline: {inbox.Connecting},
	}
	if s.begun && !slices.Contains(follows[s.state], c.State) || !s.begun && c.State != inbox.Connecting {
		s.fault("connection state %d after %d", c.State, s.state)
	}
	s.begun, s.state = true, c.State
}

// listed applies a list of Pages; one that is visible is replaced only by a newer one.
func (s *State) listed(all []model.Page) {
	now := map[model.PageID]model.Page{}
	for _, p := range all {
		if held, ok := s.pages[p.ID]; ok && held.Sees && p.Sees && held.Seq > p.Seq {
			p = held
		}
		now[p.ID] = p
	}
	s.pages = now
}

func (s *State) reloading(id model.PageID) {
	s.reloads++
	p, ok := s.Streams[id]
	if !ok {
		p = &liveStream{
			Conversations: map[string]liveObject{}, Messages: map[string]liveObject{}, notices: map[string]liveObject{}, gone: map[string]int64{},
		}
		s.Streams[id] = p
	}
	p.reading, p.placed, p.Complete = true, false, false
	for _, m := range []map[string]liveObject{p.Conversations, p.Messages, p.notices} {
		for k, o := range m {
			o.old = true
			m[k] = o
		}
	}
}

func (s *State) list(l inbox.Listed) {
	p, ok := s.Streams[l.Page]
	switch {
	case !ok || !p.reading:
		s.fault("a list of %s, which is not being read", l.Page)
		return
	case !l.First && (!p.placed || l.AsOf.Epoch != p.at.Epoch):
		s.fault("a further list of %s at %v, the first was at %v", l.Page, l.AsOf, p.at)
	case l.First:
		p.placed, p.at, p.Since = true, l.AsOf, l.AsOf.Seq
		// Messages are not in lists: those held are as old as the last change.
		clear(p.Messages)
		if held, ok := s.pages[l.Page]; ok { // it may be of another epoch: the next one replaces it
			held.Seq = 0
			s.pages[l.Page] = held
		}
	}
	for _, c := range l.Conversations {
		s.conversation(l.Page, c)
	}
}

func (s *State) complete(id model.PageID) {
	p, ok := s.Streams[id]
	if !ok || !p.placed {
		s.fault("%s is complete, which was not read", id)
		return
	}
	p.reading, p.Complete = false, true
	for _, m := range []map[string]liveObject{p.Conversations, p.Messages, p.notices} {
		maps.DeleteFunc(m, func(_ string, o liveObject) bool { return o.old })
	}
}

func (s *State) changed(b model.Batch) {
	s.changes++
	p, ok := s.Streams[b.Page]
	if !ok || !p.placed {
		s.fault("changes of %s before its first list", b.Page)
		return
	}
	if b.From != p.at.Seq || b.To <= b.From {
		s.fault("changes of %s in (%d, %d] after %d", b.Page, b.From, b.To, p.at.Seq)
	}
	p.at.Seq, p.at.Proof = b.To, b.Proof
	for _, e := range b.Events {
		switch e.Kind {
		case model.ChangeConversation:
			s.conversation(b.Page, read[model.Conversation](s, e.Object))
		case model.ChangeMessage:
			s.message(b.Page, read[model.Message](s, e.Object))
		case model.ChangeNotice:
			s.notice(b.Page, read[model.Notice](s, e.Object))
		case model.ChangePage:
			page := read[model.Page](s, e.Object)
			if held := s.pages[b.Page]; !held.Sees || held.Seq < page.Seq {
				s.pages[b.Page] = page
			}
		case model.ChangeRemoved:
			gone := read[model.Removed](s, e.Object)
			p.gone[gone.ID] = e.Seq
			for _, m := range []map[string]liveObject{p.Conversations, p.Messages} {
				if m[gone.ID].seq <= e.Seq {
					delete(m, gone.ID)
				}
			}
		case model.ChangeLink:
			s.linked(b.Page, read[model.LinkChange](s, e.Object))
		default:
			s.fault("a change of kind %s", e.Kind)
		}
	}
}

// put stores an object unless it is older than the one held.
func (s *State) put(id model.PageID, in func(*liveStream) map[string]liveObject, key string, seq int64, v any) {
	p, ok := s.Streams[id]
	if !ok {
		s.fault("something of %s, which is not held", id)
		return
	}
	if key == "" || seq == 0 {
		s.fault("an object of %s without id or seq: %v", id, v)
	}
	if p.gone[key] >= seq {
		return
	}
	o := liveObject{seq: seq, V: v}
	if held, ok := in(p)[key]; ok && held.seq > seq {
		held.old = false // it is still there, and newer
		o = held
	}
	in(p)[key] = o
}

// What changes with time or with the customer's name is ignored: it does not change the object's
// own seq.

func (s *State) conversation(id model.PageID, c model.Conversation) {
	c.Reply = model.Verdict{}
	s.put(id, func(p *liveStream) map[string]liveObject { return p.Conversations }, string(c.ID), c.Seq, c)
}

// linked applies the links of a conversation, which don't change its seq.
func (s *State) linked(id model.PageID, l model.LinkChange) {
	held := s.Streams[id].Conversations
	if o, ok := held[string(l.Conversation)]; ok {
		c := o.V.(model.Conversation)
		c.Links = l.Links
		o.V = c
		held[string(l.Conversation)] = o
	}
}

func (s *State) message(id model.PageID, m model.Message) {
	s.put(id, func(p *liveStream) map[string]liveObject { return p.Messages }, string(m.ID), m.Seq, BareOfName(m))
}

func (s *State) notice(id model.PageID, n model.Notice) {
	s.put(id, func(p *liveStream) map[string]liveObject { return p.notices }, n.ID, n.Seq, n)
}

// BareOfName returns a message without the name of its author.
func BareOfName(m model.Message) model.Message {
	if m.Author.Kind == model.ByCustomer {
		m.Author.Name = ""
	}
	return m
}

// read decodes the object of a change.
func read[T any](s *State, raw json.RawMessage) (v T) {
	if err := json.Unmarshal(raw, &v); err != nil {
		s.fault("%s: %v", raw, err)
	}
	return v
}

// Follow runs a follower into the state, until stop is called; stop returns its error.
func (s *State) Follow(sync *stream.Follower) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended, read := make(chan error, 1), make(chan struct{})
	go func() { ended <- sync.Run(ctx) }()
	go func() {
		defer close(read)
		for us := range sync.Updates() {
			s.Apply(us)
		}
	}()
	return func() error {
		cancel()
		<-read
		return <-ended
	}
}

// Welcomes returns how often the hub welcomed the client.
func (s *State) Welcomes() int {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.welcome
}

// Admin reports whether the user is an admin.
func (s *State) Admin() bool {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.user.Admin
}

// Positions returns the position of each Page.
func (s *State) Positions() map[model.PageID]model.Position {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	out := make(map[model.PageID]model.Position, len(s.Streams))
	for id, p := range s.Streams {
		out[id] = p.at
	}
	return out
}

// View is a state in a form to compare: what each Page holds.
type View struct {
	Pages         map[model.PageID]model.Page
	Conversations map[string]any
	Notices       map[string]any
	Complete      map[model.PageID]bool
	At            map[model.PageID]model.Position
}

// View returns what the client would show.
func (s *State) View() View {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	v := View{
		Pages: map[model.PageID]model.Page{}, Conversations: map[string]any{}, Notices: map[string]any{},
		Complete: map[model.PageID]bool{}, At: map[model.PageID]model.Position{},
	}
	for id, p := range s.pages {
		if p.Sees { // changes of the others are not sent
			v.Pages[id] = p
		}
	}
	for id, p := range s.Streams {
		v.Complete[id], v.At[id] = p.Complete, p.at
		for k, o := range p.Conversations {
			v.Conversations[k] = o.V
		}
		for k, o := range p.notices {
			v.Notices[k] = o.V
		}
	}
	return v
}

// Holds reports whether exactly the Pages with these positions are held completely, also by the
// Inbox.
func (s *State) Holds(heads model.AsOf) bool {
	v := s.View()
	for id := range heads {
		if _, listed := v.Pages[id]; !listed || !v.Complete[id] {
			return false
		}
	}
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return len(v.Pages) == len(heads) && maps.Equal(v.At, heads) && s.Inbox.AllComplete()
}

// Diff returns how two states differ; "" if they are the same.
func (v View) Diff(want View) string { return cmp.Diff(want, v) }

// EventuallyLive is [driver.WaitFor] for benchmarks too.
func EventuallyLive(t testing.TB, what string, within time.Duration, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(within); !holds(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %s", what, within)
		}
	}
}

// Counters returns the state's counters.
func (s *State) Counters() (changes, reloads, hands int, state inbox.ConnectionState) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.changes, s.reloads, s.hands, s.state
}

// Clean expects that all updates could be applied as they came.
func (s *State) Clean(t testing.TB) {
	t.Helper()
	s.Mu.Lock()
	defer s.Mu.Unlock()
	if len(s.faults) > 0 {
		t.Errorf("could not be applied as it came:\n%s", strings.Join(s.faults, "\n"))
	}
}

// Timing returns the deadlines of a client that often meets trouble.
func Timing() stream.Timing {
	return stream.Timing{Dead: 3 * time.Second, RetryFirst: 4 * time.Millisecond, RetryMax: 30 * time.Millisecond, Gather: time.Millisecond}
}
