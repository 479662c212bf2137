package storetest

import (
	"errors"
	"testing"

	"parley/hub/store"
	"parley/hub/transcript"
	"parley/model"
)

// hanging is what belongs to a message.
type hanging struct {
	Message, Reply, PendingReaction, Attempt, Upload bool
}

// testRemoveMessage: a message is removed with what belongs to it, and nothing of any other.
func testRemoveMessage(t *testing.T, s store.Store) {
	ids := []model.MessageID{"1_a", "1_b", "1_c", "2_a"}
	for _, page := range []model.PageID{"1", "2"} {
		putPage(t, s, page)
	}
	for _, id := range ids {
		c := model.NewConversationID(id.Page(), "9")
		if id == "1_c" {
			c = "1_8"
		}
		putConversation(t, s, newConversation(c.Page(), c.Customer(), at(0)))
		m := newMessage(c, string(id[len(id.Page())+1:]), at(1))
		putMessage(t, s, m)
		write(t, s, id.Page(), func(tx store.PageTx) error {
			return errors.Join(
				tx.PutReply(store.Reply{MessageID: id, ConversationID: c, UserID: "u", ClientID: model.ClientID(id), File: &store.File{Upload: "up" + string(id)}}),
				tx.PutAttempt(store.Attempt{MessageID: id, Number: 1, Token: "first" + string(id)}),
				tx.PutAttempt(store.Attempt{MessageID: id, Number: 2, Token: "second" + string(id)}),
				tx.PutPendingReaction(store.PendingReaction{MessageID: id, ConversationID: c, Number: 1}))
		})
	}
	left := func(id model.MessageID) (h hanging) {
		read(t, s, func(r store.Reader) error {
			attempts, err := r.Attempts(id)
			used, err2 := r.UploadInUse("up" + string(id))
			h = hanging{
				Message: drop(r.Message(id)) == nil, Reply: drop(r.Reply(id)) == nil, PendingReaction: drop(r.PendingReaction(id)) == nil,
				Attempt: len(attempts) == 2, Upload: used,
			}
			for _, token := range []string{"first", "second"} {
				if _, _, err := r.ReplyByToken(id.Page(), token+string(id)); (err == nil) != h.Attempt {
					t.Errorf("%s: found by its %s token: %v", id, token, err)
				}
			}
			return errors.Join(err, err2)
		})
		return h
	}
	all := hanging{true, true, true, true, true}
	for i, gone := range ids {
		write(t, s, gone.Page(), func(tx store.PageTx) error { return tx.RemoveMessage(gone) })
		same(t, "left of the removed "+string(gone), hanging{}, left(gone))
		for _, other := range ids[i+1:] {
			same(t, "left of "+string(other)+" when "+string(gone)+" was removed", all, left(other))
		}
	}
	testUploads(t, s)
}

// testDeletedTranscripts: no part of a deleted conversation's transcript is left, not even for
// a new one of the same customer; those of other conversations stay.
func testDeletedTranscripts(t *testing.T, s store.Store) {
	part := func(day string, number int) transcript.Part {
		return transcript.Part{
			Day: day, Number: number, Zone: "Asia/Tokyo", Note: int64(number), Records: []model.RecordRef{deal42}, At: at(4),
			Entries: []transcript.Entry{{ID: "1_m", Line: model.TranscriptLine{Text: "said"}}},
		}
	}
	parts := []transcript.Part{part("2026-11-20", 1), part("2026-11-20", 2), part("2026-11-21", 1)}
	putPage(t, s, "1")
	putPage(t, s, "1~2")
	stay := []model.ConversationID{"1_3", "1~2_2"}
	for _, id := range append([]model.ConversationID{"1_2"}, stay...) {
		putConversation(t, s, newConversation(id.Page(), id.Customer(), at(0)))
		write(t, s, id.Page(), func(tx store.PageTx) error {
			return errors.Join(tx.PutTranscript(id, parts[0]), tx.PutTranscript(id, parts[1]), tx.PutTranscript(id, parts[2]))
		})
	}
	of := func(id model.ConversationID) []transcript.Part {
		return value(t, s, func(r store.Reader) ([]transcript.Part, error) { return r.Transcript(id) })
	}
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_2", at(9)) })
	for _, when := range []string{"deleted", "begun again"} {
		same(t, when+": its transcript", []transcript.Part(nil), of("1_2"))
		for _, p := range parts {
			err := s.Read(t.Context(), func(r store.Reader) error { return drop(r.TranscriptPart("1_2", p.Day, p.Number)) })
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: part %d of %s: %v", when, p.Number, p.Day, err)
			}
		}
		for _, id := range stay {
			same(t, when+": the transcript of "+string(id), parts, of(id))
		}
		on := value(t, s, func(r store.Reader) ([]transcript.Part, error) {
			list, _, err := r.TranscriptsOn(deal42, "", 10)
			return list, err
		})
		same(t, when+": parts on the record", len(stay)*len(parts), len(on))
		putConversation(t, s, newConversation("1", "2", at(10)))
	}
}
