package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"parley/hub/store"
)

// A file that is removed or replaced while a hub has it open goes on taking what is
// written, and all of that is gone when the hub ends. So the files' identity is looked at
// each second, and before and after each commit: what is answered as stored is in the
// file that the next start finds.

// watchEvery is how often that is done while nothing is written.
const watchEvery = time.Second

// watch is what the files were when they were opened, and whether they still are.
type watch struct {
	path, real string
	log        *slog.Logger
	// anchor keeps SQLite from removing the log.
	anchor *conn
	// opened are the files as they were, by their paths.
	opened map[string]os.FileInfo

	// busy: the store is being rewritten as a whole.
	busy atomic.Bool

	// Of the writer's goroutine alone: the store's id, the file when it was seen to be ours
	// last, and what it held at least without its log.
	id    string
	seen  os.FileInfo
	floor contents
	// wal is the log, and last how far the Pages were after what was committed last.
	wal  *openedLog
	last seqs

	mu  sync.Mutex
	err error
}

// startWatch begins to watch files that are open. They stay as they are: a connection of
// its own keeps SQLite from removing the log before the store is closed. What it returns
// beside an error is to be closed, too.
func startWatch(ctx context.Context, o opened, id string) (*watch, error) {
	file := o.file
	anchor, err := connect(ctx, o.readDB)
	if err != nil {
		return nil, err
	}
	w := &watch{path: file.path, real: file.real, log: o.log, anchor: anchor, opened: make(map[string]os.FileInfo)}
	var n int
	if err := anchor.c.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_schema`).Scan(&n); err != nil {
		return w, translate(err)
	}
	if w.wal, err = openLog(file.real); err != nil {
		return w, err
	}
	if w.last, err = readSeqs(ctx, anchor.c); err != nil {
		return w, err
	}
	if w.opened[file.path], err = file.stat(); err != nil {
		return w, cantWrite(err)
	}
	for _, suffix := range []string{logSuffix, indexSuffix} {
		if w.opened[file.real+suffix], err = os.Stat(file.real + suffix); err != nil {
			return w, cantWrite(err)
		}
	}
	w.seen = w.opened[file.path]
	w.id = id
	// A log that was being folded in when the hub ended left something between two moments,
	// which goes on from there, too; or what can't be read yet.
	if c, err := contentsOf(ctx, file.real, fileAlone); err == nil {
		w.floor = c
	}
	o.readers.connect = w.connect
	return w, w.look(ctx)
}

// letGo gives up the connection that keeps the log. Who closes a store last has SQLite fold
// the log in and remove it, by its name: where that is another's by now, the connection is
// left open.
func (w *watch) letGo() {
	if w != nil && w.trouble() == nil {
		w.anchor.drop()
	}
}

// rewriting runs what rewrites the store as a whole.
func (w *watch) rewriting(do func() error) error {
	if w == nil {
		return do()
	}
	if _, err := w.there(); err != nil {
		return fmt.Errorf("%w: %w", store.ErrGone, err)
	}
	w.busy.Store(true)
	defer w.busy.Store(false)
	return do()
}

// trouble tells why nothing is written any more; nil: the files are those that were
// opened.
func (w *watch) trouble() error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// look looks at the files, before this hub writes, or while it doesn't. It is called by one
// goroutine at a time.
func (w *watch) look(ctx context.Context) error { return w.lookAt(ctx, false) }

// committed looks at the files after a commit that brought the Pages so far: it may have
// gone into files that nobody finds again.
func (w *watch) committed(ctx context.Context, far seqs) error {
	err := w.lookAt(ctx, true)
	if err == nil && w != nil {
		w.last = far
	}
	return err
}

func (w *watch) lookAt(ctx context.Context, ours bool) error {
	if w == nil {
		return nil
	}
	err := w.compare(ctx, ours)
	if err != nil {
		err = fmt.Errorf("%w: %w", store.ErrGone, err)
	}
	w.mu.Lock()
	before := w.err
	w.err = err
	w.mu.Unlock()
	switch {
	case err != nil && before == nil:
		w.log.ErrorContext(ctx, "the store's files are not those that were opened; nothing is taken until they are back, or the hub is started anew", "error", err)
	case err == nil && before != nil:
		w.log.WarnContext(ctx, "the store's files are back")
	}
	return err
}

// close closes the log, after SQLite closed it.
func (w *watch) close() error {
	if w == nil || w.wal == nil {
		return nil
	}
	err := w.wal.close()
	w.wal = nil
	return err
}

// lookIdle looks at the files though nothing is written; look says what is wrong.
func (w *watch) lookIdle() { _ = w.look(context.Background()) }

func (w *watch) compare(ctx context.Context, ours bool) error {
	is, err := w.there()
	if err != nil {
		return err
	}
	if err := w.inside(ctx, is); err != nil {
		return err
	}
	if err := w.wal.look(ours || w.busy.Load(), func() error { return w.isFolded(ctx) }); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	return nil
}

// isFolded checks that the file alone holds all that was committed. A log that begins anew
// was folded in before, by this hub or by another program; or it was taken away.
func (w *watch) isFolded(ctx context.Context) error {
	if w.floor.cover(w.last) {
		return nil
	}
	c, err := contentsOf(ctx, w.real, fileAlone)
	if err != nil {
		return err
	}
	if !c.cover(w.last) {
		return errLog
	}
	w.floor = c
	return nil
}

// there tells whether the files are where they were opened, and how the store's own is.
func (w *watch) there() (own os.FileInfo, err error) {
	for path, was := range w.opened {
		is, err := os.Stat(path)
		switch {
		case err == nil && path == w.path && is.Size() == 0:
			return nil, fmt.Errorf("%s was emptied", path) // SQLite would remove the log
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s was removed or renamed", path)
		case err != nil:
			return nil, err
		case !os.SameFile(is, was):
			return nil, fmt.Errorf("%s is another file now", path)
		case path == w.path:
			own = is
		}
	}
	return own, nil
}

// connect takes a new connection of db. It is to the files that are there by name, which
// may be another store's by now: what that holds is not shown, nor is it closed again,
// for then SQLite would tidy up there.
func (w *watch) connect(ctx context.Context, db *sql.DB) (*conn, error) {
	if w == nil {
		return connect(ctx, db)
	}
	gone := func(err error) error { return fmt.Errorf("%w: %w", store.ErrGone, err) }
	if _, err := w.there(); err != nil {
		return nil, gone(err)
	}
	if err := w.trouble(); err != nil {
		return nil, err
	}
	c, err := connect(ctx, db)
	if err != nil {
		return nil, err
	}
	if _, err := w.there(); err != nil {
		return nil, gone(err)
	}
	return c, nil
}

// inside looks into a file that changed though this hub folded nothing in: somebody wrote
// over it, or another program that knows SQLite folded the log in.
func (w *watch) inside(ctx context.Context, is os.FileInfo) error {
	if is.Size() == w.seen.Size() && is.ModTime().Equal(w.seen.ModTime()) {
		return nil
	}
	if w.busy.Load() {
		w.seen = is
		return nil
	}
	c, err := contentsOf(ctx, w.real, fileAlone)
	switch {
	case err != nil:
		return fmt.Errorf("%s was written over: %w", w.path, err)
	case !c.there && !w.floor.there: // all of it is in the log
	case !c.there:
		return fmt.Errorf("%s was emptied", w.path)
	case c.id != w.id:
		return fmt.Errorf("%s was written over with another store", w.path)
	case c.seqs.behind(w.floor.seqs) || !c.seqs.holds(w.floor.seqs):
		return fmt.Errorf("%s was written over with an older copy", w.path)
	}
	w.seen, w.floor = is, c
	return nil
}

// folded takes the file as it is after this hub folded the log in; whole tells whether it
// was all of the log.
func (w *watch) folded(ctx context.Context, whole bool) {
	if w == nil {
		return
	}
	is, err := os.Stat(w.path)
	if err != nil || !os.SameFile(is, w.opened[w.path]) {
		return // the next look says so
	}
	w.seen = is
	if !whole { // what is in the file then is of no one moment
		return
	}
	if c, err := contentsOf(ctx, w.real, fileAlone); err == nil {
		w.floor = c
	}
}
