package lists

import (
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// IsMentioned is the condition that a conversation mentions a user who has not opened it
// since; its arguments are the Page and the user.
const IsMentioned = ` AND c.id IN (SELECT m.conversation_id FROM mentions m WHERE m.page_id = ? AND m.user_id = ?)`

// CountMentioned counts the conversations of a Page that mention a user.
const CountMentioned = `SELECT COUNT(*) FROM mentions WHERE page_id = ? AND user_id = ?`

// PutMentions stores whom a conversation mentions.
func PutMentions(t *pgdb.Session, c model.Conversation) error {
	if err := t.Note(`DELETE FROM mentions WHERE page_id = ? AND conversation_id = ?`, c.PageID, c.ID); err != nil {
		return err
	}
	for _, user := range c.Mentioned {
		err := t.Note(`INSERT INTO mentions (page_id, conversation_id, user_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, c.PageID, c.ID, user)
		if err != nil {
			return err
		}
	}
	return nil
}
