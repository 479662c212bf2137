package identity

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
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/sqldb"
)

// A file that is removed or replaced while a hub has it open goes on taking what is
// written, and all of that is gone when the hub ends. So the files' identity is looked at
// each second, and before and after each commit: what is answered as stored is in the
// file that the next start finds.

// WatchEvery is how often that is done while nothing is written.
const WatchEvery = time.Second

// Watch is what the files were when they were opened, and whether they still are.
type Watch struct {
	path, real string
	log        *slog.Logger
	// anchor keeps SQLite from removing the log.
	anchor *sqldb.Conn
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
	wal  *disk.OpenedLog
	last Seqs

	mu  sync.Mutex
	err error
}

// startWatch begins to watch files that are open. They stay as they are: a connection of
// its own keeps SQLite from removing the log before the store is closed. What it returns
// beside an error is to be closed, too.
func startWatch(ctx context.Context, o Opened, id string) (*Watch, error) {
	file := o.File
	anchor, err := sqldb.Connect(ctx, o.ReadDB)
	if err != nil {
		return nil, err
	}
	w := &Watch{path: file.Path, real: file.Real, log: o.Logger, anchor: anchor, opened: make(map[string]os.FileInfo)}
	var n int
	if err := anchor.SQL.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_schema`).Scan(&n); err != nil {
		return w, sqldb.Translate(err)
	}
	if w.wal, err = disk.OpenLog(file.Real); err != nil {
		return w, err
	}
	if w.last, err = ReadSeqs(ctx, anchor.SQL); err != nil {
		return w, err
	}
	if w.opened[file.Path], err = file.Stat(); err != nil {
		return w, disk.Unwritable(err)
	}
	for _, suffix := range []string{disk.LogSuffix, disk.IndexSuffix} {
		if w.opened[file.Real+suffix], err = os.Stat(file.Real + suffix); err != nil {
			return w, disk.Unwritable(err)
		}
	}
	w.seen = w.opened[file.Path]
	w.id = id
	// A log that was being folded in when the hub ended left something between two moments,
	// which goes on from there, too; or what can't be read yet.
	if c, err := contentsOf(ctx, file.Real, sqldb.FileAlone); err == nil {
		w.floor = c
	}
	o.Readers.Connect = w.Connect
	return w, w.Look(ctx)
}

// LetGo gives up the connection that keeps the log. Who closes a store last has SQLite fold
// the log in and remove it, by its name: where that is another's by now, the connection is
// left open.
func (w *Watch) LetGo() {
	if w != nil && w.Trouble() == nil {
		w.anchor.Drop()
	}
}

// Rewriting runs what rewrites the store as a whole.
func (w *Watch) Rewriting(do func() error) error {
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

// Trouble tells why nothing is written any more; nil: the files are those that were
// opened.
func (w *Watch) Trouble() error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Look looks at the files, before this hub writes, or while it doesn't. It is called by one
// goroutine at a time.
func (w *Watch) Look(ctx context.Context) error { return w.lookAt(ctx, false) }

// Committed looks at the files after a commit that brought the Pages so far: it may have
// gone into files that nobody finds again.
func (w *Watch) Committed(ctx context.Context, far Seqs) error {
	err := w.lookAt(ctx, true)
	if err == nil && w != nil {
		w.last = far
	}
	return err
}

func (w *Watch) lookAt(ctx context.Context, ours bool) error {
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

// Close closes the log, after SQLite closed it.
func (w *Watch) Close() error {
	if w == nil || w.wal == nil {
		return nil
	}
	err := w.wal.Close()
	w.wal = nil
	return err
}

// LookIdle looks at the files though nothing is written; look says what is wrong.
func (w *Watch) LookIdle() { _ = w.Look(context.Background()) }

func (w *Watch) compare(ctx context.Context, ours bool) error {
	is, err := w.there()
	if err != nil {
		return err
	}
	if err := w.inside(ctx, is); err != nil {
		return err
	}
	if err := w.wal.Look(ours || w.busy.Load(), func() error { return w.isFolded(ctx) }); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	return nil
}

// isFolded checks that the file alone holds all that was committed. A log that begins anew
// was folded in before, by this hub or by another program; or it was taken away.
func (w *Watch) isFolded(ctx context.Context) error {
	if w.floor.cover(w.last) {
		return nil
	}
	c, err := contentsOf(ctx, w.real, sqldb.FileAlone)
	if err != nil {
		return err
	}
	if !c.cover(w.last) {
		return disk.ErrLog
	}
	w.floor = c
	return nil
}

// there tells whether the files are where they were opened, and how the store's own is.
func (w *Watch) there() (own os.FileInfo, err error) {
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

// Connect takes a new connection of db. It is to the files that are there by name, which
// may be another store's by now: what that holds is not shown, nor is it closed again,
// for then SQLite would tidy up there.
func (w *Watch) Connect(ctx context.Context, db *sql.DB) (*sqldb.Conn, error) {
	if w == nil {
		return sqldb.Connect(ctx, db)
	}
	gone := func(err error) error { return fmt.Errorf("%w: %w", store.ErrGone, err) }
	if _, err := w.there(); err != nil {
		return nil, gone(err)
	}
	if err := w.Trouble(); err != nil {
		return nil, err
	}
	c, err := sqldb.Connect(ctx, db)
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
func (w *Watch) inside(ctx context.Context, is os.FileInfo) error {
	if is.Size() == w.seen.Size() && is.ModTime().Equal(w.seen.ModTime()) {
		return nil
	}
	if w.busy.Load() {
		w.seen = is
		return nil
	}
	c, err := contentsOf(ctx, w.real, sqldb.FileAlone)
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

// Folded takes the file as it is after this hub folded the log in; whole tells whether it
// was all of the log.
func (w *Watch) Folded(ctx context.Context, whole bool) {
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
	if c, err := contentsOf(ctx, w.real, sqldb.FileAlone); err == nil {
		w.floor = c
	}
}
