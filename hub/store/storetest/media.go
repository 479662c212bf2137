package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// testMedia: what is due is found by Page, the rest later; what is stored is found by content and
// age; and contents that are gone are remembered until they are forgotten.
func testMedia(t *testing.T, s store.Store) {
	one := func(id model.MediaID, change func(*store.Media)) store.Media {
		m := store.Media{
			ID: id, Conversation: model.NewConversationID(id.Page(), "9"), Kind: "image", URL: "https://x.fbcdn.net/?a=1&b=<2>", At: at(1), Since: at(1), WakeAt: at(5),
		}
		change(&m)
		return m
	}
	for _, page := range []model.PageID{"1", "2"} {
		putPage(t, s, page)
		c := putConversation(t, s, newConversation(page, "9", at(0)))
		for i := range 4 {
			m := newMessage(c.ID, fmt.Sprint("m", i), at(i))
			m.Attachments = []model.Attachment{{ID: fmt.Sprintf("%s_m%d.1", page, i), Type: "image", Media: &model.Media{State: model.MediaPending}}}
			putMessage(t, s, m)
		}
	}
	put := func(all ...store.Media) {
		t.Helper()
		for _, m := range all {
			write(t, s, m.ID.Page(), func(tx store.PageTx) error { return tx.PutMedia(m) })
		}
	}
	now := one("1_m0.1", func(*store.Media) {})
	later := one("1_m1.1", func(m *store.Media) { m.Later, m.WakeAt = true, at(4) })
	waits := one("1_m2.1", func(m *store.Media) { m.WakeAt, m.Tries = at(9), 2 })
	kept := one("2_m0.1", func(m *store.Media) {
		m.WakeAt, m.Hash, m.Size, m.Type, m.Name, m.Seconds = time.Time{}, "aa", 7, "image/png", "机.png", 1.5
	})
	older := one("1_m3.1", func(m *store.Media) { m.WakeAt, m.Hash, m.At = time.Time{}, "aa", at(-9) })
	put(later, now, waits, kept, older)
	same(t, "media", kept, value(t, s, func(r store.Reader) (store.Media, error) { return r.Media(kept.ID) }))
	same(t, "pages", []model.PageID{"1"}, value(t, s, store.Reader.PagesWithMedia))
	due := func(limit int) (all []store.Media, next time.Time) {
		read(t, s, func(r store.Reader) (err error) {
			all, next, err = r.DueMedia("1", at(5), limit)
			return err
		})
		return all, next
	}
	all, next := due(5)
	same(t, "due", []store.Media{now, later}, all)
	same(t, "next", at(9), next)
	all, next = due(1)
	same(t, "first due", []store.Media{now}, all)
	same(t, "next of more", at(5), next)
	oldest := func(limit int) []store.Media {
		return value(t, s, func(r store.Reader) ([]store.Media, error) { return r.OldestMedia(at(9), limit) })
	}
	same(t, "oldest", []store.Media{older, kept}, oldest(5))
	same(t, "the oldest", []store.Media{older}, oldest(1))
	used := func(hash string) bool {
		return value(t, s, func(r store.Reader) (bool, error) { return r.MediaInUse(hash) })
	}
	if !used("aa") || used("bb") || used("") {
		t.Error("contents in use are not known")
	}
	for what, m := range map[string]store.Media{
		"of no message": one("1_x.1", func(*store.Media) {}), "of another conversation": one("1_m0.1", func(m *store.Media) { m.Conversation = "1_8" }),
	} {
		if err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return tx.PutMedia(m) }); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("media %s: %v", what, err)
		}
	}
	if err := s.Write(t.Context(), "2", func(tx store.PageTx) error { return tx.PutMedia(now) }); err == nil {
		t.Error("media of another page was stored")
	}
	testDroppedMedia(t, s, kept, older)
}

// testDroppedMedia: media goes with its attachment, its message and its conversation, and what it
// had is dropped.
func testDroppedMedia(t *testing.T, s store.Store, kept, older store.Media) {
	dropped := func(page model.PageID) []store.DroppedMedia {
		return value(t, s, func(r store.Reader) ([]store.DroppedMedia, error) { return r.DroppedMedia(page, 9) })
	}
	if d := dropped(""); d != nil {
		t.Errorf("dropped %v", d)
	}
	is := func(id model.MediaID) bool {
		err := s.Read(t.Context(), func(r store.Reader) error { _, err := r.Media(id); return err })
		return !errors.Is(err, store.ErrNotFound)
	}
	// Taken back: the message has no attachments any more.
	write(t, s, "1", func(tx store.PageTx) error {
		m, err := tx.Message("1_m3")
		m.Deleted, m.Attachments = true, []model.Attachment{}
		return errors.Join(err, tx.PutMessage(&m))
	})
	if is(older.ID) {
		t.Error("media of a message that was taken back is there")
	}
	same(t, "dropped", []store.DroppedMedia{{Page: "1", Hash: "aa"}}, dropped("1"))
	other := kept
	other.Hash = "bb"
	write(t, s, "2", func(tx store.PageTx) error { return tx.PutMedia(other) })
	same(t, "dropped by another content", []store.DroppedMedia{{Page: "1", Hash: "aa"}, {Page: "2", Hash: "aa"}}, dropped(""))
	write(t, s, "2", func(tx store.PageTx) error { return tx.ForgetDropped("aa") })
	write(t, s, "2", func(tx store.PageTx) error { return tx.RemoveMessage("2_m0") })
	same(t, "dropped with its message", []store.DroppedMedia{{Page: "2", Hash: "bb"}}, dropped("2"))
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_9", at(99)) })
	if is("1_m0.1") || is("1_m1.1") {
		t.Error("media of a deleted conversation is there")
	}
}
