package migrations

import (
	"context"
	"database/sql"

	"parley/hub/store"
	"parley/hub/store/compact"
	"parley/hub/store/sqlite/sqldb"
)

// conversations makes conversations compact.
var conversations = move{what: "conversations", count: `SELECT COUNT(*) FROM conversations`, some: moveConversations, then: endConversations}

// moveConversations moves the conversations that were stored first.
func moveConversations(ctx context.Context, tx *sql.Tx) (int, error) {
	type wide struct {
		row, updated int64
		store.Conversation
	}
	var list []wide
	err := rows(ctx, tx, `SELECT rowid, updated_at, doc FROM conversations ORDER BY rowid LIMIT ?`, func(r *sql.Rows) error {
		var w wide
		var doc sql.RawBytes
		err := r.Scan(&w.row, &w.updated, &doc)
		if err == nil {
			err = sqldb.Decode(doc, &w.Conversation)
		}
		list = append(list, w)
		return err
	}, movedAtOnce)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	for _, w := range list {
		w.UpdatedAt = sqldb.FromMicros(w.updated)
		doc, err := compact.Conversation(w.Conversation)
		if err != nil {
			return 0, err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO conversations_moved (page_id, id, seq, status, updated_at, assignee, awake_at, free_from,
			free_until, unread, nameless, profile_at, waits, entered, pinned, doc)
			SELECT page_id, id, ?, status, updated_at, assignee, awake_at, free_from, free_until, unread, nameless, profile_at, waits, entered, pinned, ?
			FROM conversations WHERE rowid = ?`, w.Seq, doc, w.row)
		if err != nil {
			return 0, err
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM conversations WHERE rowid <= ?`, list[len(list)-1].row)
	return len(list), err
}

// endConversations has the table take its name, and the indexes that the one before had.
func endConversations(ctx context.Context, tx *sql.Tx) error {
	var indexes []string
	err := rows(ctx, tx, `SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'conversations' AND sql IS NOT NULL ORDER BY name`,
		func(r *sql.Rows) error {
			var s string
			err := r.Scan(&s)
			indexes = append(indexes, s)
			return err
		})
	if err != nil {
		return err
	}
	return run(ctx, tx, append([]string{
		`DROP TABLE conversations`, `ALTER TABLE conversations_moved RENAME TO conversations`,
	}, indexes...)...)
}
