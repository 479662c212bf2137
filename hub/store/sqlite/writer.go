package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"parley/hub/store"
)

const (
	// batchCalls is how many transactions go into one commit at most.
	batchCalls = 256
	// batchTime is how long a commit gathers those that wait; where the disk is
	// slow, twice as long as its last commit took, and batchTimeMax at most. It
	// never waits for more to come.
	batchTime    = 2 * time.Millisecond
	batchTimeMax = 50 * time.Millisecond
	// idleAfter is the time without a write after which a large log is folded
	// into the file.
	idleAfter = time.Second
)

// errExited answers a call whose function ended its goroutine.
var errExited = errors.New("transaction left by runtime.Goexit")

// turn is a transaction whose turn has come.
type turn struct {
	*session
	// words is what it changes of the search index.
	words rewording
}

// call is one transaction that waits for its turn.
type call struct {
	ctx context.Context
	// turn hands the transaction to the caller; nobody takes it once ctx is over.
	turn chan *turn
	// ran carries how the caller's function ended.
	ran chan error
	// done carries what became of it.
	done chan error
}

// writer owns the connection that writes.
type writer struct {
	db   *sql.DB
	path string
	now  func() time.Time
	// watch is nil where the files are not watched.
	watch *watch

	mu      sync.Mutex
	queue   []*call
	closing bool
	wake    chan struct{}
	stopped chan struct{}

	erasing erasing

	// Of the goroutine alone.
	c          *conn
	lastCommit time.Duration
	// gather is how long a commit gathers at least.
	gather time.Duration
	// swept is how far the log was read for remnants, and dirty are the pages on which they
	// are not overwritten yet.
	swept swept
	dirty []uint32
	// unswept: that could not be done the last time.
	unswept bool
}

// writing says what a writer writes to.
type writing struct {
	DB *sql.DB
	// Path is the file's, without symbolic links.
	Path string
	Now  func() time.Time
	// Watch is nil where the files are not watched: then Alone takes the store for a moment,
	// and answers how to give it back; nil: it can't be had.
	Watch  *watch
	Alone  func() func()
	Logger *slog.Logger
}

// startWriter begins to write.
func startWriter(ctx context.Context, o writing) (*writer, error) {
	c, err := connect(ctx, o.DB)
	if err != nil {
		return nil, wrap(err, "connect writer")
	}
	w := &writer{
		db: o.DB, path: o.Path, now: o.Now, watch: o.Watch, c: c, gather: batchTime, erasing: erasing{log: o.Logger, alone: o.Alone},
		wake: make(chan struct{}, 1), stopped: make(chan struct{}),
	}
	if w.watch != nil && logName(w.path+logSuffix) != "" {
		// Of a hub that was cut short, or of bringing the file up to date.
		w.erasing.begin()
		w.erase(ctx)
	}
	go w.loop()
	return w, nil
}

// do runs f as one transaction and returns when it is on disk, or when it is
// certain that it won't be, or when ctx is over.
func (w *writer) do(ctx context.Context, f func(*turn) error) error {
	c := &call{ctx: ctx, turn: make(chan *turn), ran: make(chan error, 1), done: make(chan error, 1)}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !w.submit(c) {
		return ErrClosed
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

// run runs the caller's function, and tells the writer how it ended however it
// ended.
func (c *call) run(s *turn, f func(*turn) error) {
	err := errExited
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
		s.over = true
		c.ran <- err
	}()
	if err = c.ctx.Err(); err != nil {
		return
	}
	err = errExited
	err = f(s)
}

// panicked says what a panic was about. Only the runtime's own words are told:
// another value may hold what customers wrote.
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

func (w *writer) submit(c *call) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing {
		return false
	}
	w.queue = append(w.queue, c)
	w.nudge()
	return true
}

// over tells whether the writer takes no more calls.
func (w *writer) over() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closing
}

func (w *writer) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// next takes the first call that waits; over tells that none will come any more.
func (w *writer) next() (c *call, over bool) {
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

// close waits for what is queued. It answers false when that was done before.
func (w *writer) close() bool {
	w.mu.Lock()
	first := !w.closing
	w.closing = true
	w.nudge()
	w.mu.Unlock()
	<-w.stopped
	return first
}

func (w *writer) loop() {
	defer close(w.stopped)
	idle := time.NewTimer(idleAfter)
	defer idle.Stop()
	var watched <-chan time.Time
	if w.watch != nil {
		t := time.NewTicker(watchEvery)
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
			w.watch.lookIdle()
		}
	}
}

