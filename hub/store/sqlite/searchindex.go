package sqlite

import (
	"context"
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

// wordsOf is what a row of search_words holds, and what it is to hold; "" for no words.
// The index keeps no text: it is told what it is to forget, exactly as it was told.
type wordsOf struct{ was, words string }

// rewording is what transactions change of the index, by row id. It is written
// once for each commit, just before it: FTS5 makes a segment of each savepoint
// that writes words, and merging those of single messages would cost more than
// all the rest.
type rewording map[int64]wordsOf

func (r rewording) put(row int64, w wordsOf) {
	if before, ok := r[row]; ok {
		w.was = before.was
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

const (
	removeWords = `INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', ?, ?)`
	insertWords = `INSERT INTO search_words (rowid, words) VALUES (?, ?)`
)

// write writes the changes, in the order of the rows, and returns the words that were
// taken out somewhere.
func (r rewording) write(run execute) (gone []string, err error) {
	for _, row := range slices.Sorted(maps.Keys(r)) {
		w := r[row]
		if w.was == w.words {
			continue
		}
		if w.was != "" {
			gone = append(gone, w.was)
			if err := run(removeWords, row, w.was); err != nil {
				return nil, wrap(err, "remove words")
			}
		}
		if w.words == "" {
			continue
		}
		if err := run(insertWords, row, w.words); err != nil {
			return nil, wrap(err, "index words")
		}
	}
	return gone, nil
}

// writeTo writes what the transactions of a commit changed of the index.
func (r rewording) writeTo(ctx context.Context, c *conn) error {
	gone, err := r.write(func(query string, args ...any) error {
		s, err := c.prepare(ctx, query)
		if err != nil {
			return err
		}
		_, err = s.ExecContext(ctx, args...)
		return err
	})
	if err != nil || len(gone) == 0 {
		return err
	}
	return wrap(forgetSplits(ctx, c, gone), "remove words")
}

// indexWriter keeps the index in step with what a transaction of a Page stores.
type indexWriter struct {
	*session
	page  model.PageID
	words rewording
}

// scope names a Page in the index.
func scope(key int64) string { return strconv.FormatInt(key, 36) }

// scopeOf returns the Page's scope, and makes it known.
func (t indexWriter) scopeOf() (string, error) {
	var key int64
	err := t.get(`SELECT key FROM search_pages WHERE page_id = ?`, arguments{t.page}, &key)
	if errors.Is(err, store.ErrNotFound) {
		err = t.get(`INSERT INTO search_pages (page_id) VALUES (?) RETURNING key`, arguments{t.page}, &key)
	}
	return scope(key), err
}

// searchKey returns a conversation's key in the index and the name that is
// indexed, and makes it known.
func (t indexWriter) searchKey(id model.ConversationID) (key int64, name string, err error) {
	err = t.get(`SELECT key, name FROM search_conversations WHERE page_id = ? AND conversation_id = ?`,
		arguments{t.page, id}, &key, &name)
	if errors.Is(err, store.ErrNotFound) {
		err = t.get(`INSERT INTO search_conversations (page_id, conversation_id, name) VALUES (?, ?, '')
			RETURNING key`, arguments{t.page, id}, &key)
	}
	return key, name, err
}

// reword notes that a row held that text, and is to hold another.
func (t indexWriter) reword(row int64, was, text model.Untrusted) error {
	if was == text {
		return nil
	}
	scope, err := t.scopeOf()
	if err == nil {
		t.words.put(row, wordsOf{search.Index(scope, string(was)), search.Index(scope, string(text))})
	}
	return err
}

// indexName keeps the index in step with a customer's name.
func (t indexWriter) indexName(c store.Conversation) error {
	key, name, err := t.searchKey(c.ID)
	if err != nil || name == string(c.Customer.Name) {
		return err
	}
	err = t.run(`UPDATE search_conversations SET name = ? WHERE key = ?`, string(c.Customer.Name), key)
	if err != nil {
		return err
	}
	return t.reword(wordsRow(key, 0), model.Untrusted(name), c.Customer.Name)
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
func (t indexWriter) indexMessage(was *store.Message, m store.Message) error {
	var before model.Untrusted
	if was != nil {
		before = searched(was.Message)
		if was.ConversationID != m.ConversationID {
			if err := t.unindex(*was); err != nil {
				return err
			}
			before = ""
		}
	}
	text := searched(m.Message)
	if before == text {
		return nil
	}
	key, _, err := t.searchKey(m.ConversationID)
	if err != nil {
		return err
	}
	return t.reword(wordsRow(key, m.FirstSeq), before, text)
}

// unindex removes a message's words.
func (t indexWriter) unindex(m store.Message) error {
	key, _, err := t.searchKey(m.ConversationID)
	if err != nil {
		return err
	}
	return t.reword(wordsRow(key, m.FirstSeq), searched(m.Message), "")
}

// unindexAll removes the words of a conversation, while its messages are there.
func (t indexWriter) unindexAll(id model.ConversationID) error {
	key, name, err := t.searchKey(id)
	if err != nil {
		return err
	}
	if err := t.reword(wordsRow(key, 0), model.Untrusted(name), ""); err != nil {
		return err
	}
	list, err := many[store.Message](t.session, `SELECT doc FROM messages WHERE page_id = ? AND conversation_id = ?`, t.page, id)
	if err != nil {
		return err
	}
	for _, m := range list {
		if err := t.reword(wordsRow(key, m.FirstSeq), searched(m.Message), ""); err != nil {
			return err
		}
	}
	return t.run(`DELETE FROM search_conversations WHERE key = ?`, key)
}
