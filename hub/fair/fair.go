// Package fair limits how many do something at once, and lets users take turns, so that one
// user's many requests don't keep others waiting.
package fair

import (
	"context"
	"errors"
	"slices"
	"sync"

	"parley/model"
)

// ErrBusy means that too many of one user's requests wait already.
var ErrBusy = errors.New("too much of one user waits")

// Semaphore admits a limited number at once, and a smaller number of one user. If more wait,
// users take turns, each in the order of arrival.
type Semaphore struct {
	all, each, most int

	mu    sync.Mutex
	in    int
	of    map[model.UserID]*share
	turns []model.UserID // users with somebody waiting, the next one first
}

// share is one user's part of it.
type share struct {
	in    int
	waits []chan struct{}
}

// New returns a semaphore that admits all at once, each of one user, and lets most of one user
// wait.
func New(all, each, most int) *Semaphore {
	return &Semaphore{all: all, each: each, most: most, of: make(map[model.UserID]*share)}
}

// Acquire waits for a user's turn; leave ends it. If too many of the user wait, it returns
// [ErrBusy].
func (s *Semaphore) Acquire(ctx context.Context, user model.UserID) (leave func(), err error) {
	s.mu.Lock()
	mine := s.of[user]
	if mine == nil {
		mine = &share{}
		s.of[user] = mine
	}
	if len(mine.waits) >= s.most {
		s.mu.Unlock()
		return nil, ErrBusy
	}
	turn := make(chan struct{})
	mine.waits = append(mine.waits, turn)
	if len(mine.waits) == 1 {
		s.turns = append(s.turns, user)
	}
	s.admit()
	s.mu.Unlock()
	leave = sync.OnceFunc(func() { s.leave(user, turn) })
	select {
	case <-turn:
		return leave, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

// admit admits whoever may enter now. The caller holds mu.
func (s *Semaphore) admit() {
	for s.in < s.all {
		i := slices.IndexFunc(s.turns, func(u model.UserID) bool { return s.of[u].in < s.each })
		if i < 0 {
			return
		}
		user := s.turns[i]
		next := s.of[user]
		close(next.waits[0])
		next.waits = next.waits[1:]
		next.in++
		s.in++
		s.turns = slices.Delete(s.turns, i, i+1)
		if len(next.waits) > 0 {
			s.turns = append(s.turns, user)
		}
	}
}

// leave gives up a place, or the wait for one.
func (s *Semaphore) leave(user model.UserID, turn chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := s.of[user]
	select {
	case <-turn:
		mine.in--
		s.in--
	default:
		i := slices.Index(mine.waits, turn)
		mine.waits = slices.Delete(mine.waits, i, i+1)
		if len(mine.waits) == 0 {
			s.turns = slices.DeleteFunc(s.turns, func(u model.UserID) bool { return u == user })
		}
	}
	if mine.in == 0 && len(mine.waits) == 0 {
		delete(s.of, user)
	}
	s.admit()
}
