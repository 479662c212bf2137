package migrations

import (
	"context"
	"database/sql"
	"encoding/json"

	"parley/hub/store/sqlite/sqldb"
	"parley/model"
	"parley/model/label"
	"parley/model/query"
)

// fillLabels keeps the labels, ways and pins of what was stored before they were.
func fillLabels(ctx context.Context, tx *sql.Tx) error {
	list, err := labelled(ctx, tx)
	if err != nil {
		return err
	}
	for _, c := range list {
		_, err := tx.ExecContext(ctx, `UPDATE conversations SET entered = ?, pinned = ? WHERE page_id = ? AND id = ?`,
			query.WayOf(c.Entry), sqldb.Flag(c.Pinned), c.PageID, c.ID)
		if err != nil {
			return err
		}
		for _, l := range c.Labels {
			if _, err := tx.ExecContext(ctx, `INSERT INTO conversation_labels (page_id, conversation_id, key, label, status, updated_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, c.PageID, c.ID, label.Key(l), l, c.Status, sqldb.Micros(c.UpdatedAt)); err != nil {
				return err
			}
		}
	}
	return nil
}

// labelled returns the conversations that have a label, a pin, or came by a way of which Meta told;
// of each only that.
func labelled(ctx context.Context, tx *sql.Tx) (list []model.Conversation, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT page_id, id, status, updated_at, json_object('labels', json_extract(doc, '$.labels'),
		'entry', json_extract(doc, '$.entry'), 'pinned', json(iif(json_extract(doc, '$.pinned'), 'true', 'false'))) FROM conversations
		WHERE json_extract(doc, '$.pinned') OR json_extract(doc, '$.entry') IS NOT NULL OR json_extract(doc, '$.labels[0]') IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c model.Conversation
		var doc []byte
		var id, page, status string
		var updated int64
		if err := rows.Scan(&page, &id, &status, &updated, &doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &c); err != nil {
			return nil, err
		}
		c.PageID, c.ID, c.Status, c.UpdatedAt = model.PageID(page), model.ConversationID(id), model.Status(status), sqldb.FromMicros(updated)
		list = append(list, c)
	}
	return list, rows.Err()
}
