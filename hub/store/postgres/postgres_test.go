package postgres_test

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"parley/hub/store"
	"parley/hub/store/postgres"
	"parley/hub/store/postgres/pgtest"
	"parley/hub/store/storetest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		pgtest.Stop()
		os.Exit(code)
	}))
}

// empty is a database with an empty store.
var empty pgtest.Template

func emptyStore(t testing.TB) string {
	t.Helper()
	return empty.From(t, func(ctx context.Context, url string) error {
		s, err := postgres.Open(ctx, url, postgres.Options{})
		if err != nil {
			return err
		}
		return s.Close()
	})
}

// TestConformance runs the suite in one database, which is emptied between its tests: creating one
// for each takes longer than most of them.
func TestConformance(t *testing.T) {
	t.Parallel()
	url := emptyStore(t)
	storetest.Run(t, func(t *testing.T) store.Store {
		t.Helper()
		emptied(t, url)
		s, err := postgres.Open(t.Context(), url, postgres.Options{Exclusive: true})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		return s
	})
}

// emptied deletes all rows but what identifies the store.
func emptied(t *testing.T, url string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	_, err = c.Exec(t.Context(), `DO $$ DECLARE one text; BEGIN
		SET LOCAL session_replication_role = replica;
		FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('parley_migrations', 'store') LOOP
			EXECUTE 'DELETE FROM ' || one;
		END LOOP;
		DELETE FROM store WHERE name NOT IN ('id', 'incarnation');
	END $$`)
	if err != nil {
		t.Fatalf("empty the store: %v", err)
	}
}
