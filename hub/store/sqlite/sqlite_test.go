package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"parley/hub/store"
	"parley/hub/store/storetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		child(path)
		os.Exit(1) // it is to be killed
	}
	goleak.VerifyTestMain(m)
}

// newStore opens an empty store that the test closes.
func newStore(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "folder", "hub.db"), o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return s
}

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return newStore(t, Options{Exclusive: true}) })
}
