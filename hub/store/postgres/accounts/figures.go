package accounts

import (
	"errors"

	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

const (
	// openRepliesQuery lists the states as the index does.
	openRepliesQuery  = `SELECT state, COUNT(*) FROM replies WHERE state IN ('queued', 'posting', 'unknown', 'ask') GROUP BY state`
	oldestQueuedQuery = `SELECT doc FROM replies WHERE page_id = ? AND state = ? ORDER BY accepted_seq LIMIT 1`
	rawEventsQuery    = `SELECT COUNT(*) FROM raw_events WHERE NOT understood`
)

// FigureReader counts.
type FigureReader struct{ *pgdb.Session }

// Figures implements [store.Reader].
func (r FigureReader) Figures() (store.Figures, error) {
	f := store.Figures{Replies: map[model.State]int{model.Queued: 0, model.Posting: 0, model.Unknown: 0, model.Ask: 0}}
	err := r.Each(openRepliesQuery, nil, func(rows pgx.Rows) error {
		var state model.State
		var n int
		err := rows.Scan(&state, &n)
		f.Replies[state] = n
		return err
	})
	if err != nil {
		return f, pgdb.Wrap(err, "count open replies")
	}
	pages, err := r.queuedPages()
	if err != nil {
		return f, err
	}
	for _, page := range pages {
		v, err := pgdb.One[store.Reply](r.Session, oldestQueuedQuery, page, model.Queued)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return f, pgdb.Wrap(err, "read the oldest queued reply of page %s", page)
		case f.OldestQueued.IsZero() || v.AcceptedAt.Before(f.OldestQueued):
			f.OldestQueued = v.AcceptedAt
		}
	}
	err = r.Get(rawEventsQuery, nil, &f.NotUnderstood)
	return f, pgdb.Wrap(err, "count raw events")
}

// queuedPages returns the Pages that have a reply that is queued.
func (r FigureReader) queuedPages() (list []model.PageID, err error) {
	err = r.Each(`SELECT DISTINCT page_id FROM replies WHERE state = 'queued'`, nil, func(rows pgx.Rows) error {
		var page model.PageID
		err := rows.Scan(&page)
		list = append(list, page)
		return err
	})
	return list, pgdb.Wrap(err, "read pages with queued replies")
}

// Counter implements [store.Reader].
func (r FigureReader) Counter(name string) (int64, error) {
	var n int64
	err := r.Get(`SELECT value FROM counters WHERE name = ?`, pgdb.Args{name}, &n)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return n, pgdb.Wrap(err, "read counter %s", name)
}

// Names of the counters that are computed.
const (
	counterNotUnderstood = "raw_not_understood"
	counterRaw           = "raw_events"
)

// Counters implements [store.Reader].
func (r FigureReader) Counters() (map[string]int64, error) {
	counters := make(map[string]int64)
	err := r.Each(`SELECT name, value FROM counters`, nil, func(rows pgx.Rows) error {
		var name string
		var n int64
		err := rows.Scan(&name, &n)
		counters[name] = n
		return err
	})
	if err != nil {
		return nil, pgdb.Wrap(err, "read counters")
	}
	var not, understood int64
	err = r.Get(`SELECT (SELECT COUNT(*) FROM raw_events WHERE NOT understood),
		(SELECT COUNT(*) FROM raw_events WHERE understood)`, nil, &not, &understood)
	counters[counterNotUnderstood], counters[counterRaw] = not, not+understood
	return counters, pgdb.Wrap(err, "count raw events")
}
