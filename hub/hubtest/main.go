package hubtest

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"parley/hub/store/sqlite"
)

// emptyStore is a store in which nothing is: each test begins with a copy.
var emptyStore []byte

// Main is the TestMain of a package whose tests live in worlds: it makes the store that
// they begin with, and fails where a goroutine outlives them.
func Main(m *testing.M) {
	if err := makeEmptyStore(); err != nil {
		log.Fatal(err)
	}
	// The tests wait for the disk more than they compute. The command line has the last word.
	_ = flag.Set("test.parallel", "16")
	goleak.VerifyTestMain(m)
}

func makeEmptyStore() error {
	dir, err := os.MkdirTemp("", "parley-hub-test")
	if err != nil {
		return fmt.Errorf("make a folder for an empty store: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "hub.db")
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		return fmt.Errorf("make an empty store: %w", err)
	}
	if err := s.Close(); err != nil {
		return fmt.Errorf("close an empty store: %w", err)
	}
	if emptyStore, err = os.ReadFile(path); err != nil {
		return fmt.Errorf("read an empty store: %w", err)
	}
	return nil
}
