package tables

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"parley/hub/search"
	"parley/hub/store"
	"parley/hub/store/sqlite/searchindex"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

const (
	// maxMatches is how many rows of a Page's index a search reads at most, starting with the
	// conversations stored last.
	maxMatches = 200_000
	// fewFound is up to how many conversations are looked up one by one. If a search finds
	// more, the list is walked until enough of them are found.
	fewFound = 2000
)

// searchReader searches conversations.
type searchReader struct{ *sqldb.Session }

// SearchConversations implements [store.Reader].
func (r searchReader) SearchConversations(q store.ConversationQuery) ([]store.Found, string, error) {
	name := searchList(q)
	parts, err := streams(q)
	if err != nil {
		return nil, "", sqldb.Wrap(err, "search conversations")
	}
	from, err := sqldb.ParseCursor(q.Cursor, name)
	if err != nil || q.Limit <= 0 {
		return nil, "", sqldb.Wrap(err, "search conversations")
	}
	found := make(map[model.PageID]*matches)
	var keys []sqldb.Key
	for _, s := range parts {
		if found[s.page] == nil {
			if found[s.page], err = r.match(s.page, q.Search); err != nil {
				return nil, "", sqldb.Wrap(err, "search page %s", s.page)
			}
		}
		in, err := r.foundKeys(s, found[s.page], from, q.Limit+1)
		if err != nil {
			return nil, "", sqldb.Wrap(err, "search page %s", s.page)
		}
		keys = append(keys, in...)
	}
	keys, more := sqldb.Newest(keys, q.Limit)
	list := make([]store.Found, 0, len(keys))
	for _, k := range keys {
		f, err := r.found(model.ConversationID(k.ID), found[k.Page], q.Search)
		if err != nil {
			return nil, "", err
		}
		list = append(list, f)
	}
	if !more {
		return list, "", nil
	}
	cursor, err := keys[len(keys)-1].Place(name).Cursor()
	return list, cursor, err
}

// searchList is a search's name in a cursor, which reveals nothing of the words.
func searchList(q store.ConversationQuery) string {
	return "search:" + listOf(q) + ":" + hashed(q.Search)
}

// matches is what a search finds on a Page.
type matches struct {
	// rows of the index, in descending order, so that a conversation's are adjacent.
	rows []int64
	// keys are the conversations', in descending order.
	keys []int64
}

// match reads a search's matches from the Page's index.
func (r searchReader) match(page model.PageID, query string) (*matches, error) {
	var m matches
	var pageKey int64
	err := r.Get(`SELECT key FROM search_pages WHERE page_id = ?`, sqldb.Args{page}, &pageKey)
	if errors.Is(err, store.ErrNotFound) {
		return &m, nil
	}
	if err != nil {
		return nil, err
	}
	match, ok := search.Query(searchindex.Scope(pageKey), query)
	if !ok {
		return &m, nil
	}
	err = r.Each(matchQuery, sqldb.Args{match, maxMatches}, func(rows *sql.Rows) error {
		var row int64
		err := rows.Scan(&row)
		m.rows = append(m.rows, row)
		if k, _ := searchindex.ParseRowID(row); len(m.keys) == 0 || m.keys[len(m.keys)-1] != k {
			m.keys = append(m.keys, k)
		}
		return err
	})
	return &m, err
}

const matchQuery = `SELECT rowid FROM search_words WHERE search_words MATCH ? ORDER BY rowid DESC LIMIT ?`

// of returns the rows of one conversation, in descending order.
func (m *matches) of(key int64) []int64 {
	descending := func(row, target int64) int {
		switch {
		case row > target:
			return -1
		case row < target:
			return 1
		}
		return 0
	}
	first, _ := slices.BinarySearchFunc(m.rows, searchindex.RowID(key+1, 0)-1, descending)
	end, _ := slices.BinarySearchFunc(m.rows, searchindex.RowID(key, 0)-1, descending)
	return m.rows[first:end]
}

// has reports whether anything of a conversation was found.
func (m *matches) has(key int64) bool {
	_, ok := slices.BinarySearchFunc(m.keys, key, func(k, target int64) int {
		switch {
		case k > target:
			return -1
		case k < target:
			return 1
		}
		return 0
	})
	return ok
}

