// Package stream follows the changes of a hub over one websocket. After a failure it resumes
// where it was, and reloads what can't be resumed. Its updates can be applied as they come.
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
	// Dead is how long without a frame before a connection counts as dead.
	Dead time.Duration
	// RetryFirst and RetryMax bound the pause before the next try: a random part of the
	// first, then of twice as much, and so on (full jitter).
	RetryFirst time.Duration
	RetryMax   time.Duration
	// Gather is how long updates are collected before they are handed on.
	Gather time.Duration
}

// DefaultTiming returns the default deadlines.
func DefaultTiming() Timing {
	return Timing{
		Dead: 35 * time.Second, RetryFirst: 500 * time.Millisecond, RetryMax: 30 * time.Second,
		Gather: 16 * time.Millisecond,
	}
}

// ErrSignedOut says that the hub no longer accepts the token: trying again is no use. It is
// joined with a [client.Problem] that says why.
var ErrSignedOut = errors.New("signed out")

// Follower keeps the reader of its updates in step with the hub: it connects, resumes where it
// was, reloads what can't be resumed, and notices what is missing. It hands on only updates
// that can be applied in order, several at a time.
type Follower struct {
	client *client.Client
	timing Timing
	// changesOnly: Pages are not loaded; from is the seq at which some start.
	changesOnly bool
	from        map[model.PageID]int64
	out         *gatherer
	// told holds ephemeral frames to be sent.
	told chan model.Ephemeral
	// hurry ends the pause before the next try; forgotten holds Pages to be dropped.
	hurry     chan struct{}
	forgotten chan model.PageID

	// The fields below belong to Run's goroutine.
	pages map[model.PageID]*pageState
	// reloads receives the steps of reloads in the background.
	reloads chan reloaded
	// generation numbers reloads.
	generation uint64
	failures   int
	// live: the hub has welcomed this connection. asked holds the Pages that each unanswered
	// hello names.
	live  bool
	asked [][]model.PageID
	// accessChanges counts the access frames received.
	accessChanges int
	// user is the user of the last welcome, or of what is resumed; nil: there was none.
	user *model.User
	// unlisted: the Pages were not listed yet, and no reload will do so.
	unlisted bool

	reading sync.WaitGroup
}

// pageState is the progress of a Page.
type pageState struct {
	model.Position
	// placed: Position is known; changes continue from it.
	placed bool
	// moved: a batch came since the last heads.
	moved bool
	// reload is the running reload; nil: none.
	reload *reload
	// complete: all of it was handed on once, and nothing was missed since.
	complete bool
}

// NewFollower returns a follower that starts with nothing. Read Updates while [Follower.Run]
// runs.
func NewFollower(c *client.Client, t Timing) *Follower {
	return &Follower{
		client: c, timing: t, out: newGatherer(t.Gather),
		pages: make(map[model.PageID]*pageState), reloads: make(chan reloaded), told: make(chan model.Ephemeral, maxTold),
		hurry: make(chan struct{}, 1), forgotten: make(chan model.PageID, maxForgotten),
	}
}

// Updates returns the channel of updates. It is closed when Run returns.
func (s *Follower) Updates() <-chan []inbox.Update { return s.out.handed }

// Run follows the hub until ctx ends, or until the hub no longer accepts the token, which is
// [ErrSignedOut].
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
		s.client.Close() // idle connections may be dead like the one before
		err := s.connection(ctx)
		s.stopReloads()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if signedOut(err) {
			s.out.put(ctx, append(s.dropAll(), inbox.Connection{State: inbox.Offline, Cause: ErrSignedOut})...)
			close(s.out.end) // what must go has to arrive
			<-done
			return errors.Join(ErrSignedOut, err)
		}
		wait := s.retryPause()
		s.out.put(ctx, inbox.Connection{State: inbox.Offline, Cause: err, Trouble: troubleOf(err), RetryAt: time.Now().Add(wait)})
		if err := s.pause(ctx, wait); err != nil {
			return err
		}
	}
}

// troubleOf returns the kind of a connection's failure.
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

// connection runs one websocket to the hub until it breaks.
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
	if err := s.sendHello(socket, s.hello()); err != nil {
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
		case id := <-s.forgotten:
			err = s.forget(ctx, id)
		case frame := <-frames:
			err = s.handleFrame(ctx, socket, frame)
		case r := <-s.reloads:
			err = s.reloadStep(ctx, socket, r)
		}
		if err != nil {
			return err
		}
	}
}

// hello names the position of each Page; a Page that has none is reloaded.
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

// handleFrame handles one frame of the hub.
func (s *Follower) handleFrame(ctx context.Context, socket *socket, frame []byte) error {
	var head struct {
		Type model.FrameType `json:"type"`
	}
	if err := json.Unmarshal(frame, &head); err != nil {
		return badFrame(err)
	}
	switch head.Type {
	case model.FrameWelcome:
		return decodeTo(frame, func(w model.Welcome) error { return s.handleWelcome(ctx, w) })
	case model.FrameBatch:
		return decodeTo(frame, func(b model.Batch) error { return s.handleBatch(ctx, socket, b) })
	case model.FrameHeads:
		return decodeTo(frame, func(h model.Heads) error { return s.handleHeads(ctx, socket, h) })
	case model.FrameAccess:
		return decodeTo(frame, func(a model.Access) error { return s.handleAccess(ctx, a) })
	case model.FrameUser:
		return decodeTo(frame, func(c model.UserChanged) error {
			s.out.put(ctx, inbox.UserChanged{User: c.User})
			return nil
		})
	case model.FrameTyping, model.FramePresence:
		return decodeTo(frame, func(l model.Ephemeral) error {
			s.out.put(ctx, inbox.Ephemeral{Frame: l})
			return nil
		})
	default: // a newer hub's
		return nil
	}
}

