package searchindex

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"parley/hub/search"
	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// seqBits is how many bits of a row id in search_words are the message's first seq; the rest is
// the conversation's key.
const seqBits = 35

// RowID returns the row id of a message, or, with seq 0, of the customer's name.
func RowID(key, seq int64) int64 { return key<<seqBits | seq }

// ParseRowID splits a row id.
func ParseRowID(row int64) (key, seq int64) { return row >> seqBits, row & (1<<seqBits - 1) }

// wordsOf is what a row of search_words has and what it should have; "" for no words. The index
// stores no text: to forget words it must be given exactly what it was given before.
type wordsOf struct{ was, words string }

// Changes are a transaction's changes of the index, by row id. They are written once per
// commit, just before it: FTS5 makes a segment for each savepoint that writes words, and
// merging segments of single messages would cost more than everything else.
type Changes map[int64]wordsOf

func (r Changes) put(row int64, w wordsOf) {
	if before, ok := r[row]; ok {
		w.was = before.was
	}
	r[row] = w
}

// Add merges the changes of a later transaction.
func (r Changes) Add(later Changes) {
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

// apply writes the changes in the order of the rows, and returns the words that were removed
// somewhere.
func (r Changes) apply(run execute) (gone []string, err error) {
	for _, row := range slices.Sorted(maps.Keys(r)) {
		w := r[row]
		if w.was == w.words {
			continue
		}
		if w.was != "" {
			gone = append(gone, w.was)
			if err := run(removeWords, row, w.was); err != nil {
				return nil, sqldb.Wrap(err, "remove words")
			}
		}
		if w.words == "" {
			continue
		}
		if err := run(insertWords, row, w.words); err != nil {
			return nil, sqldb.Wrap(err, "index words")
		}
	}
	return gone, nil
}

// WriteTo writes the changes of a commit's transactions.
func (r Changes) WriteTo(ctx context.Context, c *sqldb.Conn) error {
	gone, err := r.apply(func(query string, args ...any) error {
		s, err := c.Prepare(ctx, query)
		if err != nil {
			return err
		}
		_, err = s.ExecContext(ctx, args...)
		return err
	})
	if err != nil || len(gone) == 0 {
		return err
	}
	return sqldb.Wrap(forgetSplits(ctx, c, gone), "remove words")
}

// Writer updates the index with what a transaction of a Page stores.
type Writer struct {
	*sqldb.Session
	page  model.PageID
	words Changes
}

// NewWriter returns a Writer for a transaction of that Page.
func NewWriter(s *sqldb.Session, page model.PageID, words Changes) Writer {
	return Writer{s, page, words}
}

// Scope is the term that limits a search to a Page.
func Scope(key int64) string { return strconv.FormatInt(key, 36) }

// PageKey returns the number that stands for the Page in rows, assigning one if needed.
func (t Writer) PageKey() (int64, error) {
	var key int64
	err := t.Get(`SELECT key FROM search_pages WHERE page_id = ?`, sqldb.Args{t.page}, &key)
	if errors.Is(err, store.ErrNotFound) {
		err = t.Get(`INSERT INTO search_pages (page_id) VALUES (?) RETURNING key`, sqldb.Args{t.page}, &key)
	}
	return key, err
}

// scopeOf returns the Page's scope.
func (t Writer) scopeOf() (string, error) {
	key, err := t.PageKey()
	return Scope(key), err
}

// searchKey returns a conversation's key in the index and its indexed name, assigning a key if
// needed.
func (t Writer) searchKey(id model.ConversationID) (key int64, name string, err error) {
	err = t.Get(`SELECT key, name FROM search_conversations WHERE page_id = ? AND conversation_id = ?`,
		sqldb.Args{t.page, id}, &key, &name)
	if errors.Is(err, store.ErrNotFound) {
		err = t.Get(`INSERT INTO search_conversations (page_id, conversation_id, name) VALUES (?, ?, '')
			RETURNING key`, sqldb.Args{t.page, id}, &key)
	}
	return key, name, err
}

// ConversationKey returns the number that stands for a conversation in rows, assigning one if needed.
func (t Writer) ConversationKey(id model.ConversationID) (int64, error) {
	key, _, err := t.searchKey(id)
	return key, err
}

// reword records that a row had one text and should have another.
func (t Writer) reword(row int64, was, text model.Untrusted) error {
	if was == text {
		return nil
	}
	scope, err := t.scopeOf()
	if err == nil {
		t.words.put(row, wordsOf{search.Index(scope, string(was)), search.Index(scope, string(text))})
	}
	return err
}

// PutName updates the index with a customer's name.
func (t Writer) PutName(c store.Conversation) error {
	key, name, err := t.searchKey(c.ID)
	if err != nil || name == string(c.Customer.Name) {
		return err
	}
	err = t.Run(`UPDATE search_conversations SET name = ? WHERE key = ?`, string(c.Customer.Name), key)
	if err != nil {
		return err
	}
	return t.reword(RowID(key, 0), model.Untrusted(name), c.Customer.Name)
}

// PutMessage updates the index with a message. was is the stored message before, nil for a new
// one.
func (t Writer) PutMessage(was *store.Message, m store.Message) error {
	var before model.Untrusted
	if was != nil {
		before = engine.Searched(was.Message)
		if was.ConversationID != m.ConversationID {
			if err := t.RemoveMessage(*was); err != nil {
				return err
			}
			before = ""
		}
	}
	text := engine.Searched(m.Message)
	if before == text {
		return nil
	}
	key, _, err := t.searchKey(m.ConversationID)
	if err != nil {
		return err
	}
	return t.reword(RowID(key, m.FirstSeq), before, text)
}

// RemoveMessage removes a message's words.
func (t Writer) RemoveMessage(m store.Message) error {
	key, _, err := t.searchKey(m.ConversationID)
	if err != nil {
		return err
	}
	return t.reword(RowID(key, m.FirstSeq), engine.Searched(m.Message), "")
}

// RemoveConversation removes the words of a conversation; messages are all that it has.
func (t Writer) RemoveConversation(id model.ConversationID, messages []store.Message) error {
	key, name, err := t.searchKey(id)
	if err != nil {
		return err
	}
	if err := t.reword(RowID(key, 0), model.Untrusted(name), ""); err != nil {
		return err
	}
	for _, m := range messages {
		if err := t.reword(RowID(key, m.FirstSeq), engine.Searched(m.Message), ""); err != nil {
			return err
		}
	}
	return nil
}

// ForgetKey forgets the number of a conversation, which has nothing left.
func (t Writer) ForgetKey(id model.ConversationID) error {
	return t.Run(`DELETE FROM search_conversations WHERE page_id = ? AND conversation_id = ?`, t.page, id)
}