// errEnough ends the reading of rows.
var errEnough = errors.New("enough")

// foundKeys returns a stream's newest keys after that place among those found.
func (r searchReader) foundKeys(s stream, m *matches, from *sqldb.Place, limit int) ([]sqldb.Key, error) {
	if len(m.keys) == 0 {
		return nil, nil
	}
	if len(m.keys) <= fewFound {
		keys, err := json.Marshal(m.keys)
		if err != nil {
			return nil, err
		}
		query, args := s.among(string(keys), from, limit)
		return sqldb.Keys(r.Session, s.page, query, args)
	}
	query, args := s.walk(from)
	var list []sqldb.Key
	err := r.Each(query, args, func(rows *sql.Rows) error {
		k, searchKey := sqldb.Key{Page: s.page}, int64(0)
		if err := rows.Scan(&k.At, &k.ID, &searchKey); err != nil {
			return err
		}
		if m.has(searchKey) {
			list = append(list, k)
		}
		if len(list) == limit {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return list, err
}

// among returns the statement that reads a stream's newest conversations after that place among
// those with these keys.
func (s stream) among(keys string, from *sqldb.Place, limit int) (string, sqldb.Args) {
	where, args := s.after(from)
	return `SELECT c.updated_at, c.id FROM json_each(?) j
		CROSS JOIN search_conversations k ON k.key = j.value
		CROSS JOIN conversations c ON c.page_id = k.page_id AND c.id = k.conversation_id
		WHERE ` + where + ` ORDER BY c.updated_at DESC, c.id DESC LIMIT ?`, append(append(sqldb.Args{keys}, args...), limit)
}

// walk returns the statement that reads a stream with the search's keys.
func (s stream) walk(from *sqldb.Place) (string, sqldb.Args) {
	where, args := s.after(from)
	return `SELECT c.updated_at, c.id, k.key FROM conversations c
		CROSS JOIN search_conversations k ON k.page_id = c.page_id AND k.conversation_id = c.id
		WHERE ` + where + ` ORDER BY c.updated_at DESC, c.id DESC`, args
}

// after returns the condition for a stream's rows after that place.
func (s stream) after(from *sqldb.Place) (string, sqldb.Args) {
	where, args := `c.page_id = ? AND c.status = ?`+s.where+s.terms, append(sqldb.Args{s.page, s.status}, s.args...)
	if from != nil {
		where += ` AND (c.updated_at, c.id) < (?, ?)`
		args = append(args, from.At, from.ID)
	}
	return where, args
}

// found returns a conversation with what was found in it.
func (r searchReader) found(id model.ConversationID, m *matches, query string) (store.Found, error) {
	c, err := conversationReader(r).Conversation(id)
	if err != nil {
		return store.Found{}, err
	}
	f := store.Found{Conversation: c, Hits: []model.Hit{}}
	var key int64
	err = r.Get(`SELECT key FROM search_conversations WHERE page_id = ? AND conversation_id = ?`,
		sqldb.Args{id.Page(), id}, &key)
	if err != nil {
		return f, sqldb.Wrap(err, "read search key of %s", id)
	}
	rows := m.of(key)
	if n := len(rows); n > 0 && rows[n-1] == searchindex.RowID(key, 0) {
		f.NameSpans = search.Hits(string(c.Customer.Name), query)
		rows = rows[:n-1]
	}
	for _, row := range rows[:min(len(rows), store.MaxHits)] {
		_, seq := searchindex.ParseRowID(row)
		hit, err := r.hit(id, seq, query)
		if err != nil {
			return f, err
		}
		f.Hits = append(f.Hits, hit)
	}
	return f, nil
}

// hit returns a message that was found.
func (r searchReader) hit(id model.ConversationID, seq int64, query string) (model.Hit, error) {
	m, err := sqldb.Message(r.Session, sqldb.SelectMessages+` WHERE m.key = `+keyOf+` AND k.conversation_id = ?`, id.Page(), seq, id)
	if err != nil {
		return model.Hit{}, sqldb.Wrap(err, "read message found in %s", id)
	}
	text, spans := search.Excerpt(string(m.Text), search.Hits(string(m.Text), query), model.HitRunes)
	return model.Hit{Message: m.ID, Text: model.Untrusted(text), Spans: spans}, nil
}
