package fair

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"parley/model"
)

// asker is one who waits, or is in.
type asker struct {
	user   model.UserID
	cancel context.CancelFunc
	done   chan error
	leave  func()
}

func (s *Semaphore) asks(user model.UserID) *asker {
	ctx, cancel := context.WithCancel(context.Background())
	t := &asker{user: user, cancel: cancel, done: make(chan error, 1)}
	go func() {
		leave, err := s.Acquire(ctx, user)
		t.leave = leave
		t.done <- err
	}()
	synctest.Wait()
	return t
}

func (t *asker) in() bool { return len(t.done) == 1 && t.leave != nil }

// Who comes after many of another's is next.
func TestUsersTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(2, 1, 16)
		var many []*asker
		for range 16 {
			many = append(many, s.asks("ann"))
		}
		if !many[0].in() || many[1].in() {
			t.Fatal("one user is to have one place")
		}
		ben := s.asks("ben")
		if !ben.in() {
			t.Fatal("a place that is free is not given to another")
		}
		cat, dan := s.asks("cat"), s.asks("dan")
		if cat.in() || dan.in() {
			t.Fatal("three are in two places")
		}
		many[0].leave()
		synctest.Wait()
		if !cat.in() && !many[1].in() || dan.in() {
			t.Fatal("nobody followed")
		}
		ben.leave()
		synctest.Wait()
		if !cat.in() {
			t.Error("another's sixteen are before one's first")
		}
		for _, one := range append(many, cat, dan) {
			one.cancel()
			synctest.Wait()
			if one.leave != nil {
				one.leave()
			}
		}
		synctest.Wait()
		if s.in != 0 || len(s.of) != 0 || len(s.turns) != 0 {
			t.Errorf("left behind: %d in, %v, %v", s.in, s.of, s.turns)
		}
	})
}

// Too many who wait are told so, and wait for nothing.
func TestTooManyOfOneWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(1, 1, 3)
		var ours []*asker
		for range 4 {
			ours = append(ours, s.asks("ann"))
		}
		if _, err := s.Acquire(t.Context(), "ann"); !errors.Is(err, ErrBusy) {
			t.Errorf("the fourth who waits: %v", err)
		}
		ben := s.asks("ben")
		for _, one := range ours {
			one.cancel()
		}
		ours[0].leave()
		synctest.Wait()
		if !ben.in() {
			t.Error("another does not come in")
		}
		ben.leave()
	})
}

// However users come, go and give up: nobody is in beyond the bounds, nobody waits while
// there is a place for them, and nothing is left behind.
func TestSharesHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		all, each := rapid.IntRange(1, 4).Draw(rt, "all"), rapid.IntRange(1, 3).Draw(rt, "each")
		steps := rapid.SliceOfN(rapid.IntRange(0, 1000), 1, 60).Draw(rt, "steps")
		var why string
		synctest.Test(t, func(*testing.T) { why = sharing(New(all, each, 20), steps) })
		if why != "" {
			rt.Fatal(why)
		}
	})
}

func sharing(s *Semaphore, steps []int) string {
	var open []*asker
	remove := func(i int) {
		one := open[i]
		open = append(open[:i], open[i+1:]...)
		one.cancel()
		synctest.Wait()
		if one.leave != nil {
			one.leave()
		}
		synctest.Wait()
	}
	for _, step := range steps {
		if step%3 == 0 && len(open) > 0 {
			remove(step % len(open))
		} else {
			open = append(open, s.asks(model.UserID(fmt.Sprint(step%4))))
		}
		in, waits := map[model.UserID]int{}, map[model.UserID]int{}
		total := 0
		for _, one := range open {
			if one.in() {
				in[one.user]++
				total++
			} else if len(one.done) == 0 {
				waits[one.user]++
			}
		}
		if total > s.all || total != s.in {
			return fmt.Sprintf("%d are in, counted %d, of %d", total, s.in, s.all)
		}
		for user, n := range in {
			if n > s.each {
				return fmt.Sprintf("%d of %s are in", n, user)
			}
		}
		for user := range waits {
			if total < s.all && in[user] < s.each {
				return fmt.Sprintf("%s waits, though %d are in", user, total)
			}
		}
	}
	for len(open) > 0 {
		remove(0)
	}
	if s.in != 0 || len(s.of) != 0 || len(s.turns) != 0 {
		return fmt.Sprintf("left behind: %d in, %v, %v", s.in, s.of, s.turns)
	}
	return ""
}
