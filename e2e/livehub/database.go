package livehub

import (
	"context"
	"errors"
	"os"
	"sync/atomic"

	"parley/hub/store"
	"parley/hub/store/postgres"
	"parley/hub/store/postgres/pgtest"
	"parley/hub/store/sqlite"
)

// EnvDB names the engine of the stores of Hubs: "postgres" for one in a database, empty for a file.
const EnvDB = "PARLEY_TEST_DB"

// InDatabase reports whether the stores of Hubs are in databases.
func InDatabase() bool { return os.Getenv(EnvDB) == "postgres" }

var (
	// database is what each Hub's is a copy of, and filled its users.
	database pgtest.Template
	filled   atomic.Pointer[liveStore]
)

// fillDatabase fills the database that others are copies of.
func fillDatabase(ctx context.Context, url string) error {
	s, err := postgres.Open(ctx, url, postgres.Options{Exclusive: true})
	if err != nil {
		return err
	}
	out, err := fill(ctx, s)
	filled.Store(out)
	return errors.Join(err, s.Close())
}

// open opens the store.
func (h *Hub) open(ctx context.Context) (store.Store, error) {
	if h.database != "" {
		return postgres.Open(ctx, h.database, postgres.Options{Exclusive: true})
	}
	return sqlite.Open(ctx, h.File(), sqlite.Options{Exclusive: true, AcceptOlder: true})
}
