package writer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/held"
	"parley/hub/store/sqlite/identity"
	"parley/hub/store/sqlite/searchindex"
	"parley/hub/store/sqlite/sqldb"
)

const (
	// batchCalls is how many transactions go into one commit at most.
	batchCalls = 256
	// batchTime is how long a commit gathers waiting calls; on a slow disk, twice as long as
	// its last commit took, up to batchTimeMax. It never waits for more to arrive.
	batchTime    = 2 * time.Millisecond
	batchTimeMax = 50 * time.Millisecond
	// idleAfter is the time without a write after which a large log is folded into the file.
	idleAfter = time.Second
)

// errExited is the error of a call whose function ended its goroutine.
var errExited = errors.New("transaction left by runtime.Goexit")

// Turn is a transaction whose turn has come.
type Turn struct {
	*sqldb.Session
	// Words are its changes of the search index.
	Words searchindex.Changes
	// Held is what is known of the store.
	Held *held.State
}

// call is one transaction that waits for its turn.
type call struct {
	ctx context.Context
	// turn hands the transaction to the caller; nobody receives it once ctx is over.
	turn chan *Turn
	// ran carries the result of the caller's function.
	ran chan error
	// done carries the result of the commit.
	done chan error
}

// Writer owns the connection that writes.
type Writer struct {
	db   *sql.DB
	path string
	now  func() time.Time
	// watch is nil if the files are not watched.
	watch *identity.Watch

	mu      sync.Mutex
	queue   []*call
	closing bool
	wake    chan struct{}
	stopped chan struct{}

	erasing erasing
	figures figures

	// held is what is known of the store: used by the goroutine, and by the one whose turn it
	// is. version is the number by which SQLite tells that another connection wrote.
	held    *held.State
	version int64

	// For the goroutine only.
	c          *sqldb.Conn
	lastCommit time.Duration
	// gather is how long a commit gathers at least.
	gather time.Duration
	// postponed is how many pages longer than usual the log is to be before it is folded in.
	postponed int64
	// swept is how far the log was read for remnants, dirty are the pages whose remnants are
	// not overwritten yet.
	swept disk.Swept
	dirty []uint32
	// unswept: overwriting failed the last time.
	unswept bool
}

// Options say what a writer writes to.
type Options struct {
	DB *sql.DB
	// Path is the file's, without symbolic links.
	Path string
	Now  func() time.Time
	// Watch is nil if the files are not watched: then Alone takes the store's locks for a
	// moment, and returns how to release them, or nil if another process has them.
	Watch  *identity.Watch
	Alone  func() func()
	Logger *slog.Logger
}

// Start starts a writer.
func Start(ctx context.Context, o Options) (*Writer, error) {
	c, err := sqldb.Connect(ctx, o.DB)
	if err != nil {
		return nil, sqldb.Wrap(err, "connect writer")
	}
	w := &Writer{
		db: o.DB, path: o.Path, now: o.Now, watch: o.Watch, c: c, gather: batchTime, erasing: erasing{log: o.Logger, alone: o.Alone}, figures: newFigures(), held: held.New(),
		wake: make(chan struct{}, 1), stopped: make(chan struct{}),
	}
	if w.watch != nil && disk.LogName(w.path+disk.LogSuffix) != "" {
		// Left by a hub that was cut short, or by a migration.
		w.erasing.begin()
		w.erase(ctx)
	}
	go w.loop() //nolint:gosec // it runs until Close, whatever becomes of the opening
	return w, nil
}

// Do runs f as one transaction. It returns when that is on disk, when it is certain that it
// won't be, or when ctx ends.
func (w *Writer) Do(ctx context.Context, f func(*Turn) error) error {
	c := &call{ctx: ctx, turn: make(chan *Turn), ran: make(chan error, 1), done: make(chan error, 1)}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !w.submit(c) {
		return sqldb.ErrClosed
	}
	select {
	case s := <-c.turn:
		c.run(s, f)
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-c.done:
		return err
	default:
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run runs the caller's function and tells the writer how it ended, even by a panic or Goexit.
func (c *call) run(s *Turn, f func(*Turn) error) {
	err := errExited
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
		s.End()
		c.ran <- err
	}()
	if err = c.ctx.Err(); err != nil {
		return
	}
	err = errExited
	err = f(s)
}

// panicked describes a panic. It quotes only the runtime's own errors: another value may hold
// what customers wrote.
func panicked(r any) error {
	what := fmt.Sprintf("%T", r)
	if e, ok := r.(interface {
		error
		RuntimeError()
	}); ok {
		what = e.Error()
	}
	return fmt.Errorf("transaction panicked: %s\n%s", what, debug.Stack())
}

func (w *Writer) submit(c *call) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing {
		return false
	}
	w.queue = append(w.queue, c)
	w.nudge()
	return true
}

// Over reports whether the writer takes no more calls.
func (w *Writer) Over() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closing
}

func (w *Writer) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// next returns the first call that waits; over reports that none will come any more.
func (w *Writer) next() (c *call, over bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		w.queue = nil
		return nil, w.closing
	}
	c = w.queue[0]
	w.queue[0] = nil
	w.queue = w.queue[1:]
	return c, false
}

// Close waits for queued calls. It returns false if the writer was closed before.
func (w *Writer) Close() bool {
	w.mu.Lock()
	first := !w.closing
	w.closing = true
	w.nudge()
	w.mu.Unlock()
	<-w.stopped
	return first
}

func (w *Writer) loop() {
	defer close(w.stopped)
	idle := time.NewTimer(idleAfter)
	defer idle.Stop()
	var watched <-chan time.Time
	if w.watch != nil {
		t := time.NewTicker(identity.WatchEvery)
		defer t.Stop()
		watched = t.C
	}
	for {
		c, over := w.next()
		if c != nil {
			w.commit(c)
			w.eraseDue(context.Background())
			idle.Reset(idleAfter)
			continue
		}
		if over {
			w.end()
			return
		}
		select {
		case <-w.wake:
		case <-w.erasing.again():
			w.erase(context.Background())
		case <-idle.C:
			w.foldIdle()
		case <-watched:
			w.watch.LookIdle()
		}
	}
}

// Held returns what is known of the store, for tests.
func (w *Writer) Held() *held.State { return w.held }
