package sqlite

import (
	"errors"

	"parley/hub/store"
	"parley/model"
)

// reactionReader reads reactions on their way.
type reactionReader struct{ *session }

// Reacting implements [store.Reader].
func (r reactionReader) Reacting(id model.MessageID) (store.Reacting, error) {
	v, err := one[store.Reacting](r.session, `SELECT doc FROM reacting WHERE page_id = ? AND message_id = ?`, id.Page(), id)
	return v, wrap(err, "read reaction to %s", id)
}

// Reactings implements [store.Reader].
func (r reactionReader) Reactings() ([]store.Reacting, error) {
	list, err := many[store.Reacting](r.session, `SELECT doc FROM reacting ORDER BY wake_at, page_id, message_id`)
	return list, wrap(err, "read reactions on their way")
}

// reactionWriter keeps reactions on their way.
type reactionWriter struct{ pageBase }

// PutReacting implements [store.PageTx].
func (t reactionWriter) PutReacting(v store.Reacting) error {
	if err := errors.Join(t.own(v.MessageID.Page(), v.MessageID), t.own(v.ConversationID.Page(), v.ConversationID)); err != nil {
		return wrap(err, "put reaction")
	}
	v.At, v.WakeAt = exact(v.At), exact(v.WakeAt)
	doc, err := encode(v)
	if err != nil {
		return wrap(err, "put reaction to %s", v.MessageID)
	}
	err = t.run(`INSERT INTO reacting (page_id, message_id, conversation_id, wake_at, doc) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (page_id, message_id) DO UPDATE SET conversation_id = excluded.conversation_id,
		wake_at = excluded.wake_at, doc = excluded.doc`,
		t.page, v.MessageID, v.ConversationID, micros(v.WakeAt), doc)
	return wrap(err, "put reaction to %s", v.MessageID)
}

// TakeReacting implements [store.PageTx].
func (t reactionWriter) TakeReacting(id model.MessageID) error {
	if err := t.own(id.Page(), id); err != nil {
		return wrap(err, "take reaction")
	}
	return wrap(t.run(`DELETE FROM reacting WHERE page_id = ? AND message_id = ?`, t.page, id), "take reaction to %s", id)
}
