package tables

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/desk"
	"parley/hub/store/sqlite/migrations"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/store/sqlite/tally"
	"parley/model/query"
)

// newExplainer makes an empty file of the newest schema, and tells how a query is carried
// out on it.
func newExplainer(t *testing.T) func(query string, args sqldb.Args) string {
	t.Helper()
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(filepath.Join(t.TempDir(), "hub.db"), sqldb.ForWriting))
	if err != nil {
		t.Fatal(err)
	}
	c, err := sqldb.Connect(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Drop(); _ = db.Close() })
	steps, err := migrations.Load()
	if err == nil {
		err = migrations.Run(t.Context(), c.SQL, steps, slog.New(slog.DiscardHandler))
	}
	if err != nil {
		t.Fatal(err)
	}
	return func(query string, args sqldb.Args) string {
		t.Helper()
		var plan []string
		s := sqldb.NewSession(t.Context(), c, time.Now)
		err := s.Each(`EXPLAIN QUERY PLAN `+query, args, func(rows *sql.Rows) error {
			var id, parent, unused int
			var detail string
			err := rows.Scan(&id, &parent, &unused, &detail)
			plan = append(plan, detail)
			return err
		})
		if err != nil {
			t.Fatalf("explain: %v", err)
		}
		return strings.Join(plan, "; ")
	}
}

// TestPlans: every list is read from an index, in the list's order.
func TestPlans(t *testing.T) {
	t.Parallel()
	explain := newExplainer(t)
	for _, filter := range []store.Filter{
		store.FilterAll, store.FilterOpen, store.FilterMine, store.FilterUnassigned,
		store.FilterSnoozed, store.FilterDone, store.FilterBlocked, store.FilterWaiting,
	} {
		parts, err := streams(store.ConversationQuery{
			Pages: []store.PageScope{{ID: "1"}}, Filter: filter, User: "u", Now: time.Unix(0, 0),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			for _, from := range []*sqldb.Place{nil, {At: 1, ID: "x"}} {
				query, args := part.query(from, 50)
				plan := explain(query, args)
				if !strings.Contains(plan, "USING COVERING INDEX") || strings.Contains(plan, "TEMP B-TREE") {
					t.Errorf("%s: %s", filter, plan)
				}
			}
		}
	}
}

// TestPlansOfLabels: a label's list is read from its index in the list's order, its conversations
// by their key; and labels are counted by an index.
func TestPlansOfLabels(t *testing.T) {
	t.Parallel()
	explain := newExplainer(t)
	parts, err := streams(store.ConversationQuery{
		Pages: []store.PageScope{{ID: "1"}}, Filter: store.FilterAll, User: "u", Now: time.Unix(0, 0), Where: query.Query{
			{Kind: query.Is, Value: query.Waiting},
			{Kind: query.Label, Value: "vip"},
			{Kind: query.Label, Not: true, Value: "spam"},
			{Kind: query.Assignee, Value: query.Me},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		for _, from := range []*sqldb.Place{nil, {At: 1, ID: "x"}} {
			text, args := part.query(from, 50)
			plan := explain(text, args)
			if !strings.Contains(plan, "n USING COVERING INDEX conversation_labels_in_order (page_id=? AND key=? AND status=?") || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN") {
				t.Errorf("%s: %s", text, plan)
			}
		}
	}
	if plan := explain(desk.LabelsQuery, sqldb.Args{"1"}); !strings.Contains(plan, "USING COVERING INDEX conversation_labels_in_order (page_id=?)") {
		t.Error(plan)
	}
}

// TestPlansOfDueReplies: what is due is found without reading all that waits.
func TestPlansOfDueReplies(t *testing.T) {
	t.Parallel()
	explain := newExplainer(t)
	for query, args := range map[string]sqldb.Args{
		waitingPageQuery: {"1"}, dueRepliesQuery: {"1", "queued", 10},
	} {
		plan := explain(query, args)
		if !strings.Contains(plan, "SEARCH replies USING") || !strings.Contains(plan, "replies_due") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: %s", query, plan)
		}
	}
}

// TestPlansOfFigures: what is in hand is counted without reading what was sent.
func TestPlansOfFigures(t *testing.T) {
	t.Parallel()
	explain := newExplainer(t)
	for query, want := range map[string]string{
		openRepliesQuery: "USING COVERING INDEX replies_open", oldestQueuedQuery: "USING INDEX replies_by_state (page_id=? AND state=?)",
		rawEventsQuery: "USING COVERING INDEX raw_events_strange",
	} {
		var args sqldb.Args
		if strings.Contains(query, "?") {
			args = sqldb.Args{"1", "queued"}
		}
		if plan := explain(query, args); !strings.Contains(plan, want) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: %s", query, plan)
		}
	}
}

