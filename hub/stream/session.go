package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/hub/access"
	"parley/hub/rescue"
	"parley/hub/store"
	"parley/hub/view"
	"parley/hub/wake"
	"parley/model"
)

// maxQueue bounds what waits for a slow client, in bytes; past that the client's
// session reads from the store when it can write again.
const maxQueue = 1 << 20

// Wire carries frames to one client.
type Wire interface {
	// Write writes one frame. It may take as long as the client makes progress.
	Write(frame []byte) error
	// Ping asks the client for a sign of life.
	Ping() error
	// Close ends the connection at once; it may be called beside Write.
	Close()
}

// ErrSessionOver: the user's token was revoked, or their role changed.
var ErrSessionOver = errors.New("session over")

// Session is one connected client: which Pages it follows, how far each was sent, and
// what waits to be written.
//
// Its audience is decided when a frame is written: [Session.Serve] is the only one
// that writes, and it asks [access.Authorize] while it holds writing, which a change of
// visibility waits for before it is answered.
type Session struct {
	stream *Stream
	user   model.User
	wire   Wire
	// valid tells whether the session may go on.
	valid func(context.Context) error

	// writing is held while a frame is authorised and written.
	writing chan struct{}
	hellos  chan model.Hello
	wake    wake.Signal

	mu      sync.Mutex
	follows map[model.PageID]*follow
	queue   []queued
	bytes   int
}

// follow is a Page that a session is sent the changes of.
type follow struct {
	// seq is up to where changes are queued or written.
	seq int64
	// behind: there are changes after seq that are not queued.
	behind bool
}

// queued is a frame that waits. Frames about a Page are written only to who may see
// it then; a batch has its range.
type queued struct {
	page     model.PageID
	from, to int64
	bytes    []byte
	// access: it tells that access changed, and is not void when the Page's changes are.
	access bool
	// always: it may be written whoever may see the Page (it says that access is gone).
	always bool
}

// Attach begins a session of a user. valid is asked now and then whether it may go on.
func (st *Stream) Attach(user model.User, wire Wire, valid func(context.Context) error) *Session {
	return &Session{
		stream: st, user: user, wire: wire, valid: valid, writing: make(chan struct{}, 1),
		hellos: make(chan model.Hello, 1), wake: wake.NewSignal(), follows: make(map[model.PageID]*follow),
	}
}

// Hello asks to be sent Pages from a position. It waits while another is answered.
func (s *Session) Hello(ctx context.Context, hello model.Hello) error {
	select {
	case s.hellos <- hello:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Serve writes to the client until ctx ends, the wire breaks, or the session is over.
func (s *Session) Serve(ctx context.Context) error {
	s.stream.join(s)
	defer s.stream.leave(s)
	ctx, cancel := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		defer rescue.Log(s.stream.log, "look at a session")
		s.watch(ctx, cancel)
	})
	defer watching.Wait()
	defer cancel(nil)

	err := s.serve(ctx)
	if over := context.Cause(ctx); errors.Is(over, ErrSessionOver) {
		return over
	}
	return err
}

func (s *Session) serve(ctx context.Context) error {
	heads := time.NewTicker(s.stream.timing.Heads)
	defer heads.Stop()
	always := make(chan struct{})
	close(always)
	for {
		more, err := s.step(ctx)
		if err != nil {
			return err
		}
		// A client that is never done reading is answered and looked at all the same.
		var waiting <-chan struct{}
		if more {
			waiting = always
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case hello := <-s.hellos:
			err = s.welcome(ctx, hello)
		case <-heads.C:
			err = s.heads(ctx)
		case <-s.wake:
		case <-waiting:
		}
		if err != nil {
			return err
		}
	}
}

// watch asks now and then whether the session may go on. One that may not is ended
// also while a frame is being written, however slowly.
func (s *Session) watch(ctx context.Context, end context.CancelCauseFunc) {
	validity := time.NewTicker(s.stream.timing.Revalidate)
	defer validity.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-validity.C:
		}
		if err := s.valid(ctx); err != nil {
			end(err)
			grace, cancel := context.WithTimeout(context.Background(), flipGrace)
			s.settle(grace)
			cancel()
			return
		}
	}
}