// outcome is a call that has run, and the error it ended with.
type outcome struct {
	c   *call
	err error
	// erases: it is answered once what it deleted is gone from the disk.
	erases bool
}

// commit runs the first call, and those that wait behind it, as one commit.
func (w *writer) commit(first *call) {
	ctx := context.Background()
	if err := w.begin(ctx); err != nil {
		err = wrap(unwritten(err), "begin transaction")
		w.reset(err)
		// Those behind it would meet the same, each after the busy time-out.
		for c := first; c != nil; c, _ = w.next() {
			c.done <- err
		}
		return
	}
	started, gather := time.Now(), max(w.gather, min(2*w.lastCommit, batchTimeMax))
	var ran []outcome
	words := rewording{}
	for c := first; c != nil; {
		o, dead := w.one(ctx, c, words)
		ran = append(ran, o)
		if dead != nil {
			w.abandon(ran, dead)
			return
		}
		c = nil
		if len(ran) < batchCalls && time.Since(started) < gather {
			c, _ = w.next()
		}
	}
	started = time.Now()
	if err := words.writeTo(ctx, w.c); err != nil {
		w.abandon(ran, unwritten(err))
		return
	}
	far, err := w.far(ctx)
	if err != nil {
		w.abandon(ran, unwritten(err))
		return
	}
	if err := w.c.exec(ctx, `COMMIT`); err != nil {
		w.abandon(ran, wrap(unwritten(err), "commit"))
		return
	}
	w.lastCommit = time.Since(started)
	if err := w.watch.committed(ctx, far); err != nil {
		err = wrap(err, "commit")
		for _, o := range ran {
			o.c.done <- err
		}
		return
	}
	w.answer(ctx, ran)
	w.foldLong(ctx)
}

// far reads how far the Pages are with what is about to be committed, where that is asked
// for.
func (w *writer) far(ctx context.Context) (seqs, error) {
	if w.watch == nil {
		return nil, nil
	}
	return readSeqs(ctx, w.c.c)
}

func (w *writer) begin(ctx context.Context) error {
	if err := w.watch.look(ctx); err != nil {
		return err
	}
	if err := w.reconnect(ctx); err != nil {
		return err
	}
	return w.c.exec(ctx, `BEGIN IMMEDIATE`)
}

// reconnect makes a connection where the last one was dropped.
func (w *writer) reconnect(ctx context.Context) error {
	if w.c != nil {
		return nil
	}
	c, err := w.watch.connect(ctx, w.db)
	w.c = c
	return err
}

// one runs one call in a savepoint, and adds what it changed of the search index
// to words. dead is an error that takes the whole commit with it.
func (w *writer) one(ctx context.Context, c *call, words rewording) (o outcome, dead error) {
	o = outcome{c: c, err: c.ctx.Err()}
	if o.err != nil {
		return o, nil
	}
	if err := w.c.exec(ctx, `SAVEPOINT call`); err != nil {
		return o, wrap(unwritten(err), "begin transaction")
	}
	s := &turn{&session{ctx: context.WithoutCancel(c.ctx), c: w.c, now: w.now}, rewording{}}
	select {
	case c.turn <- s:
		o.err = <-c.ran
	case <-c.ctx.Done():
		o.err = c.ctx.Err()
	}
	if s.dead != nil {
		return o, s.dead
	}
	if o.err == nil {
		o.err = s.broken
	}
	if o.err != nil {
		if e := w.c.exec(ctx, `ROLLBACK TO call`); e != nil {
			return o, wrap(unwritten(e), "roll back")
		}
	}
	if e := w.c.exec(ctx, `RELEASE call`); e != nil {
		return o, wrap(unwritten(e), "end transaction")
	}
	if o.err == nil {
		o.erases = s.erases
		words.add(s.words)
	}
	return o, nil
}

// unwritten says of whatever kept a commit from the disk that the store is not
// available.
func unwritten(err error) error {
	if err = translate(err); errors.Is(err, store.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// abandon undoes a commit and tells all its callers that nothing was kept.
func (w *writer) abandon(ran []outcome, why error) {
	w.reset(why)
	for _, o := range ran {
		o.c.done <- why
	}
}

// reset makes the connection fit for the next transaction, or drops it.
func (w *writer) reset(why error) {
	if w.c == nil {
		return
	}
	// An error here mostly says that SQLite itself has rolled back already.
	_ = w.c.exec(context.Background(), `ROLLBACK`)
	if lasting(why) {
		w.c.drop()
		w.c = nil
	}
}
