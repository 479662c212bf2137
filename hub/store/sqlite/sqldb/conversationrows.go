package sqldb

import (
	"database/sql"

	"parley/hub/store"
	"parley/hub/store/compact"
)

// SelectConversations begins a query of conversations.
const SelectConversations = `SELECT page_id, id, seq, updated_at, doc FROM conversations`

// Conversations reads what a query that begins with [SelectConversations] finds.
func Conversations(s *Session, query string, args ...any) ([]store.Conversation, error) {
	var list []store.Conversation
	err := s.Each(query, args, func(rows *sql.Rows) error {
		var c store.Conversation
		var updated int64
		var doc sql.RawBytes
		if err := rows.Scan(&c.PageID, &c.ID, &c.Seq, &updated, &doc); err != nil {
			return err
		}
		c.UpdatedAt = FromMicros(updated)
		err := compact.ReadConversation(doc, &c)
		list = append(list, c)
		return err
	})
	return list, err
}

// Conversation reads the first that such a query finds; if there is none, that is
// [store.ErrNotFound].
func Conversation(s *Session, query string, args ...any) (store.Conversation, error) {
	list, err := Conversations(s, query, args...)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Conversation{}, err
	}
	return list[0], nil
}
