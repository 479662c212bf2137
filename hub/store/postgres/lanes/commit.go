package lanes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/postgres/pgdb"
	"parley/hub/store/postgres/tables"
)

const (
	begin     = `BEGIN ISOLATION LEVEL READ COMMITTED`
	savepoint = `SAVEPOINT call`
	release   = `RELEASE SAVEPOINT call`
	undo      = `ROLLBACK TO SAVEPOINT call; RELEASE SAVEPOINT call`
	commit    = `COMMIT`
	rollback  = `ROLLBACK`
	// lockAccounts has transactions on accounts follow each other.
	lockAccounts = `SELECT 1 FROM store WHERE name = 'id' FOR UPDATE`
	// held fails if somebody else holds the store. It runs within the commit, after the Page's row
	// was locked: whoever took the store over waits for that row.
	held = `SELECT 1 / (SELECT count(*) FROM holders WHERE name = 'hub' AND holder = $1)`
)

// ErrTaken means that another hub holds the store now.
var ErrTaken = fmt.Errorf("%w: another hub holds it now", store.ErrUnavailable)

// divisionByZero is PostgreSQL's code of what held fails with.
const divisionByZero = "division by zero (22012)"

// outcome is a call that has run, and its error.
type outcome struct {
	c   *call
	err error
}

// group is the calls that go into one commit.
type group struct {
	*lane
	l    *Lanes
	ctx  context.Context
	conn *pgx.Conn
	row  *tables.Row
	ran  []outcome
	// good is how many calls of the transaction succeeded; each that follows has a savepoint.
	good int
	// last is the session of the last call, which succeeded; not all of its statements went out.
	last *pgdb.Session
	// before is the row as it was before the last call.
	before tables.Row
}

// commit runs the first call that waits, and those that wait behind it, as one commit.
func (l *Lanes) commit(at *lane) {
	first := l.next(at)
	if first == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	conn, err := l.Pool.Acquire(ctx)
	if err != nil {
		l.refuse(at, first, pgdb.Wrap(unwritten(err), "connect"))
		return
	}
	defer conn.Release()
	g := &group{lane: at, l: l, ctx: ctx, conn: conn.Conn(), row: &tables.Row{Page: at.page}}
	if err := g.begin(); err != nil {
		l.refuse(at, first, pgdb.Wrap(unwritten(err), "begin transaction"))
		return
	}
	g.run(first)
}

// refuse answers a call, and those that wait behind it: they would fail the same way.
func (l *Lanes) refuse(at *lane, first *call, err error) {
	l.Heard(err)
	for c := first; c != nil; c = l.next(at) {
		c.done <- err
	}
}

func (g *group) session() *pgdb.Session { return pgdb.NewSession(g.ctx, g.conn, g.l.Now) }

// begin begins the transaction and locks the Page's row, in one round trip.
func (g *group) begin() error {
	s := g.session()
	s.Control(begin)
	if g.page == "" {
		s.Control(lockAccounts)
		return s.Flush()
	}
	err := g.row.Lock(s)
	if errors.Is(err, store.ErrNotFound) {
		*g.row = tables.Row{Page: g.page}
		return nil
	}
	return err
}

// run runs the first call and those behind it, commits, and answers them.
func (g *group) run(first *call) {
	started, long := time.Now(), max(gather, min(2*g.lastCommit, gatherMost))
	for c := first; c != nil; {
		if err := g.one(c); err != nil {
			g.abandon(err)
			return
		}
		if c = nil; len(g.ran) < most && time.Since(started) < long {
			c = g.l.next(g.lane)
		}
	}
	started = time.Now()
	if err := g.finish(); err != nil {
		g.abandon(err)
		return
	}
	g.lastCommit = time.Since(started)
	g.l.Heard(nil)
	for _, o := range g.ran {
		o.c.done <- o.err
	}
}

// one runs one call, after the statements of the one before have gone out. An error takes the
// whole commit with it.
func (g *group) one(c *call) error {
	if err := g.settle(); err != nil {
		return err
	}
	o := outcome{c: c, err: c.ctx.Err()}
	if o.err != nil {
		g.ran = append(g.ran, o)
		return nil
	}
	g.before = *g.row
	s := g.session()
	if g.page == "" {
		s.Careful()
	}
	if g.good > 0 {
		s.Control(savepoint)
	}
	select {
	case c.turn <- &Turn{s, g.row}:
		o.err = <-c.ran
	case <-c.ctx.Done():
		o.err = c.ctx.Err()
	}
	if o.err == nil {
		o.err = s.Spoiled()
	}
	g.ran = append(g.ran, o)
	if o.err != nil {
		return g.undo(s)
	}
	g.last = s
	return nil
}

