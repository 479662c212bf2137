package tally

import (
	"database/sql"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

const (
	// NumbersQuery reads the tallies that are numbers.
	NumbersQuery = `SELECT kind, bucket, n FROM conversation_tallies WHERE page_id = ? AND kind IN (1, 2, 4, 5) AND who = ''
		UNION ALL SELECT kind, bucket, n FROM conversation_tallies WHERE page_id = ? AND kind = 3 AND who = ?`
	// LaterQuery reads how many conversations there are whose time is in a later bucket than
	// now's, and in that.
	LaterQuery = `SELECT kind, SUM(iif(bucket > ?, n, 0)), SUM(iif(bucket = ?, n, 0)) FROM conversation_tallies
		WHERE page_id = ? AND kind IN (6, 7, 8, 9, 10, 11, 12) AND who = '' AND bucket >= ? GROUP BY kind`
)

// Those of one bucket whose time is after now.
const (
	ClosingQuery = `SELECT COUNT(*), COUNT(*) FILTER (WHERE assignee IS NULL) FROM conversations
		WHERE page_id = ? AND status <> 'done' AND free_until > ? AND free_until < ?`
	HeldQuery = `SELECT COUNT(*) FROM conversations WHERE page_id = ? AND status <> 'done' AND free_from > -9000000000000000000
		AND min(free_from, free_until) > ? AND min(free_from, free_until) < ?`
	OpeningQuery = `SELECT COUNT(*), COUNT(*) FILTER (WHERE assignee IS NULL) FROM conversations
		WHERE page_id = ? AND status <> 'done' AND (free_from > -9000000000000000000 OR awake_at > -9000000000000000000)
		AND min(max(free_from, awake_at), free_until) > ? AND min(max(free_from, awake_at), free_until) < ?`
	WakingQuery = `SELECT COUNT(*), COUNT(*) FILTER (WHERE waits = 1) FROM conversations
		WHERE page_id = ? AND status = 'snoozed' AND awake_at > ? AND awake_at < ?`
)

// counted are a Page's tallies at a time.
type counted struct {
	status, number [waitingAsleep + 1]int
	// later are those whose time is after now; within are those of now's bucket.
	later, within [waitingAsleep + 1]int
}

// Count adds the counts of a Page, but for mentions.
func Count(s *sqldb.Session, scope store.PageScope, user model.UserID, now int64, counts *store.Counts) error {
	var c counted
	err := s.Each(NumbersQuery, sqldb.Args{scope.ID, scope.ID, user}, func(rows *sql.Rows) error {
		var kind, bucket, n int
		err := rows.Scan(&kind, &bucket, &n)
		if kind == byStatus {
			c.status[bucket] = n
		} else if kind <= waitingAsleep {
			c.number[kind] = n
		}
		return err
	})
	if err == nil {
		b := bucketOf(now)
		err = s.Each(LaterQuery, sqldb.Args{b, b, scope.ID, b}, func(rows *sql.Rows) error {
			var kind, later, within int
			err := rows.Scan(&kind, &later, &within)
			c.later[kind], c.within[kind] = later, within
			return err
		})
	}
	if err == nil {
		err = c.exact(s, scope.ID, now)
	}
	if err != nil {
		return err
	}
	free := c.later[allowed] - c.later[held]
	blocked := c.status[open] + c.status[snoozed] - free
	if scope.Blocks {
		blocked = c.status[open] + c.status[snoozed]
	}
	counts.All += c.status[open] + c.status[snoozed] + c.status[done]
	counts.Open += c.later[allowed] - c.later[notOpen]
	counts.Mine += c.number[assigned]
	counts.Unassigned += c.later[unassignedAllowed] - c.later[unassignedNotOpen]
	counts.Snoozed += c.later[asleep]
	counts.Done += c.status[done]
	counts.Blocked += blocked
	counts.Unread += c.number[unread]
	counts.Waiting += c.number[waiting] + c.number[waitingSnoozed] - c.later[waitingAsleep]
	return nil
}

// exact adds those of now's bucket whose time is after now.
func (c *counted) exact(s *sqldb.Session, page model.PageID, now int64) error {
	args := sqldb.Args{page, now, (bucketOf(now) + 1) * width}
	for _, q := range []struct {
		query string
		kinds []int
	}{
		{ClosingQuery, []int{allowed, unassignedAllowed}},
		{HeldQuery, []int{held}},
		{OpeningQuery, []int{notOpen, unassignedNotOpen}},
		{WakingQuery, []int{asleep, waitingAsleep}},
	} {
		n, some := make([]int, len(q.kinds)), 0
		into := make([]any, len(q.kinds))
		for i, kind := range q.kinds {
			into[i] = &n[i]
			some += c.within[kind]
		}
		if some == 0 {
			continue
		}
		if err := s.Get(q.query, args, into...); err != nil {
			return err
		}
		for i, kind := range q.kinds {
			c.later[kind] += n[i]
		}
	}
	return nil
}
