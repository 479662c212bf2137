package hub_test

import (
	"strconv"
	"testing"
	"time"

	"parley/model"
)

// TestNamesAfterAFailure: one failed call at first contact leaves nobody nameless for long:
// asked again within a minute, then by back-off.
func TestNamesAfterAFailure(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.settle()
		w.graph.set(func() { w.graph.profile = model.Customer{Name: "山田 花子"} })
		w.pass(time.Minute)
		if c := w.conversation(hanako); c.Customer.Name != "山田 花子" || w.graph.profileCalls != 2 {
			t.Errorf("within a minute asked %d times, and called %q", w.graph.profileCalls, string(c.Customer.Name))
		}
	})
}

// TestRefusedProfilesAreSaidOnce: it is a line of the log for each Page and hour, not one
// for each customer.
func TestRefusedProfilesAreSaidOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const line = "customers' profiles not told"
		w.graph.set(func() { w.graph.profileErr = model.ErrNoProfile })
		for i := range 50 {
			w.customerWrites(model.PSID("psid_" + strconv.Itoa(i)))
		}
		w.settle()
		if n := w.errors.times(line); n != 1 || w.graph.profileCalls < 50 {
			t.Errorf("%d lines of %d customers", n, w.graph.profileCalls)
		}
		w.pass(3 * time.Hour)
		for i := range 50 {
			w.customerWrites(model.PSID("psid_later_" + strconv.Itoa(i)))
		}
		w.settle()
		if n := w.errors.times(line); n != 2 {
			t.Errorf("%d lines hours later", n)
		}
	})
}

// TestNamesByBackOff: while nothing is answered, fewer and fewer calls.
func TestNamesByBackOff(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.pass(time.Hour)
		if n := w.graph.profileCalls; n < 5 || n > 10 {
			t.Errorf("asked %d times in an hour of failures", n)
		}
	})
}

// TestNamesWhenOpened: whoever is opened without a name is asked for, but not each time.
func TestNamesWhenOpened(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.graph.set(func() { w.graph.profileErr = model.ErrNoProfile })
		w.customerWrites(hanako)
		w.pass(time.Hour)
		before := w.graph.profileCalls
		for range 20 {
			_, _, _, err := w.hub.Messages(w.ctx, w.ann, conversationWith(hanako), "", 10)
			w.must(err)
		}
		w.settle()
		if n := w.graph.profileCalls - before; n != 1 {
			t.Errorf("asked %d times when opened", n)
		}
		w.graph.set(func() { w.graph.profile = model.Customer{Name: "山田 花子"} })
		w.pass(time.Minute)
		_, _, _, err := w.hub.Messages(w.ctx, w.ann, conversationWith(hanako), "", 10)
		w.must(err)
		w.settle()
		if c := w.conversation(hanako); c.Customer.Name != "山田 花子" {
			t.Errorf("opened, and called %q", string(c.Customer.Name))
		}
	})
}
