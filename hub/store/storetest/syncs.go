package storetest

import (
	"errors"
	"testing"
	"time"

	"parley/hub/store"
	"parley/hub/transcript"
	"parley/model"
)

// testSyncs: a change of what belongs in a transcript marks its sync, if there is one, and
// nothing else does; a sync is removed with its conversation.
func testSyncs(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putConversation(t, s, newConversation("1", "2", at(1)))
	putConversation(t, s, newConversation("1", "3", at(1)))
	get := func() store.Sync {
		return value(t, s, func(r store.Reader) (store.Sync, error) { return r.Sync("1_2") })
	}
	if err := s.Read(t.Context(), func(r store.Reader) error { _, err := r.Sync("1_2"); return err }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a sync that is not there: %v", err)
	}
	want := store.Sync{Conversation: "1_2", Since: at(5), WakeAt: at(7), Failures: 2, Reason: model.CRMLimited, DoneAt: at(2)}
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(tx.PutSync(want), tx.PutSync(store.Sync{Conversation: "1_3", WakeAt: at(9)}))
	})
	same(t, "sync", want, get())
	due := func(second int) (ids []model.ConversationID, next time.Time) {
		list := value(t, s, func(r store.Reader) (out []store.Sync, err error) {
			out, next, err = r.DueSyncs(at(second), 5)
			return out, err
		})
		for _, one := range list {
			ids = append(ids, one.Conversation)
		}
		return ids, next
	}
	if ids, next := due(8); len(ids) != 1 || ids[0] != "1_2" || !next.Equal(at(9)) {
		t.Errorf("due %v, then at %s", ids, next)
	}
	changed := func() int {
		return len(value(t, s, func(r store.Reader) ([]store.Sync, error) { return r.ChangedSyncs(5) }))
	}
	m := store.Message{Message: model.Message{ID: "1_m", ConversationID: "1_2", Direction: model.Out, State: model.Queued}, Order: at(3)}
	put := func(want int, what string) {
		t.Helper()
		write(t, s, "1", func(tx store.PageTx) error { return tx.PutMessage(&m) })
		if n := changed(); n != want {
			t.Errorf("%s: %d changed", what, n)
		}
		write(t, s, "1", func(tx store.PageTx) error {
			now, err := tx.Sync("1_2")
			now.Noticed = now.Changed
			return errors.Join(err, tx.PutSync(now))
		})
		if n := changed(); n != 0 {
			t.Errorf("%s: noticed, and %d changed", what, n)
		}
	}
	put(0, "queued")
	m.State = model.Sent
	put(1, "sent")
	m.State = model.Read
	put(0, "read")
	m.Text, m.Edited = "x", true
	put(1, "edited")
	m.Deleted = true
	put(1, "unsent")
	write(t, s, "1", func(tx store.PageTx) error { return tx.RemoveMessage("1_m") })
	if changed() != 1 {
		t.Error("removed, and nothing changed")
	}
	if err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return tx.PutSync(store.Sync{Conversation: "1_9"}) }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a sync of no conversation: %v", err)
	}
	if err := s.Write(t.Context(), "2", func(tx store.PageTx) error { return tx.PutSync(want) }); err == nil {
		t.Error("a sync of another page was stored")
	}
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_2", at(9)) })
	if n := len(value(t, s, func(r store.Reader) ([]store.Sync, error) { return r.PageSyncs("1") })); n != 1 {
		t.Errorf("%d syncs after a conversation was deleted", n)
	}
}

// testTranscripts: parts are found by conversation and by record, the newest day first, in
// pages; deleted ones are no longer found by record.
func testTranscripts(t *testing.T, s store.Store) {
	for _, page := range []model.PageID{"1", "1~2"} {
		putPage(t, s, page)
		putConversation(t, s, newConversation(page, "2", at(1)))
	}
	part := func(day string, note int64, on ...model.RecordRef) transcript.Part {
		return transcript.Part{Day: day, Number: 1, Zone: "Asia/Tokyo", Marker: "m", Note: note, Records: on, At: at(4), Entries: []transcript.Entry{{ID: "1_m", Line: model.TranscriptLine{Text: "<b>"}}}}
	}
	one, two, three := part("2026-11-20", 7, deal42), part("2026-11-21", 8, deal42, person12), part("2026-11-21", 9, deal42)
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(tx.PutTranscript("1_2", two), tx.PutTranscript("1_2", one))
	})
	write(t, s, "1~2", func(tx store.PageTx) error { return tx.PutTranscript("1~2_2", three) })
	same(t, "by conversation", []transcript.Part{one, two}, value(t, s, func(r store.Reader) ([]transcript.Part, error) { return r.Transcript("1_2") }))
	same(t, "one part", two, value(t, s, func(r store.Reader) (transcript.Part, error) { return r.TranscriptPart("1_2", "2026-11-21", 1) }))
	on := func(ref model.RecordRef, limit int) (all []transcript.Part) {
		for cursor := ""; ; {
			got := value(t, s, func(r store.Reader) (out []transcript.Part, err error) {
				out, cursor, err = r.TranscriptsOn(ref, cursor, limit)
				return out, err
			})
			if all = append(all, got...); cursor == "" {
				return all
			}
		}
	}
	for limit := 1; limit <= 4; limit++ {
		same(t, "on the deal", []transcript.Part{three, two, one}, on(deal42, limit))
	}
	same(t, "on the person", []transcript.Part{two}, on(person12, 9))
	err := s.Read(t.Context(), func(r store.Reader) error {
		_, cursor, err := r.TranscriptsOn(deal42, "", 1)
		if err == nil {
			_, _, err = r.TranscriptsOn(person12, cursor, 1)
		}
		return err
	})
	if !errors.Is(err, store.ErrBadCursor) {
		t.Errorf("a cursor of another record: %v", err)
	}
	moved, gone := two, one
	moved.Records, gone.Gone = []model.RecordRef{person12}, true
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(tx.PutTranscript("1_2", moved), tx.PutTranscript("1_2", gone))
	})
	same(t, "after one moved and one went", []transcript.Part{three}, on(deal42, 9))
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_2", at(9)) })
	if left := on(person12, 9); len(left) != 0 {
		t.Errorf("left of a deleted conversation: %d", len(left))
	}
	same(t, "of the other installation", []transcript.Part{three}, on(deal42, 9))
}
