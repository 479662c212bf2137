package stream

import (
	"context"
	"time"

	"parley/model"
	"parley/model/inbox"
)

// Resume makes the follower go on from what an earlier run held, instead of starting with
// nothing: the user, and the position of each Page of which all was held. Call it before
// [Follower.Run], whose updates follow on those that restore it.
func (s *Follower) Resume(user model.User, held map[model.PageID]model.Position) {
	if len(held) == 0 {
		return
	}
	s.user, s.unlisted = &user, true
	for id, at := range held {
		s.pages[id] = &pageState{Position: at, placed: true, complete: true}
	}
}

// ConnectNow makes the next try to connect come at once, if one is waited for. It never blocks
// and is safe for concurrent use.
func (s *Follower) ConnectNow() {
	select {
	case s.hurry <- struct{}{}:
	default:
	}
}

// maxForgotten is how many Pages may wait to be dropped.
const maxForgotten = 64

// Forget drops what is held of a Page and reads it anew from the hub, once there is one. It
// waits for the follower only if very many Pages are dropped at once, and at most until ctx
// ends. It is safe for concurrent use.
func (s *Follower) Forget(ctx context.Context, page model.PageID) {
	select {
	case s.forgotten <- page:
	case <-ctx.Done():
	}
}

// forget drops a Page, and reloads it if the hub is there.
func (s *Follower) forget(ctx context.Context, page model.PageID) error {
	if _, held := s.pages[page]; !held {
		return nil
	}
	s.drop(ctx, page, true)
	if !s.live {
		return nil // the welcome says how it continues
	}
	if err := s.listPages(ctx); err != nil {
		return err
	}
	s.reload(ctx, page)
	return nil
}

// pause waits before the next try to connect, unless the user is in a hurry.
func (s *Follower) pause(ctx context.Context, wait time.Duration) error {
	select { // what was asked for while the last try went on was answered by it
	case <-s.hurry:
	default:
	}
	s.live = false
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return nil
		case <-s.hurry:
			return nil
		case id := <-s.forgotten:
			_ = s.forget(ctx, id) // calls nobody
		}
	}
}

// dropAll forgets all Pages, and returns the updates that drop them: the hub no longer accepts
// the token.
func (s *Follower) dropAll() []inbox.Update {
	var updates []inbox.Update
	for id := range s.pages {
		updates = append(updates, s.dropped(id, false))
	}
	return updates
}