// settle sends what the last call wrote. If that fails, the call does, by itself.
func (g *group) settle() error {
	s := g.last
	if s == nil {
		return nil
	}
	g.last = nil
	if g.good > 0 {
		s.Control(release)
	}
	if err := s.Flush(); err != nil {
		g.ran[len(g.ran)-1].err = err
		return g.undo(s)
	}
	g.good++
	return nil
}

// undo undoes the last call, which failed. An error takes the whole commit with it.
func (g *group) undo(s *pgdb.Session) error {
	if g.conn.IsClosed() {
		return unwritten(s.Fatal())
	}
	s.Forget()
	*g.row = g.before
	switch {
	case s.Fatal() == nil && !s.Sent():
		return nil // a savepoint may be left, which does no harm
	case g.good > 0:
		return g.session().Now(undo)
	}
	if err := g.session().Now(rollback); err != nil {
		return err
	}
	return g.begin()
}

// finish commits, in one round trip with what the last call wrote.
func (g *group) finish() error {
	s, own := g.last, 0
	if s != nil {
		own = s.Queued()
	} else {
		s = g.session()
	}
	if s.Wrote() || g.good > 0 {
		g.row.Keep(s)
		if g.l.Holder != "" {
			s.Control(held, g.l.Holder)
		}
	}
	s.Control(commit)
	err := s.Flush()
	switch {
	case err == nil:
		return nil
	case g.conn.IsClosed():
		return g.doubt(err)
	case err.Error() == divisionByZero:
		return ErrTaken
	case s.Failed() >= own || g.last == nil:
		return err
	}
	// It is the last call that failed. The others are committed without it.
	g.last = nil
	g.ran[len(g.ran)-1].err = err
	if err := g.undo(s); err != nil {
		return err
	}
	return g.finish()
}

// doubted is how long it takes at most to find out whether a commit was done.
const doubted = 10 * time.Second

// doubt finds out whether a commit was done during which the connection was lost: the Page's row
// tells, once its lock is gone.
func (g *group) doubt(why error) error {
	if !g.row.Exists {
		return pgdb.Wrap(errors.Join(pgdb.ErrDoubt, why), "commit")
	}
	ctx, cancel := context.WithTimeout(context.Background(), doubted)
	defer cancel()
	for {
		now, err := g.look(ctx)
		switch {
		case err == nil && now.Writes == g.row.Writes && now.Stamp == g.row.Stamp && now.Seq == g.row.Seq:
			return nil
		case err == nil && now.Writes < g.row.Writes:
			return pgdb.Wrap(unwritten(why), "commit")
		case err == nil:
			return pgdb.Wrap(errors.Join(pgdb.ErrDoubt, why), "commit")
		}
		select {
		case <-ctx.Done():
			return pgdb.Wrap(errors.Join(pgdb.ErrDoubt, why), "commit")
		case <-time.After(lookAgain):
		}
	}
}

// lookAgain is how long to wait for a database that is gone.
const lookAgain = 200 * time.Millisecond

// look reads the Page's row on another connection.
func (g *group) look(ctx context.Context) (tables.Row, error) {
	conn, err := g.l.Pool.Acquire(ctx)
	if err != nil {
		return tables.Row{}, err
	}
	defer conn.Release()
	row := tables.Row{Page: g.page}
	return row, row.Lock(pgdb.NewSession(ctx, conn.Conn(), g.l.Now))
}

// unwritten makes any error that kept a commit from the disk a [store.ErrUnavailable].
func unwritten(err error) error {
	switch {
	case err == nil:
		return store.ErrUnavailable
	case errors.Is(pgdb.Translate(err), store.ErrUnavailable):
		return pgdb.Translate(err)
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// abandon undoes a commit and tells all its callers that nothing was stored.
func (g *group) abandon(why error) {
	if !g.conn.IsClosed() {
		// An error here closes the connection, which undoes the transaction, too.
		_, _ = g.conn.Exec(g.ctx, rollback)
	}
	why = unwritten(why)
	g.l.Heard(why)
	for _, o := range g.ran {
		if o.err == nil || errors.Is(o.err, store.ErrUnavailable) {
			o.err = why
		}
		o.c.done <- o.err
	}
}
