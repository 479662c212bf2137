package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/hub/store"
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/identity"
	"parley/hub/store/sqlite/migrations"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/store/sqlite/writer"
)

const (
	// lockWait is how long opening a file with an old schema waits for another process that
	// holds the store: it may be about to migrate it.
	lockWait  = 2 * time.Second
	lockRetry = 20 * time.Millisecond
)

// ErrClosed means that the store is closed.
var ErrClosed = sqldb.ErrClosed

// Options say how to open a store.
type Options struct {
	// Exclusive takes the locks of the store, as a hub does. If another process holds one, Open
	// returns [store.ErrLocked].
	Exclusive bool
	// ReadOnly opens an existing store and does not change it.
	ReadOnly bool
	// AcceptOlder opens a store even if it lacks changes that the hub had made, or is another
	// one; NewStore creates a new one if it is gone. Without them Open returns
	// [store.ContradictionError] and changes nothing.
	AcceptOlder, NewStore bool
	// Now is the clock for the rows of the log; nil means [time.Now].
	Now func() time.Time
	// Logger logs the progress of migrating an old file; nil to log nothing.
	Logger *slog.Logger
}

// Store is a store in one SQLite file.
type Store struct {
	path    string
	now     func() time.Time
	id      string
	file    *disk.File // nil when read-only
	writeDB *sql.DB    // nil when read-only
	readDB  *sql.DB
	writer  *writer.Writer // nil when read-only
	readers *sqldb.Readers
	marker  *identity.Marker // nil without the lock
	watch   *identity.Watch  // nil without the lock
}

var _ store.Store = (*Store)(nil)

// Open opens the store in that file, creating it and its folder if they don't exist. A schema
// newer than this program is [store.ErrNewer].
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Store{path: path, now: o.Now}
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(sqldb.Wrap(err, "open store %s", path), s.release())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o Options) error {
	if o.ReadOnly {
		if _, err := os.Stat(s.path); err != nil {
			return err
		}
	}
	steps, err := migrations.Load()
	if err != nil {
		return err
	}
	if o.ReadOnly {
		return s.openReadOnly(ctx, migrations.NewestOf(steps))
	}
	life, err := s.admit(ctx, o)
	if err != nil {
		return err
	}
	s.writeDB, err = sql.Open(sqldb.Driver, sqldb.DSN(s.path, sqldb.ForWriting))
	if err != nil {
		return err
	}
	s.writeDB.SetMaxOpenConns(1)
	if err := s.migrate(ctx, steps, o.Logger); err != nil {
		return err
	}
	if err := s.openReaders(sqldb.ForReading); err != nil {
		return err
	}
	if o.Exclusive {
		s.watch, s.marker, err = identity.Begin(ctx, identity.Opened{
			File: s.file, WriteDB: s.writeDB, ReadDB: s.readDB, Readers: s.readers, Now: o.Now, Logger: o.Logger,
		}, life)
		if err != nil {
			return err
		}
	}
	if err := s.loadID(ctx); err != nil {
		return err
	}
	s.writer, err = writer.Start(ctx, writer.Options{DB: s.writeDB, Path: s.file.Real, Now: o.Now, Watch: s.watch, Alone: s.alone, Logger: o.Logger})
	return err
}

// admit takes the locks if wanted, opens the store's own file, and refuses a store that is not
// the one that the hub last ran with. It changes nothing in an existing store.
func (s *Store) admit(ctx context.Context, o Options) (life store.Incarnation, err error) {
	if err := disk.MakeFolder(s.path); err != nil {
		return life, err
	}
	if s.file, err = disk.NewFile(s.path); err != nil {
		return life, err
	}
	if !o.Exclusive {
		if err := identity.Contradicted(ctx, s.file); err != nil {
			return life, err
		}
		return life, s.file.Open(os.O_CREATE)
	}
	if err := s.file.Open(0); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return life, err
	}
	held, err := s.file.TakeLock()
	if err == nil && !held {
		err = store.ErrLocked
	}
	if err != nil {
		return life, err
	}
	life, err = identity.Inspect(ctx, s.file.Real, identity.Terms{AcceptOlder: o.AcceptOlder, NewStore: o.NewStore, Now: o.Now, Logger: o.Logger})
	if err != nil || s.file.IsOpen() {
		return life, err
	}
	if err := s.file.Open(os.O_CREATE); err != nil {
		return life, err
	}
	if held, err = s.file.Hold(); err == nil && !held {
		err = store.ErrLocked
	}
	return life, err
}

