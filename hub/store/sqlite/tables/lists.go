package tables

import (
	"fmt"

	"parley/hub/store"
	"parley/hub/store/sqlite/desk"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/store/sqlite/tally"
	"parley/model"
)

// stream is a part of a list that an index has in the list's order.
type stream struct {
	page   model.PageID
	status model.Status
	// where are further conditions of its filter, terms those of the query's terms; args are the
	// arguments of both.
	where, terms string
	args         sqldb.Args
	// label is one that all of it have, by its key; empty: none is asked for.
	label string
}

// Conditions on a conversation that is not done; each takes now.
const (
	awake  = ` AND awake_at <= ?`
	asleep = ` AND awake_at > ?`
	// notFree and answerable take now twice.
	notFree    = ` AND (free_until <= ? OR free_from > ?)`
	answerable = ` AND free_until > ? AND free_from <= ?`
	// waiting is for open conversations, waitingAwake for those that are open once awake, and
	// asking for all others, which have an index of their own condition.
	waiting      = ` AND waits <> 0`
	waitingAwake = ` AND waits <> 0 AND (waits = 2 OR awake_at <= ?)`
	asking       = ` AND waits <> 0 AND waits = 2`
)

// streams returns the parts of a list: one for each Page and status, because the indexes begin
// with these.
func streams(q store.ConversationQuery) ([]stream, error) {
	var list []stream
	q = byFilter(q)
	now := sqldb.Micros(q.Now)
	for _, scope := range distinct(q.Pages) {
		from := len(list)
		add := func(status model.Status, where string, args ...any) {
			list = append(list, stream{page: scope.ID, status: status, where: where, args: args})
		}
		switch q.Filter {
		case store.FilterAll:
			add(model.Open, "")
			add(model.Snoozed, "")
			add(model.Done, "")
		case store.FilterOpen:
			add(model.Open, answerable, now, now)
			add(model.Snoozed, awake+answerable, now, now, now)
		case store.FilterSnoozed:
			add(model.Snoozed, asleep, now)
		case store.FilterDone:
			add(model.Done, "")
		case store.FilterMine:
			add(model.Open, ` AND assignee = ?`, q.User)
			add(model.Snoozed, ` AND assignee = ?`, q.User)
		case store.FilterUnassigned:
			add(model.Open, ` AND assignee IS NULL`+answerable, now, now)
			add(model.Snoozed, ` AND assignee IS NULL`+awake+answerable, now, now, now)
		case store.FilterWaiting:
			add(model.Open, waiting)
			add(model.Snoozed, waitingAwake, now)
			add(model.Done, asking)
		case store.FilterMentioned:
			add(model.Open, desk.IsMentioned, scope.ID, q.User)
			add(model.Snoozed, desk.IsMentioned, scope.ID, q.User)
			add(model.Done, desk.IsMentioned, scope.ID, q.User)
		case store.FilterBlocked:
			if scope.Blocks {
				add(model.Open, "")
				add(model.Snoozed, "")
				break
			}
			add(model.Open, notFree, now, now)
			add(model.Snoozed, notFree, now, now)
		default:
			return nil, fmt.Errorf("no filter %q", q.Filter)
		}
		for i := range list[from:] {
			if err := list[from+i].narrow(q, scope); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// distinct drops repeated Pages.
func distinct(pages []store.PageScope) []store.PageScope {
	seen := make(map[model.PageID]bool, len(pages))
	list := make([]store.PageScope, 0, len(pages))
	for _, p := range pages {
		if !seen[p.ID] {
			seen[p.ID] = true
			list = append(list, p)
		}
	}
	return list
}

// listReader reads the lists of the inbox; searchReader searches in them.
type listReader struct{ *sqldb.Session }

// Conversations implements [store.Reader]. It reads the keys of each stream from an index,
// merges them, and reads only the records that it returns.
func (r listReader) Conversations(q store.ConversationQuery) ([]store.Conversation, string, error) {
	name := "conversations:" + listOf(q)
	parts, err := streams(q)
	if err != nil {
		return nil, "", sqldb.Wrap(err, "list conversations")
	}
	from, err := sqldb.ParseCursor(q.Cursor, name)
	if err != nil || q.Limit <= 0 {
		return nil, "", sqldb.Wrap(err, "list conversations")
	}
	var keys []sqldb.Key
	for _, s := range parts {
		found, err := r.streamKeys(s, from, q.Limit+1)
		if err != nil {
			return nil, "", sqldb.Wrap(err, "list conversations of page %s", s.page)
		}
		keys = append(keys, found...)
	}
	keys, more := sqldb.Newest(keys, q.Limit)
	list := make([]store.Conversation, 0, len(keys))
	for _, k := range keys {
		c, err := conversationReader(r).Conversation(model.ConversationID(k.ID))
		if err != nil {
			return nil, "", err
		}
		list = append(list, c)
	}
	if !more {
		return list, "", nil
	}
	cursor, err := keys[len(keys)-1].Place(name).Cursor()
	return list, cursor, err
}

// streamKeys returns a stream's newest keys after that place.
func (r listReader) streamKeys(s stream, from *sqldb.Place, limit int) ([]sqldb.Key, error) {
	query, args := s.query(from, limit)
	return sqldb.Keys(r.Session, s.page, query, args)
}

// query returns the statement that reads a stream's newest keys after that place.
func (s stream) query(from *sqldb.Place, limit int) (string, sqldb.Args) {
	if s.label != "" {
		return s.labelled(from, limit)
	}
	query := `SELECT c.updated_at, c.id FROM conversations c WHERE c.page_id = ? AND c.status = ?` + s.where + s.terms
	args := append(sqldb.Args{s.page, s.status}, s.args...)
	if from != nil {
		query += ` AND (c.updated_at, c.id) < (?, ?)`
		args = append(args, from.At, from.ID)
	}
	return query + ` ORDER BY c.updated_at DESC, c.id DESC LIMIT ?`, append(args, limit)
}

// labelled is query for a stream of one label, which has an index in the list's order.
func (s stream) labelled(from *sqldb.Place, limit int) (string, sqldb.Args) {
	query := `SELECT n.updated_at, n.conversation_id FROM conversation_labels n
		CROSS JOIN conversations c ON c.page_id = n.page_id AND c.id = n.conversation_id
		WHERE n.page_id = ? AND n.key = ? AND n.status = ?` + s.where + s.terms
	args := append(sqldb.Args{s.page, s.label, s.status}, s.args...)
	if from != nil {
		query += ` AND (n.updated_at, n.conversation_id) < (?, ?)`
		args = append(args, from.At, from.ID)
	}
	return query + ` ORDER BY n.updated_at DESC, n.conversation_id DESC LIMIT ?`, append(args, limit)
}

// CountConversations implements [store.Reader].
func (r listReader) CountConversations(q store.CountQuery) (store.Counts, error) {
	var counts store.Counts
	for _, scope := range distinct(q.Pages) {
		count := r.tallied
		if r.Writes() { // the tallies are written with the commit
			count = r.countPage
		}
		if err := count(scope, q, &counts); err != nil {
			return store.Counts{}, sqldb.Wrap(err, "count conversations of page %s", scope.ID)
		}
	}
	return counts, nil
}

// countWaitingQuery reads only the index of those that wait.
const countWaitingQuery = `SELECT COUNT(*) FROM conversations WHERE page_id = ? AND waits <> 0
	AND (waits = 2 OR status = ? OR status = ? AND awake_at <= ?)`

// tallied adds the counts of one Page as they are kept.
func (r listReader) tallied(scope store.PageScope, q store.CountQuery, counts *store.Counts) error {
	if err := tally.Count(r.Session, scope, q.User, sqldb.Micros(q.Now), counts); err != nil {
		return err
	}
	var mentioned int
	err := r.Get(desk.CountMentioned, sqldb.Args{scope.ID, q.User}, &mentioned)
	counts.Mentioned += mentioned
	return err
}

// countPage adds the counts of one Page, counted. Each status has its own statement, which tests only
// what can differ among its rows.
func (r listReader) countPage(scope store.PageScope, q store.CountQuery, counts *store.Counts) error {
	now := sqldb.Micros(q.Now)
	var done int
	err := r.Get(`SELECT COUNT(*) FROM conversations WHERE page_id = ? AND status = ?`,
		sqldb.Args{scope.ID, model.Done}, &done)
	if err != nil {
		return err
	}
	var open, free, mine, unassigned, unread int
	err = r.Get(`SELECT COUNT(*), COUNT(*) FILTER (WHERE free_until > ? AND free_from <= ?),
		COUNT(*) FILTER (WHERE assignee = ?),
		COUNT(*) FILTER (WHERE assignee IS NULL AND free_until > ? AND free_from <= ?),
		COUNT(*) FILTER (WHERE unread > 0)
		FROM conversations WHERE page_id = ? AND status = ?`,
		sqldb.Args{now, now, q.User, now, now, scope.ID, model.Open}, &open, &free, &mine, &unassigned, &unread)
	if err != nil {
		return err
	}
	var snoozed, asleep, sFree, awakeFree, sMine, sUnassigned, sUnread int
	err = r.Get(`SELECT COUNT(*), COUNT(*) FILTER (WHERE awake_at > ?),
		COUNT(*) FILTER (WHERE free_until > ? AND free_from <= ?),
		COUNT(*) FILTER (WHERE awake_at <= ? AND free_until > ? AND free_from <= ?),
		COUNT(*) FILTER (WHERE assignee = ?),
		COUNT(*) FILTER (WHERE assignee IS NULL AND awake_at <= ? AND free_until > ? AND free_from <= ?),
		COUNT(*) FILTER (WHERE unread > 0)
		FROM conversations WHERE page_id = ? AND status = ?`,
		sqldb.Args{now, now, now, now, now, now, q.User, now, now, now, scope.ID, model.Snoozed},
		&snoozed, &asleep, &sFree, &awakeFree, &sMine, &sUnassigned, &sUnread)
	if err != nil {
		return err
	}
	var waits int
	if err := r.Get(countWaitingQuery, sqldb.Args{scope.ID, model.Open, model.Snoozed, now}, &waits); err != nil {
		return err
	}
	blocked := open - free + snoozed - sFree
	if scope.Blocks {
		blocked = open + snoozed
	}
	counts.All += open + snoozed + done
	counts.Open += free + awakeFree
	counts.Mine += mine + sMine
	counts.Unassigned += unassigned + sUnassigned
	counts.Snoozed += asleep
	counts.Done += done
	counts.Blocked += blocked
	counts.Unread += unread + sUnread
	counts.Waiting += waits
	var mentioned int
	if err := r.Get(desk.CountMentioned, sqldb.Args{scope.ID, q.User}, &mentioned); err != nil {
		return err
	}
	counts.Mentioned += mentioned
	return nil
}