// offer queues a batch for a session that is exactly at its beginning and has room;
// every other that follows the Page is behind and will read from the store.
func (s *Session) offer(q queued) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.follows[q.page]
	if !ok || f.seq >= q.to {
		return
	}
	if f.behind || f.seq != q.from || q.bytes == nil || s.bytes+len(q.bytes) > maxQueue {
		if !f.behind && s.bytes+len(q.bytes) > maxQueue {
			s.stream.figures.slowClients.Inc()
		}
		f.behind = true
	} else {
		f.seq = q.to
		s.push(q)
	}
	s.wake.Notify()
}

func (s *Session) push(q queued) {
	s.queue = append(s.queue, q)
	s.bytes += len(q.bytes)
}

// step writes one frame: one that waits, or one read from the store of what the
// session is behind by. It tells whether there may be more.
func (s *Session) step(ctx context.Context) (more bool, err error) {
	if q, ok := s.pop(); ok {
		return true, s.writeIfSeen(ctx, q)
	}
	page, seq, ok := s.behind()
	if !ok {
		return false, nil
	}
	return true, s.catchUp(ctx, page, seq)
}

func (s *Session) pop() (queued, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		s.queue = nil
		return queued{}, false
	}
	q := s.queue[0]
	s.queue[0] = queued{}
	s.queue = s.queue[1:]
	s.bytes -= len(q.bytes)
	return q, true
}

// hold waits for the right to write, unless ctx is over; release gives it back.
func (s *Session) hold(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.writing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Session) release() { <-s.writing }

// writeIfSeen writes a frame if its audience may have it now.
func (s *Session) writeIfSeen(ctx context.Context, q queued) error {
	if err := s.hold(ctx); err != nil {
		return err
	}
	defer s.release()
	if !q.always {
		if _, err := access.Authorize(s.stream, s.user.ID, q.page); err != nil {
			return nil //nolint:nilerr // hidden meanwhile: it is not written
		}
	}
	return s.wire.Write(q.bytes)
}

// behind returns a Page that the session has to read up on.
func (s *Session) behind() (model.PageID, int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for page, f := range s.follows {
		if f.behind {
			return page, f.seq, true
		}
	}
	return "", 0, false
}

// catchUp writes one batch read from the store.
func (s *Session) catchUp(ctx context.Context, page model.PageID, seq int64) error {
	if err := s.hold(ctx); err != nil {
		return err
	}
	defer s.release()
	if _, err := access.Authorize(s.stream, s.user.ID, page); err != nil {
		s.unfollow(page)
		return nil //nolint:nilerr // hidden meanwhile
	}
	var batch model.Batch
	var gone bool
	err := s.stream.views.Read(ctx, s.user, page, func(v view.View) (err error) {
		batch, gone, err = v.ChangesAfter(v.Shown[0], seq)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.unfollow(page)
		return nil
	case err != nil:
		return err
	case gone:
		return fmt.Errorf("log of %s no longer reaches back to %d", page, seq)
	}
	s.caughtUp(page, seq, batch.To)
	if batch.To == seq {
		return nil
	}
	b, err := json.Marshal(batch)
	if err != nil {
		return fmt.Errorf("encode batch: %w", err)
	}
	return s.wire.Write(b)
}

// caughtUp moves a session on. It is no longer behind when it has all that was fed:
// what comes next will be offered to it.
func (s *Session) caughtUp(page model.PageID, from, to int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.follows[page]
	if !ok || f.seq != from {
		return // repositioned meanwhile
	}
	f.seq = to
	// Asked while mu is held: what is fed after this is offered after it, too.
	f.behind = to < s.stream.fedUpTo(page)
}

func (s *Session) unfollow(page model.PageID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.follows, page)
}
