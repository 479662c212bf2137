package sqlite

import (
	"database/sql"
	"strings"
	"testing"

	"parley/hub/store"
)

// TestPlans: every list is read from an index, in the list's order.
func TestPlans(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	for _, filter := range []store.Filter{
		store.FilterAll, store.FilterOpen, store.FilterMine, store.FilterUnassigned,
		store.FilterSnoozed, store.FilterDone, store.FilterBlocked, store.FilterWaiting,
	} {
		parts, err := streams(store.ConversationQuery{
			Pages: []store.PageScope{{ID: "1"}}, Filter: filter, User: "u", Now: start,
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			for _, from := range []*place{nil, {At: 1, ID: "x"}} {
				query, args := part.query(from, 50)
				plan := explain(t, s, query, args)
				if !strings.Contains(plan, "USING COVERING INDEX") || strings.Contains(plan, "TEMP B-TREE") {
					t.Errorf("%s: %s", filter, plan)
				}
			}
		}
	}
}

// TestPlansOfDueReplies: what is due is found without reading all that waits.
func TestPlansOfDueReplies(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	for query, args := range map[string]arguments{
		waitingPageQuery: {"1"}, dueRepliesQuery: {"1", "queued", 10},
	} {
		plan := explain(t, s, query, args)
		if !strings.Contains(plan, "SEARCH replies USING") || !strings.Contains(plan, "replies_due") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: %s", query, plan)
		}
	}
}

// TestPlansOfFigures: what is in hand is counted without reading what was sent.
func TestPlansOfFigures(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	for query, want := range map[string]string{
		openRepliesQuery: "USING COVERING INDEX replies_open", oldestQueuedQuery: "USING INDEX replies_by_state (page_id=? AND state=?)",
		rawEventsQuery: "USING COVERING INDEX raw_events_by_age (understood=?)",
	} {
		var args arguments
		if strings.Contains(query, "?") {
			args = arguments{"1", "queued"}
		}
		if plan := explain(t, s, query, args); !strings.Contains(plan, want) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: %s", query, plan)
		}
	}
}

// explain returns how a query is carried out.
func explain(t *testing.T, s *Store, query string, args arguments) string {
	t.Helper()
	var plan []string
	err := s.read(t.Context(), func(ss *session) error {
		return ss.each(`EXPLAIN QUERY PLAN `+query, args, func(rows *sql.Rows) error {
			var id, parent, unused int
			var detail string
			err := rows.Scan(&id, &parent, &unused, &detail)
			plan = append(plan, detail)
			return err
		})
	})
	if err != nil {
		t.Fatalf("explain: %v", err)
	}
	return strings.Join(plan, "; ")
}
