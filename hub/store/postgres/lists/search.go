package lists

import (
	"errors"

	"github.com/jackc/pgx/v5"

	"parley/hub/search"
	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

const (
	// fewFound is up to how many matches of a Page are read at once. If a search finds more, the
	// list is walked until enough conversations of it are found.
	fewFound = 2000
	// walked is how many conversations of a list are looked through at once.
	walked = 500
)

// searchReader searches conversations.
type searchReader struct{ *pgdb.Session }

// SearchConversations implements [store.Reader].
func (r searchReader) SearchConversations(q store.ConversationQuery) ([]store.Found, string, error) {
	name := searchList(q)
	parts, err := streams(q)
	if err != nil {
		return nil, "", pgdb.Wrap(err, "search conversations")
	}
	from, err := engine.ParseCursor(q.Cursor, name)
	if err != nil || q.Limit <= 0 {
		return nil, "", pgdb.Wrap(err, "search conversations")
	}
	found := make(map[model.PageID]*matches)
	var keys []engine.Key
	for _, s := range parts {
		if found[s.page] == nil {
			if found[s.page], err = r.match(s.page, q.Search); err != nil {
				return nil, "", pgdb.Wrap(err, "search page %s", s.page)
			}
		}
		in, err := r.foundKeys(s, found[s.page], from, q.Limit+1)
		if err != nil {
			return nil, "", pgdb.Wrap(err, "search page %s", s.page)
		}
		keys = append(keys, in...)
	}
	keys, more := engine.Newest(keys, q.Limit)
	list, err := r.found(keys, found)
	if err != nil || !more {
		return list, "", err
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
	asked
	// none: the search has no words, or finds nothing.
	none bool
	// ids are the conversations, unless there are many.
	ids  []string
	many bool
}

// matching is the condition that a message's words are found, or may be.
const matching = `m.words @@ ?::text::tsquery AND (m.long OR m.words @@ ?::text::tsquery)`

const matchQuery = `SELECT m.conversation_id, m.long, CASE WHEN m.long THEN m.doc END FROM messages m WHERE m.page_id = ? AND ` + matching + `
	UNION ALL SELECT n.conversation_id, false, NULL FROM names n WHERE n.page_id = ? AND n.words @@ ?::text::tsquery LIMIT ?`

// match reads what a search finds on a Page, unless that is much.
func (r searchReader) match(page model.PageID, text string) (*matches, error) {
	a, ok := ask(page, text)
	m := &matches{asked: a}
	if !ok {
		m.none = true
		return m, nil
	}
	seen := map[string]bool{}
	n := 0
	err := r.Each(matchQuery, pgdb.Args{page, a.loose, a.exact, page, a.exact, fewFound + 1}, func(rows pgx.Rows) error {
		n++
		id, err := a.matched(rows)
		if err == nil && id != "" && !seen[id] {
			seen[id] = true
			m.ids = append(m.ids, id)
		}
		return err
	})
	m.many = n > fewFound
	m.none = len(m.ids) == 0 && !m.many
	return m, err
}

// matched returns the conversation of a row: its id, whether the text is long, and the message if
// it is; empty if a long text does not match after all.
func (a asked) matched(rows pgx.Rows) (string, error) {
	var id string
	var long bool
	var doc []byte
	if err := rows.Scan(&id, &long, &doc); err != nil || !long {
		return id, err
	}
	var msg store.Message
	if err := engine.Decode(doc, &msg); err != nil {
		return "", err
	}
	if !search.Matches(string(msg.Text), a.text) {
		return "", nil
	}
	return id, nil
}

// foundKeys returns a stream's newest keys after that place among those found.
func (r searchReader) foundKeys(s stream, m *matches, from *engine.Place, limit int) ([]engine.Key, error) {
	if m.none {
		return nil, nil
	}
	if !m.many {
		where, args := s.after(from)
		return pgdb.Keys(r.Session, s.page, `SELECT c.updated_at, c.id FROM conversations c WHERE `+where+`
			AND c.id = ANY(?) ORDER BY c.updated_at DESC, c.id DESC LIMIT ?`, append(args, m.ids, limit))
	}
	var list []engine.Key
	for {
		where, args := s.after(from)
		chunk, err := pgdb.Keys(r.Session, s.page, `SELECT c.updated_at, c.id FROM conversations c WHERE `+where+`
			ORDER BY c.updated_at DESC, c.id DESC LIMIT ?`, append(args, walked))
		if err != nil || len(chunk) == 0 {
			return list, err
		}
		has, err := r.among(s.page, m, chunk)
		if err != nil {
			return nil, err
		}
		for _, k := range chunk {
			if has[k.ID] {
				list = append(list, k)
			}
			if len(list) == limit {
				return list, nil
			}
		}
		if len(chunk) < walked {
			return list, nil
		}
		last := chunk[len(chunk)-1]
		from = &engine.Place{At: last.At, ID: last.ID}
	}
}

const amongQuery = `SELECT m.conversation_id, m.long, CASE WHEN m.long THEN m.doc END FROM messages m
	WHERE m.page_id = ? AND m.conversation_id = ANY(?) AND ` + matching + `
	UNION ALL SELECT n.conversation_id, false, NULL FROM names n WHERE n.page_id = ? AND n.conversation_id = ANY(?) AND n.words @@ ?::text::tsquery`

// among returns in which of these conversations something is found.
func (r searchReader) among(page model.PageID, m *matches, keys []engine.Key) (map[string]bool, error) {
	ids := make([]string, len(keys))
	for i, k := range keys {
		ids[i] = k.ID
	}
	has := make(map[string]bool, len(keys))
	err := r.Each(amongQuery, pgdb.Args{page, ids, m.loose, m.exact, page, ids, m.exact}, func(rows pgx.Rows) error {
		id, err := m.matched(rows)
		if id != "" {
			has[pgdb.Text[string](id)] = true
		}
		return err
	})
	return has, err
}

// after returns the condition for a stream's rows after that place.
func (s stream) after(from *engine.Place) (string, pgdb.Args) {
	where, args := `c.page_id = ? AND c.status = ?`+s.where+s.terms, append(pgdb.Args{s.page, s.status}, s.args...)
	if from != nil {
		where += ` AND (c.updated_at, c.id) < (?, ?)`
		args = append(args, from.At, from.ID)
	}
	return where, args
}

// found returns conversations with what was found in them.
func (r searchReader) found(keys []engine.Key, by map[model.PageID]*matches) ([]store.Found, error) {
	list, err := listReader(r).conversations(keys)
	if err != nil {
		return nil, err
	}
	out := make([]store.Found, len(list))
	at := make(map[model.ConversationID]*store.Found, len(list))
	ids := map[model.PageID][]string{}
	for i, c := range list {
		out[i] = store.Found{Conversation: c, Hits: []model.Hit{}}
		at[c.ID] = &out[i]
		ids[c.PageID] = append(ids[c.PageID], string(c.ID))
	}
	for page, of := range ids {
		if err := r.hits(page, of, by[page], at); err != nil {
			return nil, pgdb.Wrap(err, "search page %s", page)
		}
	}
	return out, nil
}

const (
	hitsQuery = `SELECT m.doc FROM unnest(?::text[]) AS c (id) CROSS JOIN LATERAL (
		SELECT m.doc, m.first_seq FROM messages m WHERE m.page_id = ? AND m.conversation_id = c.id AND ` + matching + `
		ORDER BY m.first_seq DESC LIMIT ?) AS m ORDER BY c.id, m.first_seq DESC`
	namedQuery = `SELECT n.conversation_id FROM names n WHERE n.page_id = ? AND n.conversation_id = ANY(?) AND n.words @@ ?::text::tsquery`
)

// hits adds what was found in conversations of a Page.
func (r searchReader) hits(page model.PageID, ids []string, m *matches, at map[model.ConversationID]*store.Found) error {
	if m == nil {
		return errors.New("search: a page without matches")
	}
	err := r.Each(hitsQuery, pgdb.Args{ids, page, m.loose, m.exact, store.MaxHits}, func(rows pgx.Rows) error {
		var msg store.Message
		if err := engine.Decode(rows.RawValues()[0], &msg); err != nil {
			return err
		}
		spans := search.Hits(string(msg.Text), m.text)
		f := at[msg.ConversationID]
		if f == nil || len(spans) == 0 && !search.Matches(string(msg.Text), m.text) {
			return nil
		}
		text, spans := search.Excerpt(string(msg.Text), spans, model.HitRunes)
		f.Hits = append(f.Hits, model.Hit{Message: msg.ID, Text: model.Untrusted(text), Spans: spans})
		return nil
	})
	if err != nil {
		return err
	}
	return r.Each(namedQuery, pgdb.Args{page, ids, m.exact}, func(rows pgx.Rows) error {
		var id string
		err := rows.Scan(&id)
		if f := at[pgdb.Text[model.ConversationID](id)]; f != nil {
			f.NameSpans = search.Hits(string(f.Customer.Name), m.text)
		}
		return err
	})
}

// PutName keeps by which words a customer's name is found.
func PutName(s *pgdb.Session, c store.Conversation) error {
	vector, _ := Vector(c.PageID, string(c.Customer.Name))
	return s.Note(`INSERT INTO names (page_id, conversation_id, words) VALUES (?, ?, ?::text::tsvector)
		ON CONFLICT (page_id, conversation_id) DO UPDATE SET words = excluded.words WHERE names.words <> excluded.words`, c.PageID, c.ID, vector)
}
