package searchindex

import (
	"context"
	"database/sql"
	"log/slog"

	"parley/hub/search"
	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/sqlite/sqldb"
)

// fillChunk is how many rows of the table being indexed are held in memory at once.
const fillChunk = 2000

// fillTold is how many messages are indexed between two progress lines in the hub's log.
const fillTold = 20_000

// fillProgress logs how many messages are indexed.
type fillProgress struct {
	log           *slog.Logger
	done, of, due int
}

func newFillProgress(ctx context.Context, tx *sql.Tx, log *slog.Logger) (*fillProgress, error) {
	p := &fillProgress{log: log, due: fillTold}
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM messages`).Scan(&p.of); err != nil {
		return nil, sqldb.Wrap(err, "count messages")
	}
	if p.of > 0 {
		p.report(ctx)
	}
	return p, nil
}

func (p *fillProgress) add(ctx context.Context, n int) {
	p.done += n
	if p.done >= p.due || n > 0 && p.done == p.of {
		p.due = p.done + fillTold
		p.report(ctx)
	}
}

func (p *fillProgress) report(ctx context.Context) {
	p.log.InfoContext(ctx, "index messages for search", "done", p.done, "of", p.of)
}

// Fill indexes everything stored. New keys follow the order of the conversations' ids, and rows
// are written in the order of their ids.
func Fill(ctx context.Context, tx *sql.Tx, log *slog.Logger) error {
	progress, err := newFillProgress(ctx, tx, log)
	if err != nil {
		return err
	}
	for _, query := range []string{
		`INSERT INTO search_pages (page_id) SELECT page_id FROM pages WHERE true ORDER BY page_id
			ON CONFLICT DO NOTHING`,
		`INSERT INTO search_conversations (page_id, conversation_id, name)
			SELECT page_id, id, '' FROM conversations
			UNION SELECT page_id, conversation_id, '' FROM messages ORDER BY 1, 2
			ON CONFLICT DO NOTHING`,
	} {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	if err := fillNames(ctx, tx); err != nil {
		return sqldb.Wrap(err, "index names")
	}
	return sqldb.Wrap(fillMessages(ctx, tx, progress), "index messages")
}

// chunk calls row for the rows of a query, and returns how many there were.
func chunk(ctx context.Context, tx *sql.Tx, query string, args []any, row func(*sql.Rows) error) (n int, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		if err := row(rows); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

const fillNamesQuery = `SELECT s.key, p.key, c.doc FROM search_conversations s
	CROSS JOIN search_pages p ON p.page_id = s.page_id
	CROSS JOIN conversations c ON c.page_id = s.page_id AND c.id = s.conversation_id
	WHERE s.key > ? ORDER BY s.key LIMIT ?`

func fillNames(ctx context.Context, tx *sql.Tx) error {
	run := func(query string, args ...any) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
	for after := int64(0); ; {
		words, names := Changes{}, map[int64]string{}
		n, err := chunk(ctx, tx, fillNamesQuery, []any{after, fillChunk}, func(rows *sql.Rows) error {
			var page int64
			var doc sql.RawBytes
			if err := rows.Scan(&after, &page, &doc); err != nil {
				return err
			}
			var c store.Conversation
			err := sqldb.Decode(doc, &c)
			names[after] = string(c.Customer.Name)
			words.put(RowID(after, 0), wordsOf{words: search.Index(Scope(page), names[after])})
			return err
		})
		if err != nil || n == 0 {
			return err
		}
		for key, name := range names {
			if err := run(`UPDATE search_conversations SET name = ? WHERE key = ?`, name, key); err != nil {
				return err
			}
		}
		if _, err := words.apply(run); err != nil {
			return err
		}
	}
}

const fillMessagesQuery = `SELECT s.key, p.key, m.first_seq, m.doc FROM search_conversations s
	CROSS JOIN search_pages p ON p.page_id = s.page_id
	CROSS JOIN messages m ON m.page_id = s.page_id AND m.conversation_id = s.conversation_id
	WHERE s.key >= ? AND (s.key > ? OR m.first_seq > ?) ORDER BY s.key, m.first_seq LIMIT ?`

func fillMessages(ctx context.Context, tx *sql.Tx, progress *fillProgress) error {
	insert, err := tx.PrepareContext(ctx, insertWords) //nolint:sqlclosecheck // closed below, it is used in a closure
	if err != nil {
		return err
	}
	defer insert.Close()
	return fillWith(ctx, tx, progress, func(_ string, args ...any) error { // all rows are new
		_, err := insert.ExecContext(ctx, args...)
		return err
	})
}

func fillWith(ctx context.Context, tx *sql.Tx, progress *fillProgress, run execute) error {
	for key, seq := int64(0), int64(0); ; {
		words := Changes{}
		n, err := chunk(ctx, tx, fillMessagesQuery, []any{key, key, seq, fillChunk},
			func(rows *sql.Rows) error {
				var page int64
				var doc sql.RawBytes
				if err := rows.Scan(&key, &page, &seq, &doc); err != nil {
					return err
				}
				var m store.Message
				err := sqldb.Decode(doc, &m)
				words.put(RowID(key, seq), wordsOf{words: search.Index(Scope(page), string(engine.Searched(m.Message)))})
				return err
			})
		if err != nil || n == 0 {
			return err
		}
		if _, err := words.apply(run); err != nil {
			return err
		}
		progress.add(ctx, n)
	}
}
