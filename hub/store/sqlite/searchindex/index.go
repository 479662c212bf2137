package searchindex

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"parley/hub/search"
	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// seqBits are those of a message's first seq in a row id of search_words; the conversation's
// key is above.
const seqBits = 35

// RowID is the row of a message, or, with 0, of the customer's name.
func RowID(key, seq int64) int64 { return key<<seqBits | seq }

// ParseRowID takes a row id apart.
func ParseRowID(row int64) (key, seq int64) { return row >> seqBits, row & (1<<seqBits - 1) }

// wordsOf is what a row of search_words holds, and what it is to hold; "" for no words.
// The index keeps no text: it is told what it is to forget, exactly as it was told.
type wordsOf struct{ was, words string }

// Changes is what transactions change of the index, by row id. It is written
// once for each commit, just before it: FTS5 makes a segment of each savepoint
// that writes words, and merging those of single messages would cost more than
// all the rest.
type Changes map[int64]wordsOf

func (r Changes) put(row int64, w wordsOf) {
	if before, ok := r[row]; ok {
		w.was = before.was
	}
	r[row] = w
}

// Add takes over what a later transaction changes.
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

// apply writes the changes, in the order of the rows, and returns the words that were
// taken out somewhere.
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

// WriteTo writes what the transactions of a commit changed of the index.
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

// Writer keeps the index in step with what a transaction of a Page stores.
type Writer struct {
	*sqldb.Session
	page  model.PageID
	words Changes
}

// NewWriter begins to keep the index in step.
func NewWriter(s *sqldb.Session, page model.PageID, words Changes) Writer {
	return Writer{s, page, words}
}

// Scope names a Page in the index.
func Scope(key int64) string { return strconv.FormatInt(key, 36) }

// scopeOf returns the Page's scope, and makes it known.
func (t Writer) scopeOf() (string, error) {
	var key int64
	err := t.Get(`SELECT key FROM search_pages WHERE page_id = ?`, sqldb.Args{t.page}, &key)
	if errors.Is(err, store.ErrNotFound) {
		err = t.Get(`INSERT INTO search_pages (page_id) VALUES (?) RETURNING key`, sqldb.Args{t.page}, &key)
	}
	return Scope(key), err
}

// searchKey returns a conversation's key in the index and the name that is
// indexed, and makes it known.
func (t Writer) searchKey(id model.ConversationID) (key int64, name string, err error) {
	err = t.Get(`SELECT key, name FROM search_conversations WHERE page_id = ? AND conversation_id = ?`,
		sqldb.Args{t.page, id}, &key, &name)
	if errors.Is(err, store.ErrNotFound) {
		err = t.Get(`INSERT INTO search_conversations (page_id, conversation_id, name) VALUES (?, ?, '')
			RETURNING key`, sqldb.Args{t.page, id}, &key)
	}
	return key, name, err
}

// reword notes that a row held that text, and is to hold another.
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

// PutName keeps the index in step with a customer's name.
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

// searched returns the text by which a message is found.
func searched(m model.Message) model.Untrusted {
	if m.Deleted || m.Direction == model.System {
		return ""
	}
	return m.Text
}

// PutMessage keeps the index in step with a message. was is how it was stored
// before, nil for a new one.
func (t Writer) PutMessage(was *store.Message, m store.Message) error {
	var before model.Untrusted
	if was != nil {
		before = searched(was.Message)
		if was.ConversationID != m.ConversationID {
			if err := t.RemoveMessage(*was); err != nil {
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
	return t.reword(RowID(key, m.FirstSeq), before, text)
}

// RemoveMessage removes a message's words.
func (t Writer) RemoveMessage(m store.Message) error {
	key, _, err := t.searchKey(m.ConversationID)
	if err != nil {
		return err
	}
	return t.reword(RowID(key, m.FirstSeq), searched(m.Message), "")
}

// RemoveConversation removes the words of a conversation, while its messages are there.
func (t Writer) RemoveConversation(id model.ConversationID) error {
	key, name, err := t.searchKey(id)
	if err != nil {
		return err
	}
	if err := t.reword(RowID(key, 0), model.Untrusted(name), ""); err != nil {
		return err
	}
	list, err := sqldb.Many[store.Message](t.Session, `SELECT doc FROM messages WHERE page_id = ? AND conversation_id = ?`, t.page, id)
	if err != nil {
		return err
	}
	for _, m := range list {
		if err := t.reword(RowID(key, m.FirstSeq), searched(m.Message), ""); err != nil {
			return err
		}
	}
	return t.Run(`DELETE FROM search_conversations WHERE key = ?`, key)
}
