package lanes

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"parley/hub/store/postgres/pgdb"
	"parley/hub/store/postgres/tables"
	"parley/model"
)

const (
	// Connections is how many lanes write at once.
	Connections = 6
	// most is how many transactions go into one commit: PostgreSQL looks up the savepoints of a
	// transaction quickly as long as they are at most so many.
	most = 60
	// gather is how long a commit gathers waiting calls; twice as long as its lane's last commit
	// took, up to gatherMost. It never waits for more to arrive.
	gather     = 2 * time.Millisecond
	gatherMost = 50 * time.Millisecond
	// longest is how long a commit may take with all that it gathers.
	longest = time.Minute
)

// errExited is the error of a call whose function ended its goroutine.
var errExited = errors.New("transaction left by runtime.Goexit")

// Turn is a transaction whose turn has come.
type Turn struct {
	*pgdb.Session
	// Row is that of its Page; its Page is empty in a transaction on accounts.
	Row *tables.Row
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

// lane is the line of one Page, or of accounts, whose Page is empty.
type lane struct {
	page       model.PageID
	queue      []*call
	lastCommit time.Duration
}

// Options say what lanes write to.
type Options struct {
	Pool *pgxpool.Pool
	Now  func() time.Time
	// Holder is who holds the store: commits fail once somebody else does. Empty: nobody is asked.
	Holder string
	// Heard is told of each commit's error, nil if it succeeded.
	Heard func(error)
}

// Lanes has the lines of all Pages.
type Lanes struct {
	Options
	free chan struct{}

	mu      sync.Mutex
	lanes   map[model.PageID]*lane
	closing bool
	running sync.WaitGroup
}

// New returns lanes without anything in them.
func New(o Options) *Lanes {
	return &Lanes{Options: o, free: make(chan struct{}, Connections), lanes: map[model.PageID]*lane{}}
}

// Do runs f as one transaction of that Page; of accounts, if page is empty. It returns when that is
// on disk, when it is certain that it won't be, or when ctx ends.
func (l *Lanes) Do(ctx context.Context, page model.PageID, f func(*Turn) error) error {
	c := &call{ctx: ctx, turn: make(chan *Turn), ran: make(chan error, 1), done: make(chan error, 1)}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !l.submit(page, c) {
		return pgdb.ErrClosed
	}
	select {
	case t := <-c.turn:
		c.run(t, f)
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

// run runs the caller's function and tells the lane how it ended, even by a panic or Goexit.
func (c *call) run(t *Turn, f func(*Turn) error) {
	err := errExited
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
		t.End()
		c.ran <- err
	}()
	if err = c.ctx.Err(); err != nil {
		return
	}
	err = errExited
	err = f(t)
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

// submit puts a call in line; false if no more are taken.
func (l *Lanes) submit(page model.PageID, c *call) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return false
	}
	at := l.lanes[page]
	if at == nil {
		at = &lane{page: page}
		l.lanes[page] = at
		l.running.Go(func() { l.serve(at) })
	}
	at.queue = append(at.queue, c)
	return true
}

// next returns the first call that waits in a lane, nil if there is none.
func (l *Lanes) next(at *lane) *call {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(at.queue) == 0 {
		return nil
	}
	c := at.queue[0]
	at.queue[0] = nil
	at.queue = at.queue[1:]
	return c
}

// over ends a lane in which nothing waits.
func (l *Lanes) over(at *lane) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(at.queue) > 0 {
		return false
	}
	delete(l.lanes, at.page)
	return true
}

// serve commits what waits in a lane, until nothing does.
func (l *Lanes) serve(at *lane) {
	for !l.over(at) {
		l.free <- struct{}{}
		l.commit(at)
		<-l.free
	}
}

// Over reports whether no more calls are taken.
func (l *Lanes) Over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closing
}

// Close waits for those that are in line. It returns false if it was called before.
func (l *Lanes) Close() bool {
	l.mu.Lock()
	first := !l.closing
	l.closing = true
	l.mu.Unlock()
	l.running.Wait()
	return first
}

// Bulk runs f at once as one long transaction that locks no Page and shares its commit with nobody.
// Nobody else may write then.
func (l *Lanes) Bulk(ctx context.Context, f func(*Turn) error) error {
	if l.Over() {
		return pgdb.ErrClosed
	}
	conn, err := l.Pool.Acquire(ctx)
	if err != nil {
		return pgdb.Wrap(unwritten(err), "connect")
	}
	defer conn.Release() // closes the connection, if it left a transaction
	s := pgdb.NewSession(ctx, conn.Conn(), l.Now)
	s.Control(begin)
	err = f(&Turn{s, &tables.Row{}})
	if err == nil {
		err = s.Spoiled()
	}
	if err == nil {
		if l.Holder != "" {
			s.Control(held, l.Holder)
		}
		s.Control(commit)
		err = s.Flush()
	} else if !conn.Conn().IsClosed() {
		err = errors.Join(err, pgdb.NewSession(context.WithoutCancel(ctx), conn.Conn(), l.Now).Now(rollback))
	}
	return err
}
