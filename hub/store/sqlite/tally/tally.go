package tally

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"math"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// The kinds of tallies. The first are numbers; of the others, each conversation counts until a
// time of its own, and stands in the bucket of that time.
const (
	// byStatus is how many conversations have a status, whose number is the bucket.
	byStatus = iota + 1
	// unread, assigned and so on leave out those that are done; assigned is by assignee.
	unread
	assigned
	// waiting are those in which somebody waits whatever the time, waitingSnoozed those in which
	// somebody does once they are awake.
	waiting
	waitingSnoozed

	// allowed: the conversation allows a reply until then, if it did before. held: it is not yet
	// allowed. notOpen: it is not yet, or the conversation is asleep. The last two are the same
	// of those that nobody is assigned to.
	allowed
	held
	notOpen
	unassignedAllowed
	unassignedNotOpen
	// asleep, and asleep with a customer who waits.
	asleep
	waitingAsleep
)

// The numbers of statuses.
const (
	open = iota + 1
	snoozed
	done
)

// width is how long a bucket is.
const width = int64(10 * time.Minute / time.Microsecond)

// already is the time of what was never otherwise, as in the columns.
const already = math.MinInt64

// bucketOf returns the bucket of a time.
func bucketOf(at int64) int64 {
	b := at / width
	if at < 0 && at%width != 0 {
		b--
	}
	return b
}

// Row is what of a conversation is tallied, as in its columns.
type Row struct {
	Status              model.Status
	Assignee            sql.NullString
	AwakeAt             int64
	FreeFrom, FreeUntil int64
	Unread, Waits       int
}

// readRow reads a row before it is changed.
const readRow = `SELECT status, assignee, awake_at, free_from, free_until, unread, waits FROM conversations WHERE page_id = ? AND id = ?`

func (r *Row) fields() []any {
	return []any{&r.Status, &r.Assignee, &r.AwakeAt, &r.FreeFrom, &r.FreeUntil, &r.Unread, &r.Waits}
}

// each calls add with the tallies that a conversation is part of.
func (r Row) each(add func(kind int, who string, bucket int64)) {
	until := func(kind int, at int64) {
		if at > already {
			add(kind, "", bucketOf(at))
		}
	}
	status := map[model.Status]int64{model.Open: open, model.Snoozed: snoozed, model.Done: done}[r.Status]
	add(byStatus, "", status)
	switch {
	case r.Waits == 2, r.Waits != 0 && status == open: // a reply that asks, whatever the status
		add(waiting, "", 0)
	case r.Waits != 0 && status == snoozed:
		add(waitingSnoozed, "", 0)
		until(waitingAsleep, r.AwakeAt)
	}
	if status == done {
		return
	}
	if r.Unread > 0 {
		add(unread, "", 0)
	}
	opens := min(max(r.FreeFrom, r.AwakeAt), r.FreeUntil)
	until(allowed, r.FreeUntil)
	until(held, min(r.FreeFrom, r.FreeUntil))
	until(notOpen, opens)
	if r.Assignee.Valid {
		add(assigned, r.Assignee.String, 0)
	} else {
		until(unassignedAllowed, r.FreeUntil)
		until(unassignedNotOpen, opens)
	}
	if status == snoozed {
		until(asleep, r.AwakeAt)
	}
}

// Forget takes a conversation out of the tallies, as it is stored, before it is changed or
// deleted.
func Forget(s *sqldb.Session, page model.PageID, id model.ConversationID) error {
	var r Row
	err := s.Get(readRow, sqldb.Args{page, id}, r.fields()...)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		Add(s, page, r, -1)
	}
	return err
}

// Add adds a conversation to the tallies n times; -1 takes it out.
func Add(s *sqldb.Session, page model.PageID, r Row, n int64) {
	r.each(func(kind int, who string, bucket int64) {
		s.Sum(sqldb.Sum{Page: page, Kind: kind, Who: who, Bucket: bucket}, n)
	})
}

const (
	addTo = `INSERT INTO conversation_tallies (page_id, kind, who, bucket, n) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (page_id, kind, who, bucket) DO UPDATE SET n = n + excluded.n RETURNING n`
	drop = `DELETE FROM conversation_tallies WHERE page_id = ? AND kind = ? AND who = ? AND bucket = ?`
)

// WriteTo writes the sums of a commit's transactions.
func WriteTo(ctx context.Context, c *sqldb.Conn, sums map[sqldb.Sum]int64) error {
	for k, n := range sums {
		if n == 0 {
			continue
		}
		add, err := c.Prepare(ctx, addTo)
		if err != nil {
			return err
		}
		var is int64
		if err := add.QueryRowContext(ctx, k.Page, k.Kind, k.Who, k.Bucket, n).Scan(&is); err != nil {
			return sqldb.Wrap(err, "tally conversations of page %s", k.Page)
		}
		if is != 0 {
			continue
		}
		remove, err := c.Prepare(ctx, drop)
		if err != nil {
			return err
		}
		if _, err := remove.ExecContext(ctx, k.Page, k.Kind, k.Who, k.Bucket); err != nil {
			return sqldb.Wrap(err, "tally conversations of page %s", k.Page)
		}
	}
	return nil
}

// Fill tallies the conversations of a store that has no tallies yet.
func Fill(ctx context.Context, tx *sql.Tx, _ *slog.Logger) error {
	rows, err := tx.QueryContext(ctx, `SELECT page_id, status, assignee, awake_at, free_from, free_until, unread, waits FROM conversations`)
	if err != nil {
		return err
	}
	defer rows.Close()
	sums := make(map[sqldb.Sum]int64)
	for rows.Next() {
		var page model.PageID
		var r Row
		if err := rows.Scan(append([]any{&page}, r.fields()...)...); err != nil {
			return err
		}
		r.each(func(kind int, who string, bucket int64) {
			sums[sqldb.Sum{Page: page, Kind: kind, Who: who, Bucket: bucket}]++
		})
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for k, n := range sums {
		if _, err := tx.ExecContext(ctx, `INSERT INTO conversation_tallies (page_id, kind, who, bucket, n) VALUES (?, ?, ?, ?, ?)`,
			k.Page, k.Kind, k.Who, k.Bucket, n); err != nil {
			return err
		}
	}
	return nil
}
