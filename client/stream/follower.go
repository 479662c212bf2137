// Package stream follows what changes at a hub: over one websocket, resumed where it was
// after whatever went wrong, with what can't be resumed read anew. What it hands on can be
// applied as it comes.
package stream

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"

	"parley/client"
	"parley/model"
	"parley/model/inbox"
)

// Timing holds the deadlines of a [Follower].
type Timing struct {
	// Dead is after how long without a frame a connection counts as gone.
	Dead time.Duration
	// RetryFirst and RetryMax bound the pause before a connection is tried again: a
	// random part of the first, then of twice as much, and so on (full jitter).
	RetryFirst time.Duration
	RetryMax   time.Duration
	// Gather is how long updates are gathered before they are handed on.
	Gather time.Duration
}

// DefaultTiming returns the deadlines that hold where nothing is set.
func DefaultTiming() Timing {
	return Timing{
		Dead: 35 * time.Second, RetryFirst: 500 * time.Millisecond, RetryMax: 30 * time.Second,
		Gather: 16 * time.Millisecond,
	}
}

// ErrSignedOut is that the hub lets nobody in by the token any more: trying again is no
// use. Beside it is a [client.Problem] that says why.
var ErrSignedOut = errors.New("signed out")

// Follower keeps whoever reads its updates in step with the hub: it connects, resumes where
// it was, reads anew what can't be resumed, and notices what is missing. It hands on
// only what can be applied in order, and in batches.
type Follower struct {
	client *client.Client
	timing Timing
	// changesOnly: no Page is read as a whole; from is where some begin.
	changesOnly bool
	from        map[model.PageID]int64
	out         *gatherer
	// told holds what is to be told to colleagues.
	told chan model.Ephemeral

	// Of Run's goroutine alone.
	pages map[model.PageID]*pageState
	// reloads tells what a reload in the background came to.
	reloads chan reloaded
	// generation tells reloads apart.
	generation uint64
	failures   int
	// live: the hub has welcomed this connection. asked holds, for each hello that it
	// has not answered yet, the Pages it names.
	live  bool
	asked [][]model.PageID
	// flips counts the changes of access that were told.
	flips int
	// admin is the role that was welcomed last; nil: none was.
	admin *bool

	reading sync.WaitGroup
}

// pageState is how far a Page is.
type pageState struct {
	model.Position
	// placed: Position is known; changes go on from it.
	placed bool
	// moved: a batch came since the last heads.
	moved bool
	// reload is the running reload; nil: none.
	reload *reload
	// complete: all of it was handed on once, and nothing was missed since.
	complete bool
}

// NewFollower returns a follower that has nothing yet. It is to be read from Updates while
// [Follower.Run] runs.
func NewFollower(c *client.Client, t Timing) *Follower {
	return &Follower{
		client: c, timing: t, out: newGatherer(t.Gather),
		pages: make(map[model.PageID]*pageState), reloads: make(chan reloaded), told: make(chan model.Ephemeral, maxTold),
	}
}

// Updates hands updates on, some at a time. It is closed when Run returned.
func (s *Follower) Updates() <-chan []inbox.Update { return s.out.handed }

// Run keeps in step until ctx ends, or the hub lets nobody in by the token any more, which
// is [ErrSignedOut].
func (s *Follower) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.out.run(ctx)
	}()
	defer func() {
		cancel()
		<-done
	}()
	for {
		s.out.put(ctx, inbox.Connection{State: inbox.Connecting})
		s.client.Close() // idle connections may have died with the one before
		err := s.connection(ctx)
		s.stopReloads()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if signedOut(err) {
			s.out.put(ctx, inbox.Connection{State: inbox.Offline, Cause: ErrSignedOut})
			return errors.Join(ErrSignedOut, err)
		}
		wait := s.retryPause()
		s.out.put(ctx, inbox.Connection{State: inbox.Offline, Cause: err, Trouble: troubleOf(err), RetryAt: time.Now().Add(wait)})
		if !client.Pause(ctx, wait, time.Now().Add(wait+time.Second)) {
			return ctx.Err()
		}
	}
}

