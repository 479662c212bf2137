package storetest

import (
	"errors"
	"testing"

	"parley/hub/store"
	"parley/model"
)

// testNewestSaid: the last thing said between customer and Page is found whatever else came
// after it.
func testNewestSaid(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	c := putConversation(t, s, newConversation("1", "a", at(0)))
	newest := func() model.MessageID {
		var id model.MessageID
		read(t, s, func(r store.Reader) error {
			m, err := r.NewestSaid(c.ID)
			if errors.Is(err, store.ErrNotFound) {
				err = nil
			}
			id = m.ID
			return err
		})
		return id
	}
	same(t, "of nothing", model.MessageID(""), newest())
	n := 0
	put := func(change func(*store.Message)) model.MessageID {
		n++
		m := newMessage(c.ID, number("m", n), at(n))
		change(&m)
		return putMessage(t, s, m).ID
	}
	others := []func(*store.Message){
		func(m *store.Message) { m.Direction = model.Note },
		func(m *store.Message) { m.Direction = model.System },
		func(m *store.Message) { m.Standby = true },
		func(m *store.Message) { m.Deleted = true },
		func(m *store.Message) { m.Direction, m.State = model.Out, model.Failed },
		func(m *store.Message) { m.Direction, m.State = model.Out, model.Dropped },
	}
	for _, change := range others {
		put(change)
	}
	same(t, "of what was not said", model.MessageID(""), newest())
	for _, state := range []model.State{"", model.Queued, model.Posting, model.Sent, model.Delivered, model.Read, model.Unknown, model.Ask} {
		id := put(func(m *store.Message) {
			if m.State = state; state != "" {
				m.Direction = model.Out
			}
		})
		for _, change := range others {
			put(change)
		}
		same(t, "in state "+string(state), id, newest())
	}
}
