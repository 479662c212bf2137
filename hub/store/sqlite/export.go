package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"parley/hub/store"
	"parley/hub/store/compact"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/store/sqlite/tables"
	"parley/hub/store/transfer"
	"parley/model"
)

var _ transfer.Source = (*Store)(nil)

// exported is how many messages or rows of a log are read at once.
const exported = 1000

// Rows implements [transfer.Source].
func (s *Store) Rows(ctx context.Context, t transfer.Table, page model.PageID, row func([]any) error) error {
	return s.read(ctx, func(ss *sqldb.Session) error {
		switch t.Name {
		case transfer.Log:
			return exportLog(ss, page, row)
		case transfer.Messages:
			return exportMessages(ss, page, row)
		case transfer.RawEvents:
			return exportRaw(ss, page, row)
		case transfer.BuriedKeys:
			return exportBuried(ss, page, row)
		}
		names := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			names[i] = c.Name
		}
		query, args := `SELECT `+strings.Join(names, ", ")+` FROM `+t.Name, sqldb.Args{}
		if names[0] == "page_id" {
			query, args = query+` WHERE page_id = ?`, sqldb.Args{page}
		}
		var list [][]any
		err := ss.Each(query+` ORDER BY `+strings.Join(names[:t.Key], ", "), args, func(rows *sql.Rows) error {
			values := make([]any, len(names))
			into := make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				return err
			}
			if t.Name == transfer.Conversations { // the record is read once all rows are
				list = append(list, values)
				return nil
			}
			return row(values)
		})
		for _, values := range list {
			if err == nil {
				err = exportConversation(ss, values, row)
			}
		}
		return err
	})
}

// exportConversation gives a row of a conversation its record as JSON, whatever form it has here.
func exportConversation(s *sqldb.Session, values []any, row func([]any) error) error {
	id, ok := values[1].(string)
	if !ok {
		return errNoID
	}
	c, err := tables.NewReader(s).Conversation(model.ConversationID(id))
	if err != nil {
		return err
	}
	doc, err := sqldb.Encode(c)
	if err != nil {
		return err
	}
	values[len(values)-1] = doc
	return row(values)
}

var errNoID = errors.New("a conversation without an id")

// exportLog reads the log of a Page.
func exportLog(s *sqldb.Session, page model.PageID, row func([]any) error) error {
	for after := int64(0); ; {
		list, err := tables.NewReader(s).Events(page, after, exported)
		if err != nil {
			return err
		}
		for _, e := range list {
			after = e.Seq
			if err := row([]any{string(page), e.Seq, string(e.Kind), e.ID, sqldb.Micros(e.At), e.Stamp}); err != nil {
				return err
			}
		}
		if len(list) < exported {
			return nil
		}
	}
}

// exportMessages reads the messages of a Page.
func exportMessages(s *sqldb.Session, page model.PageID, row func([]any) error) error {
	for after := int64(0); ; {
		list, err := sqldb.Messages(s, sqldb.SelectMessages+` WHERE k.page_id = ? AND m.key > ?
			AND m.key > (SELECT key << 35 FROM search_pages WHERE page_id = ?)
			AND m.key < (SELECT (key + 1) << 35 FROM search_pages WHERE page_id = ?) ORDER BY m.key LIMIT ?`, page, after, page, page, exported)
		if err != nil {
			return sqldb.Wrap(err, "read messages")
		}
		for _, m := range list {
			if err := row([]any{m}); err != nil {
				return err
			}
		}
		if len(list) < exported {
			return nil
		}
		var number int64
		if err := s.Get(`SELECT key FROM search_pages WHERE page_id = ?`, sqldb.Args{page}, &number); err != nil {
			return err
		}
		after = sqldb.MessageKey(number, list[len(list)-1].FirstSeq)
	}
}

// exportRaw reads the raw events of a Page.
func exportRaw(s *sqldb.Session, page model.PageID, row func([]any) error) error {
	return s.Each(`SELECT event, customer, COALESCE(name, 'message'), at, received_at, understood, body FROM raw_events
		WHERE page = (SELECT key FROM search_pages WHERE page_id = ?) ORDER BY key`, sqldb.Args{page}, func(rows *sql.Rows) error {
		e := transfer.Raw{RawEvent: store.RawEvent{Page: page}}
		var customer string
		var body []byte
		var at, received int64
		if err := rows.Scan(&e.Event, &customer, &e.Name, &at, &received, &e.Understood, &body); err != nil {
			return err
		}
		var err error
		if e.Body, err = compact.ReadEvent(body); err != nil {
			return err
		}
		e.Customer, e.At, e.ReceivedAt = model.PSID(customer), sqldb.FromMicros(at), sqldb.FromMicros(received)
		return row([]any{e})
	})
}

// exportBuried reads the keys of buried events of a Page.
func exportBuried(s *sqldb.Session, page model.PageID, row func([]any) error) error {
	return s.Each(`SELECT key FROM buried_keys WHERE page_id = ? ORDER BY key`, sqldb.Args{page}, func(rows *sql.Rows) error {
		var key []byte
		if err := rows.Scan(&key); err != nil {
			return err
		}
		return row([]any{key})
	})
}

// Graves implements [transfer.Source].
func (s *Store) Graves(ctx context.Context) (list []model.PageID, err error) {
	err = s.read(ctx, func(ss *sqldb.Session) error {
		return ss.Each(`SELECT page_id FROM pages UNION SELECT page_id FROM audit UNION SELECT page_id FROM tombstones
			UNION SELECT page_id FROM search_pages ORDER BY page_id`, nil, func(rows *sql.Rows) error {
			var page model.PageID
			err := rows.Scan(&page)
			list = append(list, page)
			return err
		})
	})
	return list, sqldb.Wrap(err, "read pages")
}