// troubleOf says of what kind the trouble with a connection is.
func troubleOf(err error) inbox.Trouble {
	var name *net.DNSError
	var slow net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return inbox.RefusedByHost
	case errors.As(err, &name):
		return inbox.NameUnknown
	case errors.As(err, &slow) && slow.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return inbox.Silent
	}
	return inbox.Lost
}

// retryPause returns a random part of a bound that doubles with each failure.
func (s *Follower) retryPause() time.Duration {
	bound := s.timing.RetryFirst << min(s.failures, 16)
	if bound > s.timing.RetryMax || bound <= 0 {
		bound = s.timing.RetryMax
	}
	s.failures++
	return rand.N(bound) + time.Millisecond
}

func signedOut(err error) bool {
	var p *client.Problem
	return errors.As(err, &p) && (p.Code == codeSignedOut || p.Code == model.CRMInactive)
}

// connection speaks to the hub over one websocket until it breaks.
func (s *Follower) connection(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, err := s.client.Dial(ctx, s.timing.Dead)
	if err != nil {
		return err
	}
	socket := &socket{conn: conn}
	defer socket.close()
	frames := make(chan []byte)
	broken := make(chan error, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		broken <- socket.read(ctx, frames)
	}()
	defer func() {
		cancel()
		socket.close()
		<-read
	}()
	s.live, s.asked = false, nil
	if err := s.say(socket, s.hello()); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-broken:
			return err
		case l := <-s.told:
			err = s.relay(socket, l)
		case frame := <-frames:
			err = s.frame(ctx, socket, frame)
		case r := <-s.reloads:
			err = s.reloadStep(ctx, socket, r)
		}
		if err != nil {
			return err
		}
	}
}

// hello names where each Page is; one being read anew starts over.
func (s *Follower) hello() model.Hello {
	h := model.Hello{Type: model.FrameHello, Resume: make(map[model.PageID]model.Position)}
	for id, p := range s.pages {
		p.moved = true // give the answer time
		if p.placed {
			h.Resume[id] = p.Position
		}
	}
	return h
}

// frame takes one frame of the hub.
func (s *Follower) frame(ctx context.Context, socket *socket, frame []byte) error {
	var head struct {
		Type model.FrameType `json:"type"`
	}
	if err := json.Unmarshal(frame, &head); err != nil {
		return badFrame(err)
	}
	switch head.Type {
	case model.FrameWelcome:
		return take(frame, func(w model.Welcome) error { return s.welcomed(ctx, w) })
	case model.FrameBatch:
		return take(frame, func(b model.Batch) error { return s.batch(ctx, socket, b) })
	case model.FrameHeads:
		return take(frame, func(h model.Heads) error { return s.heads(ctx, socket, h) })
	case model.FrameAccess:
		return take(frame, func(a model.Access) error { return s.access(ctx, a) })
	case model.FrameUser:
		return take(frame, func(c model.UserChanged) error {
			s.out.put(ctx, inbox.UserChanged{User: c.User})
			return nil
		})
	case model.FrameTyping, model.FramePresence:
		return take(frame, func(l model.Ephemeral) error {
			s.out.put(ctx, inbox.Ephemeral{Frame: l})
			return nil
		})
	default: // a newer hub's
		return nil
	}
}

func take[T any](frame []byte, f func(T) error) error {
	var v T
	if err := json.Unmarshal(frame, &v); err != nil {
		return badFrame(err)
	}
	return f(v)
}

// batch hands changes on that follow those before; a hole is asked to be filled.
func (s *Follower) batch(ctx context.Context, socket *socket, b model.Batch) error {
	p, ok := s.pages[b.Page]
	if !ok || !p.placed || b.To <= p.Seq {
		return nil
	}
	if b.From != p.Seq {
		if s.awaits(b.Page) {
			return nil // sent before the hub read from where it is to go on
		}
		return s.resume(socket, b.Page)
	}
	p.Seq, p.Proof, p.moved = b.To, b.Proof, true
	s.out.put(ctx, inbox.Changed{Batch: b})
	return nil
}

// resume asks for a Page's changes from where it is.
func (s *Follower) resume(socket *socket, page model.PageID) error {
	p := s.pages[page]
	p.moved = true
	return s.say(socket, model.Hello{Type: model.FrameHello, Resume: map[model.PageID]model.Position{page: p.Position}})
}

