package searchindex

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/hub/store/sqlite/sqldb"
)

// TestFillPlans: what is stored is indexed in the order of its chunks, without sorting.
func TestFillPlans(t *testing.T) {
	t.Parallel()
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(filepath.Join(t.TempDir(), "hub.db"), sqldb.ForWriting))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	schema, err := filepath.Glob("../migrations/*.sql")
	if err != nil || len(schema) == 0 {
		t.Fatal(schema, err)
	}
	for _, path := range schema {
		if filepath.Base(path) > "0025" {
			break // what was stored is indexed by the migration before, in the tables of its time
		}
		script, err := os.ReadFile(path)
		if err == nil {
			_, err = db.ExecContext(t.Context(), string(script))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for query, args := range map[string][]any{fillNamesQuery: {0, 1}, fillMessagesQuery: {0, 0, 0, 1}} {
		plan := explain(t, db, query, args)
		if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN c") ||
			strings.Contains(plan, "SCAN m") || strings.Contains(plan, "SCAN s;") {
			t.Errorf("%s: %s", query, plan)
		}
	}
}

// explain returns how a query is carried out.
func explain(t *testing.T, db *sql.DB, query string, args []any) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "; ")
}
