package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"parley/hub/store"
	"parley/hub/store/postgres/holder"
	"parley/hub/store/postgres/lanes"
	"parley/hub/store/postgres/migrations"
	"parley/hub/store/postgres/pgdb"
)

// ErrClosed means that the store is closed.
var ErrClosed = pgdb.ErrClosed

const (
	// readers is more than users read with at once (see hub/view): the hub itself reads, too.
	readers = 6
	// connectWithin is how long to wait for a connection.
	connectWithin = 10 * time.Second
	// name is what PostgreSQL lists our connections as.
	name = "parley"
)

// What each connection asks of PostgreSQL: a commit is on disk before it is answered; a transaction
// whose hub is gone, or that waits for another, ends at some time.
var session = map[string]string{
	"application_name":                    name,
	"synchronous_commit":                  "on",
	"idle_in_transaction_session_timeout": "60s",
	"lock_timeout":                        "20s",
	"client_encoding":                     "UTF8",
	"jit":                                 "off",
}

// Options say how to open a store.
type Options struct {
	// Exclusive holds the store, as a hub does. If another hub holds it, Open returns
	// [store.ErrLocked].
	Exclusive bool
	// Copying opens a database into which a store is copied, or a part of one was.
	Copying bool
	// Now is the clock for the rows of the log; nil means [time.Now].
	Now func() time.Time
	// Logger logs the progress of migrating an old schema; nil to log nothing.
	Logger *slog.Logger
}

// Store is a store in one PostgreSQL database.
type Store struct {
	now    func() time.Time
	id     string
	reads  *pgxpool.Pool
	writes *pgxpool.Pool
	lanes  *lanes.Lanes
	holder *holder.Holder // nil unless it holds the store
	// trouble is why nothing could be written the last time; nil if it could.
	trouble atomic.Pointer[error]
}

var _ store.Store = (*Store)(nil)

// Open opens the store in that database, and brings its schema up to date. A schema newer than this
// program is [store.ErrNewer]. Errors don't tell the password.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Store{now: o.Now}
	if err := s.open(ctx, url, o); err != nil {
		return nil, errors.Join(pgdb.Wrap(pgdb.Translate(err), "open store"), s.release(ctx))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, url string, o Options) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return err
	}
	config.ConnConfig.ConnectTimeout = connectWithin
	for k, v := range session {
		config.ConnConfig.RuntimeParams[k] = v
	}
	if err := migrations.Run(ctx, config.ConnConfig, o.Logger); err != nil {
		return err
	}
	if s.reads, err = pool(ctx, config, readers); err != nil {
		return err
	}
	if s.writes, err = pool(ctx, config, lanes.Connections+1); err != nil { // and the holder's
		return err
	}
	if !o.Copying {
		if err := s.whole(ctx); err != nil {
			return err
		}
	}
	who := ""
	if o.Exclusive {
		if s.holder, err = holder.Take(ctx, s.writes, s.heard, o.Logger); err != nil {
			return err
		}
		who = s.holder.ID
	}
	s.lanes = lanes.New(lanes.Options{Pool: s.writes, Now: o.Now, Holder: who, Heard: s.heard})
	return s.loadID(ctx)
}

func pool(ctx context.Context, config *pgxpool.Config, most int32) (*pgxpool.Pool, error) {
	c := config.Copy()
	c.MaxConns, c.MinConns = most, 0
	return pgxpool.NewWithConfig(ctx, c)
}

func (s *Store) loadID(ctx context.Context) error {
	var id, incarnation []byte
	err := s.reads.QueryRow(ctx, `SELECT (SELECT value FROM store WHERE name = 'id'), (SELECT value FROM store WHERE name = 'incarnation')`).
		Scan(&id, &incarnation)
	s.id = fmt.Sprintf("%s.%s", id, incarnation)
	return pgdb.Wrap(err, "read store id")
}

// heard keeps whether the store could be written.
func (s *Store) heard(err error) {
	if err == nil {
		if s.trouble.Load() != nil {
			s.trouble.Store(nil)
		}
		return
	}
	s.trouble.Store(&err)
}

// Engine implements [store.Store].
func (*Store) Engine() string { return "PostgreSQL" }

// Trouble implements [store.Store]: the error of the last attempt to write, if it failed because of
// the database. Whoever holds the store writes every few seconds.
func (s *Store) Trouble() error {
	if err := s.trouble.Load(); err != nil {
		return *err
	}
	return nil
}

// ID identifies the database's store: a random id from its creation, and another part that changes
// when an older copy takes its place.
func (s *Store) ID() string { return s.id }

// Close waits for running and queued transactions and closes all connections. Calls after it
// return [ErrClosed].
func (s *Store) Close() error {
	if !s.lanes.Close() {
		return ErrClosed
	}
	return s.release(context.Background())
}

// release closes everything that Open opened.
func (s *Store) release(ctx context.Context) error {
	var err error
	if s.holder != nil {
		err = s.holder.End(context.WithoutCancel(ctx))
	}
	for _, p := range []*pgxpool.Pool{s.reads, s.writes} {
		if p != nil {
			p.Close()
		}
	}
	return pgdb.Wrap(pgdb.Translate(err), "close store")
}