// say sends a hello, and remembers what the welcome that answers it will be about.
func (s *Follower) say(socket *socket, h model.Hello) error {
	s.asked = append(s.asked, slices.Collect(maps.Keys(h.Resume)))
	return socket.send(h)
}

// awaits tells whether a hello that names the Page is not answered yet.
func (s *Follower) awaits(page model.PageID) bool {
	return slices.ContainsFunc(s.asked, func(named []model.PageID) bool { return slices.Contains(named, page) })
}

// heads compares how far each Page is. One that is behind with nothing coming is
// resumed.
func (s *Follower) heads(ctx context.Context, socket *socket, h model.Heads) error {
	s.out.put(ctx, inbox.HubTime{Now: h.Now})
	for id, head := range h.Pages {
		p, ok := s.pages[id]
		if !ok || !p.placed {
			continue
		}
		if head > p.Seq && !p.moved {
			if err := s.resume(socket, id); err != nil {
				return err
			}
			continue
		}
		p.moved = false
	}
	return nil
}

// access drops a Page that is hidden now, and reads one that is seen again. What comes
// before the connection's welcome only drops: the hub finds out later, for the welcome,
// what the user sees.
func (s *Follower) access(ctx context.Context, a model.Access) error {
	s.flips++
	if !s.live && a.Sees {
		return nil // the welcome that follows says how it goes on
	}
	s.drop(ctx, a.Page, false)
	if !s.live {
		return nil
	}
	if err := s.listPages(ctx); err != nil {
		return err
	}
	if a.Sees {
		s.reload(ctx, a.Page)
	}
	return nil
}

// drop has all that is held of a Page go; anew: it is another stream now, and is read
// from its beginning.
func (s *Follower) drop(ctx context.Context, page model.PageID, anew bool) {
	if p, ok := s.pages[page]; ok {
		p.stopReload()
		delete(s.pages, page)
	}
	s.out.put(ctx, inbox.Dropped{Page: page, Anew: anew})
}

// welcomed brings the Pages in line with what the hub says the user sees. The first
// welcome of a connection is about all of them; a later one, of those that are held,
// only about those that its hello named.
func (s *Follower) welcomed(ctx context.Context, w model.Welcome) error {
	var named []model.PageID
	if len(s.asked) > 0 {
		named, s.asked = s.asked[0], s.asked[1:]
	}
	first := !s.live
	if first {
		s.live, s.failures = true, 0
		s.out.put(ctx, inbox.Connection{State: inbox.Live})
	}
	s.out.put(ctx, inbox.Welcomed{Now: w.Now, User: w.User, FeedbackURL: w.FeedbackURL})
	anew := s.admin != nil && *s.admin != w.User.Admin && !s.changesOnly
	s.admin = &w.User.Admin
	for id := range s.pages {
		// An admin is told more: nothing that the other role was told is gone on with.
		if _, named := w.Pages[id]; !named || anew {
			s.drop(ctx, id, named)
		}
	}
	listed := false
	if first && len(w.Pages) == 0 { // no reload will tell of those that are hidden
		if err := s.listPages(ctx); err != nil {
			return err
		}
	}
	for id, wp := range w.Pages {
		if _, held := s.pages[id]; held && (s.awaits(id) || !first && !slices.Contains(named, id)) {
			continue
		}
		if s.goesOn(ctx, id, wp) {
			continue
		}
		if !listed {
			if err := s.listPages(ctx); err != nil {
				return err
			}
			listed = true
		}
		s.reload(ctx, id)
	}
	return nil
}

// goesOn tells whether a Page goes on as it is after a welcome. One that is no longer
// the same stream is dropped.
func (s *Follower) goesOn(ctx context.Context, id model.PageID, wp model.WelcomePage) bool {
	p, held := s.pages[id]
	if !held {
		return false
	}
	if p.placed && (p.Epoch != wp.Epoch || p.Seq > wp.Seq || wp.Anew) {
		s.drop(ctx, id, true)
		return false
	}
	if wp.Resume == model.ResumeOK && (p.complete || p.reload != nil) {
		return true
	}
	return p.reload != nil && !p.placed // its first list is on the way
}
