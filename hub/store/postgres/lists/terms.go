package lists

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model/label"
	"parley/model/query"
)

// filters are the states that are lists of the inbox as well, which have indexes of their own.
var filters = map[string]store.Filter{
	query.Open: store.FilterOpen, query.Mine: store.FilterMine, query.Unassigned: store.FilterUnassigned, query.Snoozed: store.FilterSnoozed,
	query.Done: store.FilterDone, query.Blocked: store.FilterBlocked, query.Waiting: store.FilterWaiting,
	query.Mentioned: store.FilterMentioned,
}

// byFilter returns a query that asks for the list of one of its states, if it asks for no list
// yet: a list is shorter than all.
func byFilter(q store.ConversationQuery) store.ConversationQuery {
	if q.Filter != store.FilterAll {
		return q
	}
	i := slices.IndexFunc(q.Where, func(t query.Term) bool {
		_, ok := filters[t.Value]
		return ok && t.Kind == query.Is && !t.Not
	})
	if i >= 0 {
		q.Filter = filters[q.Where[i].Value]
		q.Where = slices.Delete(slices.Clone(q.Where), i, i+1)
	}
	return q
}

// The conditions of states on a conversation c. Where awake_at is compared, it is with now.
const (
	isAwake   = `(c.status = 'open' OR c.status = 'snoozed' AND c.awake_at <= ?)`
	isOpen    = `(` + isAwake + answerable + `)` // now three times
	isBlocked = `(c.status <> 'done' AND (c.free_until <= ? OR c.free_from > ?))`
	hasLabel  = `EXISTS (SELECT 1 FROM conversation_labels l WHERE l.page_id = c.page_id AND l.conversation_id = c.id AND l.key = ?)`
)

// narrow adds the terms to a stream of a Page.
func (s *stream) narrow(q store.ConversationQuery, scope store.PageScope) error {
	for _, t := range q.Where {
		if t.Kind == query.Label && !t.Not && s.label == "" {
			s.label = label.Key(t.Value)
			continue
		}
		where, args, err := condition(t, q, scope)
		if err != nil {
			return err
		}
		if where == "" {
			continue
		}
		if t.Not {
			where = `NOT ` + where
		}
		s.terms += ` AND ` + where
		s.args = append(s.args, args...)
	}
	if s.label != "" {
		s.terms += ` AND ` + hasLabel
		s.args = append(s.args, s.label)
	}
	return nil
}

// condition returns a term as a condition that is true or false, never null; empty: it narrows
// nothing.
func condition(t query.Term, q store.ConversationQuery, scope store.PageScope) (string, pgdb.Args, error) {
	switch t.Kind {
	case query.Is:
		return inState(t.Value, q, scope)
	case query.From:
		return `c.entered = ?`, pgdb.Args{t.Value}, nil
	case query.Label:
		return hasLabel, pgdb.Args{label.Key(t.Value)}, nil
	case query.Assignee:
		who := q.People[t.Value]
		if t.Value == query.Me {
			who = append(who, q.User)
		}
		people := make([]string, 0, len(who))
		for _, id := range who {
			people = append(people, string(id))
		}
		return `coalesce(c.assignee = ANY(?), false)`, pgdb.Args{people}, nil
	case query.Page, query.Words: // whoever asks has chosen the Pages; words are searched
	}
	return "", nil, nil
}

func inState(state string, q store.ConversationQuery, scope store.PageScope) (string, pgdb.Args, error) {
	now := engine.Micros(q.Now)
	switch state {
	case query.Open:
		return isOpen, pgdb.Args{now, now, now}, nil
	case query.Mine:
		return `(c.status <> 'done' AND c.assignee IS NOT DISTINCT FROM ?)`, pgdb.Args{q.User}, nil
	case query.Unassigned:
		return `(c.assignee IS NULL AND ` + isOpen + `)`, pgdb.Args{now, now, now}, nil
	case query.Snoozed:
		return `(c.status = 'snoozed' AND c.awake_at > ?)`, pgdb.Args{now}, nil
	case query.Done:
		return `(c.status = 'done')`, nil, nil
	case query.Waiting:
		return `(c.waits = 2 OR c.waits <> 0 AND ` + isAwake + `)`, pgdb.Args{now}, nil
	case query.Blocked:
		if scope.Blocks {
			return `(c.status <> 'done')`, nil, nil
		}
		return isBlocked, pgdb.Args{now, now}, nil
	case query.Unread:
		return `(c.unread > 0)`, nil, nil
	case query.Mentioned:
		return `EXISTS (SELECT 1 FROM mentions m WHERE m.page_id = c.page_id AND m.conversation_id = c.id AND m.user_id = ?)`, pgdb.Args{q.User}, nil
	case query.Pinned:
		return `(c.pinned)`, nil, nil
	}
	return "", nil, fmt.Errorf("no state %q", state)
}

// enough of a hash is as many bytes of it as tell lists apart.
const enough = 8

// hashed returns a part of a list's name that tells texts apart and reveals nothing of them.
func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:enough])
}

// listOf returns the name of a query's list in a cursor.
func listOf(q store.ConversationQuery) string {
	if len(q.Where) == 0 {
		return string(q.Filter)
	}
	return string(q.Filter) + "?" + hashed(q.Where.String())
}
