package writer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/identity"
	"parley/hub/store/sqlite/searchindex"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/store/sqlite/tally"
)

// outcome is a call that has run, and its error.
type outcome struct {
	c   *call
	err error
	// erases: it is answered only once what it deleted is gone from the disk.
	erases bool
}

// commit runs the first call, and those that wait behind it, as one commit.
func (w *Writer) commit(first *call) {
	ctx := context.Background()
	if err := w.begin(ctx); err != nil {
		err = sqldb.Wrap(unwritten(err), "begin transaction")
		w.reset(err)
		// Those behind it would fail the same way, each after the busy timeout. Calls that
		// arrive after the first was answered are not among them.
		var behind []*call
		for c := first; c != nil; c, _ = w.next() {
			behind = append(behind, c)
		}
		for _, c := range behind {
			c.done <- err
		}
		return
	}
	started, gather := time.Now(), max(w.gather, min(2*w.lastCommit, batchTimeMax))
	var ran []outcome
	words, sums := searchindex.Changes{}, map[sqldb.Sum]int64{}
	for c := first; c != nil; {
		o, dead := w.one(ctx, c, len(ran) == 0, words, sums)
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
	if err := errors.Join(words.WriteTo(ctx, w.c), tally.WriteTo(ctx, w.c, sums)); err != nil {
		w.abandon(ran, unwritten(err))
		return
	}
	far, err := w.far(ctx)
	if err != nil {
		w.abandon(ran, unwritten(err))
		return
	}
	if err := w.c.Exec(ctx, `COMMIT`); err != nil {
		w.abandon(ran, sqldb.Wrap(unwritten(err), "commit"))
		return
	}
	w.lastCommit = time.Since(started)
	w.figures.committed(len(ran), w.lastCommit)
	if err := w.watch.Committed(ctx, far); err != nil {
		w.held.Drop()
		err = sqldb.Wrap(err, "commit")
		for _, o := range ran {
			o.c.done <- err
		}
		return
	}
	w.answer(ctx, ran)
	w.foldLong(ctx)
}

// far reads the seqs that the commit will reach, if the files are watched.
func (w *Writer) far(ctx context.Context) (identity.Seqs, error) {
	if w.watch == nil {
		return nil, nil
	}
	query, err := w.c.Prepare(ctx, identity.SeqsQuery)
	if err != nil {
		return nil, err
	}
	rows, err := query.QueryContext(ctx) //nolint:rowserrcheck // ScanSeqs does
	if err != nil {
		return nil, err
	}
	return identity.ScanSeqs(rows)
}

func (w *Writer) begin(ctx context.Context) error {
	if err := w.watch.Look(ctx); err != nil {
		return err
	}
	if err := w.reconnect(ctx); err != nil {
		return err
	}
	return w.lock(ctx)
}

// lock begins to write, and forgets what is held if anybody else wrote since.
func (w *Writer) lock(ctx context.Context) error {
	if err := w.c.Exec(ctx, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	query, err := w.c.Prepare(ctx, `PRAGMA data_version`)
	if err != nil {
		return err
	}
	var version int64
	if err := query.QueryRowContext(ctx).Scan(&version); err != nil {
		return err
	}
	if version != w.version {
		w.held.Drop()
		w.version = version
	}
	return nil
}

// reconnect opens a connection if the last one was dropped.
func (w *Writer) reconnect(ctx context.Context) error {
	if w.c != nil {
		return nil
	}
	w.held.Drop()
	w.version = 0
	c, err := w.watch.Connect(ctx, w.db)
	w.c = c
	return err
}

// one runs one call, in a savepoint unless it is the first of the commit. It adds what the call
// changes in the search index to words, and what it adds to numbers to sums. dead is an error
// that takes the whole commit with it.
func (w *Writer) one(ctx context.Context, c *call, first bool, words searchindex.Changes, sums map[sqldb.Sum]int64) (o outcome, dead error) {
	o = outcome{c: c, err: c.ctx.Err()}
	if o.err != nil {
		return o, nil
	}
	// Pages that are changed in a savepoint are copied first.
	if !first {
		if err := w.c.Exec(ctx, `SAVEPOINT call`); err != nil {
			return o, sqldb.Wrap(unwritten(err), "begin transaction")
		}
	}
	w.held.Begin()
	s := &Turn{sqldb.NewWriting(context.WithoutCancel(c.ctx), w.c, w.now), searchindex.Changes{}, w.held}
	select {
	case c.turn <- s:
		o.err = <-c.ran
	case <-c.ctx.Done():
		o.err = c.ctx.Err()
	}
	if err := s.Fatal(); err != nil {
		return o, err
	}
	if o.err == nil {
		o.err = s.Spoiled()
	}
	if o.err != nil {
		w.held.Undone()
		if e := w.undo(ctx, first); e != nil {
			return o, sqldb.Wrap(unwritten(e), "roll back")
		}
		return o, nil
	}
	if !first {
		if e := w.c.Exec(ctx, `RELEASE call`); e != nil {
			return o, sqldb.Wrap(unwritten(e), "end transaction")
		}
	}
	o.erases = s.Deletes()
	words.Add(s.Words)
	for k, n := range s.Sums() {
		sums[k] += n
	}
	return o, nil
}

// undo undoes a call.
func (w *Writer) undo(ctx context.Context, first bool) error {
	if first {
		if err := w.c.Exec(ctx, `ROLLBACK`); err != nil {
			return err
		}
		return w.lock(ctx)
	}
	if err := w.c.Exec(ctx, `ROLLBACK TO call`); err != nil {
		return err
	}
	return w.c.Exec(ctx, `RELEASE call`)
}

// unwritten makes any error that kept a commit from the disk a [store.ErrUnavailable].
func unwritten(err error) error {
	if err = sqldb.Translate(err); errors.Is(err, store.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// abandon undoes a commit and tells all its callers that nothing was stored.
func (w *Writer) abandon(ran []outcome, why error) {
	w.reset(why)
	for _, o := range ran {
		o.c.done <- why
	}
}

// reset prepares the connection for the next transaction, or drops it.
func (w *Writer) reset(why error) {
	w.held.Drop()
	if w.c == nil {
		return
	}
	// An error here mostly means that SQLite has rolled back already.
	_ = w.c.Exec(context.Background(), `ROLLBACK`)
	if sqldb.Lasting(why) {
		w.c.Drop()
		w.c = nil
	}
}
