package tables

import (
	"database/sql"
	"errors"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

const (
	// openRepliesQuery lists the states as the index does, so that SQLite uses the index.
	openRepliesQuery  = `SELECT state, COUNT(*) FROM replies WHERE state IN ('queued', 'posting', 'unknown', 'ask') GROUP BY state`
	oldestQueuedQuery = `SELECT doc FROM replies WHERE page_id = ? AND state = ? ORDER BY accepted_seq LIMIT 1`
	rawEventsQuery    = `SELECT COUNT(*) FROM raw_events WHERE understood = 0`
)

// figureReader counts.
type figureReader struct{ *sqldb.Session }

// Figures implements [store.Reader].
func (r figureReader) Figures() (store.Figures, error) {
	f := store.Figures{Replies: map[model.State]int{model.Queued: 0, model.Posting: 0, model.Unknown: 0, model.Ask: 0}}
	err := r.Each(openRepliesQuery, nil, func(rows *sql.Rows) error {
		var state model.State
		var n int
		err := rows.Scan(&state, &n)
		f.Replies[state] = n
		return err
	})
	if err != nil {
		return f, sqldb.Wrap(err, "count open replies")
	}
	pages, err := replyReader(r).WaitingPages()
	if err != nil {
		return f, err
	}
	for _, page := range pages {
		v, err := sqldb.One[store.Reply](r.Session, oldestQueuedQuery, page, model.Queued)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return f, sqldb.Wrap(err, "read the oldest queued reply of page %s", page)
		case f.OldestQueued.IsZero() || v.AcceptedAt.Before(f.OldestQueued):
			f.OldestQueued = v.AcceptedAt
		}
	}
	err = r.Get(rawEventsQuery, nil, &f.NotUnderstood)
	return f, sqldb.Wrap(err, "count raw events")
}

// Counter implements [store.Reader].
func (r figureReader) Counter(name string) (int64, error) {
	var n int64
	err := r.Get(`SELECT value FROM counters WHERE name = ?`, sqldb.Args{name}, &n)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return n, sqldb.Wrap(err, "read counter %s", name)
}

// Names of the counters that are computed.
const (
	counterNotUnderstood = "raw_not_understood"
	counterRaw           = "raw_events"
)

// Counters implements [store.Reader].
func (r figureReader) Counters() (map[string]int64, error) {
	counters := make(map[string]int64)
	err := r.Each(`SELECT name, value FROM counters`, nil, func(rows *sql.Rows) error {
		var name string
		var n int64
		err := rows.Scan(&name, &n)
		counters[name] = n
		return err
	})
	if err != nil {
		return nil, sqldb.Wrap(err, "read counters")
	}
	var not, all int64
	err = r.Get(`SELECT (`+rawEventsQuery+`), (SELECT COUNT(*) FROM raw_events)`, nil, &not, &all)
	counters[counterNotUnderstood], counters[counterRaw] = not, all
	return counters, sqldb.Wrap(err, "count raw events")
}
