package tables

import (
	"errors"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// reactionReader reads reactions on their way.
type reactionReader struct{ *pgdb.Session }

// PendingReaction implements [store.Reader].
func (r reactionReader) PendingReaction(id model.MessageID) (store.PendingReaction, error) {
	v, err := pgdb.One[store.PendingReaction](r.Session, `SELECT doc FROM reacting WHERE page_id = ? AND message_id = ?`, id.Page(), id)
	return v, pgdb.Wrap(err, "read reaction to %s", id)
}

// PendingReactions implements [store.Reader].
func (r reactionReader) PendingReactions() ([]store.PendingReaction, error) {
	list, err := pgdb.Many[store.PendingReaction](r.Session, `SELECT doc FROM reacting ORDER BY wake_at, page_id, message_id`)
	return list, pgdb.Wrap(err, "read reactions on their way")
}

// reactionWriter stores reactions on their way.
type reactionWriter struct{ pageBase }

// PutPendingReaction implements [store.PageTx].
func (t reactionWriter) PutPendingReaction(v store.PendingReaction) error {
	if err := errors.Join(t.own(v.MessageID.Page(), v.MessageID), t.own(v.ConversationID.Page(), v.ConversationID)); err != nil {
		return pgdb.Wrap(err, "put reaction")
	}
	v.At, v.WakeAt = engine.Exact(v.At), engine.Exact(v.WakeAt)
	doc, err := pgdb.Encode(v)
	if err != nil {
		return pgdb.Wrap(err, "put reaction to %s", v.MessageID)
	}
	err = t.Run(`INSERT INTO reacting (page_id, message_id, conversation_id, wake_at, doc) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (page_id, message_id) DO UPDATE SET conversation_id = excluded.conversation_id,
		wake_at = excluded.wake_at, doc = excluded.doc`,
		t.page, v.MessageID, v.ConversationID, engine.Micros(v.WakeAt), doc)
	return pgdb.Wrap(err, "put reaction to %s", v.MessageID)
}

// RemovePendingReaction implements [store.PageTx].
func (t reactionWriter) RemovePendingReaction(id model.MessageID) error {
	if err := t.own(id.Page(), id); err != nil {
		return pgdb.Wrap(err, "take reaction")
	}
	return pgdb.Wrap(t.Run(`DELETE FROM reacting WHERE page_id = ? AND message_id = ?`, t.page, id), "take reaction to %s", id)
}