// TestPlansOfWaiting: who waits is counted by the index of those, and found without sorting.
func TestPlansOfWaiting(t *testing.T) {
	t.Parallel()
	explain := newExplainer(t)
	if plan := explain(countWaitingQuery, sqldb.Args{"1", "open", "snoozed", 1}); !strings.Contains(plan, "USING COVERING INDEX conversations_waiting") {
		t.Error(plan)
	}
	if plan := explain(newestSaidQuery, sqldb.Args{"1", "1_a"}); !strings.Contains(plan, "messages_in_order (conversation=?)") || strings.Contains(plan, "TEMP B-TREE") {
		t.Error(plan)
	}
}

// TestPlansOfMessages: a message is found by its ids, and what is counted or looked for in a
// conversation by its index, without sorting.
func TestPlansOfMessages(t *testing.T) {
	t.Parallel()
	explain := newExplainer(t)
	for _, q := range []struct {
		query, want string
		args        sqldb.Args
	}{
		{messageQuery, "messages_by_id (<expr>=?)", sqldb.Args{"x", "x", "1"}},
		{byMIDQuery, "messages_by_mid (<expr>=?)", sqldb.Args{"x", "x", "1"}},
		{countUnreadQuery, "COVERING INDEX messages_in_order (conversation=? AND order_at>?)", sqldb.Args{"1", "1_a", 0, 1, "1", 1}},
		{rawEventQuery, "raw_events_by_event (<expr>=?)", sqldb.Args{[]byte("x"), []byte("x")}},
		{answeredQuery, "messages_out (conversation=? AND rowid>?)", sqldb.Args{"1", "1_a", "1", 1, "u", 1, 2, 3}},
		{messagesOf + ` AND (m.order_at, m.key) < (?, ` + keyOf + `)` + newestFirst, "messages_in_order (conversation=? AND order_at<?)", sqldb.Args{"1", "1_a", 1, "1", 1}},
	} {
		if plan := explain(q.query, q.args); !strings.Contains(plan, q.want) || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN m") {
			t.Errorf("%s: %s", q.query, plan)
		}
	}
}

// TestSearchPlans: a search reads no table from end to end.
func TestSearchPlans(t *testing.T) {
	t.Parallel()
	explain := newExplainer(t)
	parts, err := streams(store.ConversationQuery{
		Pages: []store.PageScope{{ID: "1"}}, Filter: store.FilterBlocked, User: "u", Now: time.Unix(0, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []*sqldb.Place{nil, {At: 1, ID: "x"}} {
		for _, part := range parts {
			query, args := part.walk(from)
			plan := explain(query, args)
			if !strings.Contains(plan, "c USING COVERING INDEX") || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("walk: %s", plan)
			}
			query, args = part.among("[1]", from, 50)
			if plan := explain(query, args); strings.Contains(plan, "SCAN c") || strings.Contains(plan, "SCAN k") {
				t.Errorf("among: %s", plan)
			}
		}
	}
	if plan := explain(matchQuery, sqldb.Args{"x", 1}); strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("match: %s", plan)
	}
}

// TestTallyPlans: counts read only tallies, and of conversations those of one bucket.
func TestTallyPlans(t *testing.T) {
	t.Parallel()
	explain := newExplainer(t)
	for query, args := range map[string]sqldb.Args{
		tally.NumbersQuery: {"1", "1", "u"}, tally.LaterQuery: {1, 1, "1", 1}, tally.ClosingQuery: {"1", 1, 2}, tally.HeldQuery: {"1", 1, 2},
		tally.OpeningQuery: {"1", 1, 2}, tally.WakingQuery: {"1", 1, 2},
	} {
		plan := explain(query, args)
		if strings.Contains(plan, "SCAN") || strings.Contains(plan, "conversations_by") || strings.Contains(plan, "autoindex") ||
			strings.Contains(query, "status") && !strings.Contains(plan, ">? AND") {
			t.Errorf("%s: %s", query, plan)
		}
	}
}
