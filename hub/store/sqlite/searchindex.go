package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strconv"

	"parley/hub/search"
	"parley/hub/store"
	"parley/model"
)

// A row id of search_words: the conversation's key above, the message's first seq
// below.
const seqBits = 35

func wordsRow(key, seq int64) int64 { return key<<seqBits | seq }

// wordsOf is what a row of search_words is to hold.
type wordsOf struct {
	words string // "" for none
	// fresh: there was no row before.
	fresh bool
}

// rewording is what transactions change of the index, by row id. It is written
// once for each commit, just before it: FTS5 makes a segment of each savepoint
// that writes words, and merging those of single messages would cost more than
// all the rest.
type rewording map[int64]wordsOf

func (r rewording) put(row int64, w wordsOf) {
	if before, ok := r[row]; ok {
		w.fresh = before.fresh
	}
	r[row] = w
}

// add takes over what a later transaction changes.
func (r rewording) add(later rewording) {
	for row, w := range later {
		r.put(row, w)
	}
}

// execute runs a statement with arguments.
type execute func(query string, args ...any) error

// write writes the changes, in the order of the rows.
func (r rewording) write(run execute) error {
	for _, row := range slices.Sorted(maps.Keys(r)) {
		w := r[row]
		if !w.fresh {
			if err := run(`DELETE FROM search_words WHERE rowid = ?`, row); err != nil {
				return wrap(err, "remove words")
			}
		}
		if w.words == "" {
			continue
		}
		if err := run(`INSERT INTO search_words (rowid, words) VALUES (?, ?)`, row, w.words); err != nil {
			return wrap(err, "index words")
		}
	}
	return nil
}

// writeWords writes what the transactions of a commit changed of the index.
func (w *writer) writeWords(ctx context.Context, changed rewording) error {
	return changed.write(func(query string, args ...any) error {
		s, err := w.c.prepare(ctx, query)
		if err != nil {
			return err
		}
		_, err = s.ExecContext(ctx, args...)
		return err
	})
}

// scope names a Page in the index.
func scope(key int64) string { return strconv.FormatInt(key, 36) }

// scopeOf returns the Page's scope, and makes it known.
func (t pageTx) scopeOf() (string, error) {
	var key int64
	err := t.get(`SELECT key FROM search_pages WHERE page_id = ?`, arguments{t.page}, &key)
	if errors.Is(err, store.ErrNotFound) {
		err = t.get(`INSERT INTO search_pages (page_id) VALUES (?) RETURNING key`, arguments{t.page}, &key)
	}
	return scope(key), err
}

// searchKey returns a conversation's key in the index and the name that is
// indexed, and makes it known.
func (t pageTx) searchKey(id model.ConversationID) (key int64, name string, err error) {
	err = t.get(`SELECT key, name FROM search_conversations WHERE page_id = ? AND conversation_id = ?`,
		arguments{t.page, id}, &key, &name)
	if errors.Is(err, store.ErrNotFound) {
		err = t.get(`INSERT INTO search_conversations (page_id, conversation_id, name) VALUES (?, ?, '')
			RETURNING key`, arguments{t.page, id}, &key)
	}
	return key, name, err
}

// reword notes that a row is to hold that text.
func (t pageTx) reword(row int64, text model.Untrusted, fresh bool) error {
	w := wordsOf{fresh: fresh}
	if text != "" {
		scope, err := t.scopeOf()
		if err != nil {
			return err
		}
		w.words = search.Index(scope, string(text))
	}
	t.words.put(row, w)
	return nil
}

// indexName keeps the index in step with a customer's name.
func (t pageTx) indexName(c store.Conversation) error {
	key, name, err := t.searchKey(c.ID)
	if err != nil || name == string(c.Customer.Name) {
		return err
	}
	err = t.run(`UPDATE search_conversations SET name = ? WHERE key = ?`, string(c.Customer.Name), key)
	if err != nil {
		return err
	}
	return t.reword(wordsRow(key, 0), c.Customer.Name, name == "")
}

// searched returns the text by which a message is found.
func searched(m model.Message) model.Untrusted {
	if m.Deleted || m.Direction == model.System {
		return ""
	}
	return m.Text
}

// indexMessage keeps the index in step with a message. was is how it was stored
// before, nil for a new one.
func (t pageTx) indexMessage(was *store.Message, m store.Message) error {
	text, moved := searched(m.Message), was != nil && was.ConversationID != m.ConversationID
	if was != nil && !moved && searched(was.Message) == text || was == nil && text == "" {
		return nil
	}
	if moved {
		if err := t.unindex(was.ConversationID, m.FirstSeq); err != nil {
			return err
		}
	}
	key, _, err := t.searchKey(m.ConversationID)
	if err != nil {
		return err
	}
	return t.reword(wordsRow(key, m.FirstSeq), text, was == nil || moved)
}

// unindex removes a message's words.
func (t pageTx) unindex(id model.ConversationID, seq int64) error {
	key, _, err := t.searchKey(id)
	if err != nil {
		return err
	}
	return t.reword(wordsRow(key, seq), "", false)
}

// unindexAll removes the words of a conversation, while its messages are there.
func (t pageTx) unindexAll(id model.ConversationID) error {
	key, _, err := t.searchKey(id)
	if err != nil {
		return err
	}
	t.words.put(wordsRow(key, 0), wordsOf{})
	err = t.each(`SELECT first_seq FROM messages WHERE page_id = ? AND conversation_id = ?`,
		arguments{t.page, id}, func(rows *sql.Rows) error {
			var seq int64
			err := rows.Scan(&seq)
			t.words.put(wordsRow(key, seq), wordsOf{})
			return err
		})
	if err != nil {
		return err
	}
	return t.run(`DELETE FROM search_conversations WHERE key = ?`, key)
}
