package migrations

import (
	"context"
	"database/sql"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
)

// messages makes messages compact.
var messages = move{what: "messages", count: `SELECT COUNT(*) FROM messages`, some: moveMessages, then: endMessages}

// moveMessages moves the messages that were stored first.
func moveMessages(ctx context.Context, tx *sql.Tx) (int, error) {
	var list []store.Message
	var last int64
	err := rows(ctx, tx, `SELECT rowid, doc FROM messages ORDER BY rowid LIMIT ?`, func(r *sql.Rows) error {
		var doc sql.RawBytes
		var m store.Message
		err := r.Scan(&last, &doc)
		if err == nil {
			err = sqldb.Decode(doc, &m)
		}
		list = append(list, m)
		return err
	}, movedAtOnce)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	for _, m := range list {
		if err := moveMessage(ctx, tx, m); err != nil {
			return 0, err
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM messages WHERE rowid <= ?`, last)
	return len(list), err
}

const insertMovedMessage = `INSERT INTO messages_moved (` + sqldb.MessageColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// moveMessage stores one message anew. Its Page and conversation have a number from now on, if they
// had none.
func moveMessage(ctx context.Context, tx *sql.Tx, m store.Message) error {
	var conversation int64
	page, err := pageNumber(ctx, tx, m.ID.Page())
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO search_conversations (page_id, conversation_id, name) VALUES (?, ?, '') ON CONFLICT DO NOTHING`,
			m.ID.Page(), m.ConversationID)
	}
	if err == nil {
		err = tx.QueryRowContext(ctx, `SELECT key FROM search_conversations WHERE page_id = ? AND conversation_id = ?`,
			m.ID.Page(), m.ConversationID).Scan(&conversation)
	}
	if err != nil {
		return err
	}
	row, err := sqldb.MessageRow(page, conversation, m)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, insertMovedMessage, row...)
	return err
}

// endMessages has the table take its name. The index in order has the key before the direction, which
// is there to be read from it alone.
func endMessages(ctx context.Context, tx *sql.Tx) error {
	return run(ctx, tx,
		`DROP TABLE messages`,
		`ALTER TABLE messages_moved RENAME TO messages`,
		`CREATE INDEX messages_by_id ON messages (substr(id, 1, 8))`,
		`CREATE INDEX messages_by_mid ON messages (substr(mid, -8)) WHERE mid IS NOT NULL`,
		`CREATE INDEX messages_in_order ON messages (conversation, order_at, key, direction)`,
		`CREATE INDEX messages_out ON messages (conversation) WHERE direction = 1`,
	)
}