// openReadOnly opens a file that this process does not write.
func (s *Store) openReadOnly(ctx context.Context, known int) error {
	if err := s.openReaders(sqldb.FromReadOnly); err != nil {
		return err
	}
	err := s.readers.With(ctx, func(c *sqldb.Conn) error {
		version, err := migrations.VersionOf(ctx, c.SQL)
		switch {
		case err != nil:
			return err
		case version > known:
			return migrations.Newer(version, known)
		case version < known:
			return fmt.Errorf("schema %d is older than this program's %d; start the hub once", version, known)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.loadID(ctx)
}

func (s *Store) openReaders(a sqldb.Access) error {
	var err error
	s.readDB, err = sql.Open(sqldb.Driver, sqldb.DSN(s.path, a))
	if err != nil {
		return err
	}
	s.readDB.SetMaxOpenConns(sqldb.ReadConnections + 1) // plus the anchor
	s.readers = sqldb.NewReaders(s.readDB)
	return nil
}

func (s *Store) loadID(ctx context.Context) error {
	return s.readers.With(ctx, func(c *sqldb.Conn) error {
		err := c.SQL.QueryRowContext(ctx, `SELECT id.value || COALESCE('.' || incarnation.value, '')
			FROM store AS id LEFT JOIN store AS incarnation ON incarnation.name = 'incarnation'
			WHERE id.name = 'id'`).Scan(&s.id)
		return sqldb.Wrap(sqldb.Translate(err), "read store id")
	})
}

// migrate migrates the file if its schema is old. Without the lock it takes it for that time;
// while another process holds it, it waits a moment for that process to migrate.
func (s *Store) migrate(ctx context.Context, steps []migrations.Step, log *slog.Logger) error {
	c, err := s.writeDB.Conn(ctx)
	if err != nil {
		return sqldb.Translate(err)
	}
	defer c.Close()
	deadline := time.Now().Add(lockWait)
	for {
		version, err := migrations.VersionOf(ctx, c)
		switch {
		case err != nil:
			return err
		case version > migrations.NewestOf(steps):
			return migrations.Newer(version, migrations.NewestOf(steps))
		case version == migrations.NewestOf(steps) && s.file.IsLocked():
			return migrations.Shrink(ctx, c, log)
		case version == migrations.NewestOf(steps):
			return nil
		case s.file.IsLocked():
			return migrations.Run(ctx, c, steps, log)
		}
		held, err := s.file.TakeLock()
		if err != nil {
			return err
		}
		if held {
			return errors.Join(migrations.Run(ctx, c, steps, log), s.file.Unlock())
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%w: schema %d is older than this program's %d; stop the hub that holds it, or use its own version",
				store.ErrLocked, version, migrations.NewestOf(steps))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockRetry):
		}
	}
}

// ID identifies the file: a random id from its creation, and another part that changes when an
// older copy takes its place.
func (s *Store) ID() string { return s.id }

// Engine implements [store.Store].
func (*Store) Engine() string { return "SQLite" }

// Trouble implements [store.Store].
func (s *Store) Trouble() error { return s.watch.Trouble() }

// Close waits for running and queued transactions, closes the file and releases the locks.
// Calls after it return [ErrClosed].
func (s *Store) Close() error {
	if s.writer != nil && !s.writer.Close() {
		return ErrClosed
	}
	s.endMarker()
	if !s.readers.Close() {
		return ErrClosed
	}
	return s.release()
}

// endMarker writes the mark for the last time.
func (s *Store) endMarker() {
	if s.marker != nil {
		s.marker.End()
		s.marker = nil
	}
}

// release closes everything that Open opened.
func (s *Store) release() error {
	s.endMarker()
	if s.readers != nil {
		s.readers.Close()
	}
	s.watch.LetGo()
	var errs []error
	if s.readDB != nil {
		errs = append(errs, s.readDB.Close())
	}
	if s.writeDB != nil {
		errs = append(errs, s.writeDB.Close())
	}
	return sqldb.Wrap(errors.Join(append(errs, s.watch.Close(), s.file.Unlock(), s.file.Close())...), "close store")
}

// alone takes the store's locks for a moment. It returns how to release them, or nil if it
// can't get them.
func (s *Store) alone() func() {
	if held, err := s.file.TakeLock(); err != nil || !held {
		return nil
	}
	return func() { _ = s.file.Unlock() }
}

// Real returns the path of a store without symbolic links, which is where the files beside it
// are. The store need not exist.
func Real(path string) (string, error) { return disk.Real(path) }

// Collectors returns the store's metrics.
func (s *Store) Collectors() []prometheus.Collector {
	if s.writer == nil {
		return nil
	}
	return s.writer.Collectors()
}