func decodeTo[T any](frame []byte, f func(T) error) error {
	var v T
	if err := json.Unmarshal(frame, &v); err != nil {
		return badFrame(err)
	}
	return f(v)
}

// handleBatch hands on changes that follow those before; if there is a hole, it resumes.
func (s *Follower) handleBatch(ctx context.Context, socket *socket, b model.Batch) error {
	p, ok := s.pages[b.Page]
	if !ok || !p.placed || b.To <= p.Seq {
		return nil
	}
	if b.From != p.Seq {
		if s.awaits(b.Page) {
			return nil // sent before the hub knew where to resume
		}
		return s.resume(socket, b.Page)
	}
	p.Seq, p.Proof, p.moved = b.To, b.Proof, true
	s.out.put(ctx, inbox.Changed{Batch: b})
	return nil
}

// resume asks for a Page's changes from its position.
func (s *Follower) resume(socket *socket, page model.PageID) error {
	p := s.pages[page]
	p.moved = true
	return s.sendHello(socket, model.Hello{Type: model.FrameHello, Resume: map[model.PageID]model.Position{page: p.Position}})
}

// sendHello sends a hello, and remembers which Pages its welcome will be about.
func (s *Follower) sendHello(socket *socket, h model.Hello) error {
	s.asked = append(s.asked, slices.Collect(maps.Keys(h.Resume)))
	return socket.send(h)
}

// awaits reports whether a hello that names the Page is unanswered.
func (s *Follower) awaits(page model.PageID) bool {
	return slices.ContainsFunc(s.asked, func(named []model.PageID) bool { return slices.Contains(named, page) })
}

// handleHeads compares each Page's position with its head, and resumes those that are behind with
// nothing coming.
func (s *Follower) handleHeads(ctx context.Context, socket *socket, h model.Heads) error {
	s.out.put(ctx, inbox.HubTime{Now: h.Now, Sees: slices.Sorted(maps.Keys(h.Pages))})
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

// handleAccess drops a Page that is hidden now, and reloads one that is visible again. Before the
// connection's welcome it only drops: the hub works out for the welcome, later, what the user
// sees.
func (s *Follower) handleAccess(ctx context.Context, a model.Access) error {
	s.accessChanges++
	if !s.live && a.Sees {
		return nil // the welcome that follows says how it continues
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

// drop drops all that is held of a Page; anew: its stream is another now, and it is reloaded
// from the beginning.
func (s *Follower) drop(ctx context.Context, page model.PageID, anew bool) {
	s.out.put(ctx, s.dropped(page, anew))
}

// dropped forgets a Page, and returns the update that drops it.
func (s *Follower) dropped(page model.PageID, anew bool) inbox.Update {
	if p, ok := s.pages[page]; ok {
		p.stopReload()
		delete(s.pages, page)
	}
	return inbox.Dropped{Page: page, Anew: anew}
}

// handleWelcome brings the Pages in line with what the user sees by the welcome. The first welcome
// of a connection is about all Pages; a later one, of those held, only about those that its
// hello named.
func (s *Follower) handleWelcome(ctx context.Context, w model.Welcome) error {
	var named []model.PageID
	if len(s.asked) > 0 {
		named, s.asked = s.asked[0], s.asked[1:]
	}
	first := !s.live
	// In one piece, what goes first: nothing of it may be seen once the hub has answered.
	updates := s.outdated(w)
	if first {
		s.live, s.failures = true, 0
		updates = append(updates, inbox.Connection{State: inbox.Live})
	}
	s.out.put(ctx, append(updates, inbox.Welcomed{
		Now: w.Now, User: w.User, FeedbackURL: w.FeedbackURL, Sees: slices.Sorted(maps.Keys(w.Pages)),
	})...)
	s.user = &w.User
	listed := false
	if first && (len(w.Pages) == 0 || s.unlisted) { // no reload will report the hidden ones
		if err := s.listPages(ctx); err != nil {
			return err
		}
		listed, s.unlisted = true, false
	}
	for id, wp := range w.Pages {
		if _, held := s.pages[id]; held && (s.awaits(id) || !first && !slices.Contains(named, id)) {
			continue
		}
		if s.continues(id, wp) {
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

// outdated forgets the Pages of which nothing that is held holds after a welcome, and returns
// the updates that drop them: those that the user does not see any more, and those whose stream
// is another.
func (s *Follower) outdated(w model.Welcome) []inbox.Update {
	// An admin gets more: a change of role invalidates what the other role got.
	anew := s.user != nil && (s.user.Admin != w.User.Admin || s.user.ID != w.User.ID && s.user.ID != "") && !s.changesOnly
	var updates []inbox.Update
	for id, p := range s.pages {
		wp, named := w.Pages[id]
		other := p.placed && (p.Epoch != wp.Epoch || p.Seq > wp.Seq || wp.Anew)
		// A hello under way may name another position.
		if !named || anew || other && !s.awaits(id) {
			updates = append(updates, s.dropped(id, named))
		}
	}
	return updates
}

// continues reports whether a Page continues as it is after a welcome.
func (s *Follower) continues(id model.PageID, wp model.WelcomePage) bool {
	p, held := s.pages[id]
	if !held {
		return false
	}
	if wp.Resume == model.ResumeOK && (p.complete || p.reload != nil) {
		return true
	}
	return p.reload != nil && !p.placed // its first list is on the way
}
