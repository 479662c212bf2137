package storetest

import (
	"errors"
	"testing"

	"parley/hub/store"
	"parley/model"
)

func testReacting(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putPage(t, s, "2")
	putConversation(t, s, newConversation("1", "2", at(0)))
	m := putMessage(t, s, newMessage("1_2", "m", at(1)))
	full := store.PendingReaction{
		MessageID: m.ID, ConversationID: "1_2", Number: 3, UserID: "u", Emoji: "👍", Was: &model.Reaction{By: model.ByPage, Emoji: "❤"},
		At: at(1), WakeAt: at(9), Uncertain: true, Tries: 2,
	}
	put := func(r store.PendingReaction) {
		write(t, s, r.MessageID.Page(), func(tx store.PageTx) error { return tx.PutPendingReaction(r) })
	}
	put(store.PendingReaction{MessageID: m.ID, ConversationID: "1_2", Number: 1, WakeAt: at(1)})
	put(full)
	put(store.PendingReaction{MessageID: "2_x", ConversationID: "2_2", WakeAt: at(5)})
	put(store.PendingReaction{MessageID: "1_z", ConversationID: "1_3", WakeAt: at(7)})
	ids := func() []model.MessageID {
		var out []model.MessageID
		for _, r := range value(t, s, store.Reader.PendingReactions) {
			out = append(out, r.MessageID)
		}
		return out
	}
	same(t, "the newest wish", full, value(t, s, func(r store.Reader) (store.PendingReaction, error) { return r.PendingReaction(m.ID) }))
	same(t, "all, by when they are due", []model.MessageID{"2_x", "1_z", m.ID}, ids())
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(tx.RemovePendingReaction("1_z"), tx.RemovePendingReaction("1_none"))
	})
	same(t, "one taken", []model.MessageID{"2_x", m.ID}, ids())
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_2", at(50)) })
	same(t, "its conversation deleted", []model.MessageID{"2_x"}, ids())
	read(t, s, func(r store.Reader) error {
		if _, err := r.PendingReaction(m.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a deleted one: %v", err)
		}
		return nil
	})
	err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
		return tx.PutPendingReaction(store.PendingReaction{MessageID: "2_x", ConversationID: "2_2"})
	})
	if err == nil {
		t.Error("a Page stores what belongs to another")
	}
}
