package pages_test

import (
	"strconv"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/model"
)

// TestNamesAfterAFailure: one failed call at first contact leaves nobody nameless for long:
// asked again within a minute, then by back-off.
func TestNamesAfterAFailure(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Settle()
		w.Graph.Set(func() { w.Graph.Customer = model.Customer{Name: "山田 花子"} })
		w.Pass(time.Minute)
		if c := w.Conversation(hanako); c.Customer.Name != "山田 花子" || w.Graph.ProfileCalls != 2 {
			t.Errorf("within a minute asked %d times, and called %q", w.Graph.ProfileCalls, string(c.Customer.Name))
		}
	})
}

// TestRefusedProfilesAreSaidOnce: it is a line of the log for each Page and hour, not one
// for each customer.
func TestRefusedProfilesAreSaidOnce(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		const line = "customers' profiles not told"
		w.Graph.Set(func() { w.Graph.ProfileErr = model.ErrNoProfile })
		fifty := func(prefix string) (all []model.PSID) {
			for i := range 50 {
				all = append(all, model.PSID(prefix+strconv.Itoa(i)))
			}
			return all
		}
		w.CustomerWrites(fifty("psid_")...)
		w.Settle()
		if n := w.Log.Times(line); n != 1 || w.Graph.ProfileCalls < 50 {
			t.Errorf("%d lines of %d customers", n, w.Graph.ProfileCalls)
		}
		w.Pass(3 * time.Hour)
		w.CustomerWrites(fifty("psid_later_")...)
		w.Settle()
		if n := w.Log.Times(line); n != 2 {
			t.Errorf("%d lines hours later", n)
		}
	})
}

// TestNamesByBackOff: while nothing is answered, fewer and fewer calls.
func TestNamesByBackOff(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Pass(time.Hour)
		if n := w.Graph.ProfileCalls; n < 5 || n > 10 {
			t.Errorf("asked %d times in an hour of failures", n)
		}
	})
}

// TestNamesWhenOpened: whoever is opened without a name is asked for, but not each time.
func TestNamesWhenOpened(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Graph.Set(func() { w.Graph.ProfileErr = model.ErrNoProfile })
		w.CustomerWrites(hanako)
		w.Pass(time.Hour)
		before := w.Graph.ProfileCalls
		for range 20 {
			_, _, _, err := w.Hub.Messages(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), "", 10)
			w.Must(err)
		}
		w.Settle()
		if n := w.Graph.ProfileCalls - before; n != 1 {
			t.Errorf("asked %d times when opened", n)
		}
		w.Graph.Set(func() { w.Graph.Customer = model.Customer{Name: "山田 花子"} })
		w.Pass(time.Minute)
		_, _, _, err := w.Hub.Messages(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), "", 10)
		w.Must(err)
		w.Settle()
		if c := w.Conversation(hanako); c.Customer.Name != "山田 花子" {
			t.Errorf("opened, and called %q", string(c.Customer.Name))
		}
	})
}

func TestNamesOfNewCustomers(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Graph.Set(func() { w.Graph.Customer = model.Customer{Name: "山田 花子", Locale: "ja_JP"} })
		w.CustomerWrites(hanako)
		w.Settle()
		c := w.Conversation(hanako)
		if c.Customer.Name != "山田 花子" || c.Customer.Locale != "ja_JP" || c.LastMessage.Author.Name != "山田 花子" {
			t.Errorf("customer %+v", c.Customer.PSID)
		}
		if ms := w.Messages(hanako); ms[0].Author.Name != "山田 花子" {
			t.Error("her message does not bear her name")
		}
		w.Receive(hubtest.Wrote(hanako, "m2", "again", hubtest.Now()))
		if w.Graph.ProfileCalls != 1 {
			t.Errorf("asked %d times, want once", w.Graph.ProfileCalls)
		}
	})
}

// A name that Meta does not tell is asked for again, not at once.
func TestNamesNotTold(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Graph.Set(func() { w.Graph.ProfileErr = model.ErrNoProfile })
		w.CustomerWrites(hanako)
		w.Pass(time.Hour)
		if w.Graph.ProfileCalls != 1 {
			t.Errorf("asked %d times within the hour, want once", w.Graph.ProfileCalls)
		}
		w.Pass(6 * time.Hour)
		if w.Graph.ProfileCalls != 2 {
			t.Errorf("asked %d times within seven hours, want twice", w.Graph.ProfileCalls)
		}
	})
}
