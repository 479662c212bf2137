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

// A file that is removed or replaced while a hub has it open still accepts writes, all of which
// are lost when the hub ends. So the files' identity is checked each second, and before and
// after each commit: what is reported as stored is in the file that the next start finds.

// WatchEvery is how often the files are checked while nothing is written.
const WatchEvery = time.Second

// Watch knows what the files were when they were opened, and checks that they still are.
type Watch struct {
	path, real string
	log        *slog.Logger
	// anchor keeps SQLite from removing the log.
	anchor *sqldb.Conn
	// opened are the files as they were, by path.
	opened map[string]os.FileInfo

	// busy: the store is being rewritten as a whole.
	busy atomic.Bool

	// For the writer's goroutine only: the store's id, the file when it was last known to be
	// ours, and what it contained at least without its log.
	id    string
	seen  os.FileInfo
	floor contents
	// wal is the log, and last the seqs after the last commit.
	wal  *disk.OpenedLog
	last Seqs

	mu  sync.Mutex
	err error
}

// startWatch starts to watch open files. A connection of its own keeps SQLite from removing the
// log before the store is closed. What it returns must be closed even if there is an error.
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
	// A log that was being folded in when the hub ended left a state between two moments, which
	// continues from there, or can't be read yet.
	if c, err := contentsOf(ctx, file.Real, sqldb.FileAlone); err == nil {
		w.floor = c
	}
	o.Readers.Connect = w.Connect
	return w, w.Look(ctx)
}

// LetGo closes the connection that keeps the log. Closing a store's last connection makes
// SQLite fold the log in and remove it, by name; if that name belongs to another file by now,
// the connection is left open.
func (w *Watch) LetGo() {
	if w != nil && w.Trouble() == nil {
		w.anchor.Drop()
	}
}

// Rewriting runs a function that rewrites the whole store.
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

// Trouble returns why nothing is written any more; nil if the files are those that were opened.
func (w *Watch) Trouble() error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Look checks the files before this hub writes, or while it is idle. Only one goroutine may
// call it at a time.
func (w *Watch) Look(ctx context.Context) error { return w.lookAt(ctx, false) }

// Committed checks the files after a commit that reached these seqs: it may have gone into
// files that nobody finds again.
func (w *Watch) Committed(ctx context.Context, far Seqs) error {
	err := w.lookAt(ctx, true)
	if err == nil && w != nil {
		w.last = far
	}
	return err
}

// Wrote checks the files after this hub wrote something that reached no seqs.
func (w *Watch) Wrote(ctx context.Context) error { return w.lookAt(ctx, true) }

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

// Close closes the log, after SQLite has closed it.
func (w *Watch) Close() error {
	if w == nil || w.wal == nil {
		return nil
	}
	err := w.wal.Close()
	w.wal = nil
	return err
}

// LookIdle checks the files while nothing is written; the next Look reports what is wrong.
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

// isFolded checks that the file alone contains everything committed. A log that restarts was
// folded in before, by this hub or another program; or it was removed.
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

// there reports whether the files are where they were opened, and returns the info of the
// store's own.
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

// Connect opens a connection of db. It reaches the files that have the name now, which may be
// another store's: such contents are not used, and the connection is not closed either, as
// SQLite would then tidy up there.
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

// inside checks a file that changed although this hub folded nothing in: somebody overwrote it,
// or another program with SQLite folded the log in.
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
	case !c.there && !w.floor.there: // everything is in the log
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

// Folded records the state of the file after this hub folded the log in; whole reports whether
// all of the log was.
func (w *Watch) Folded(ctx context.Context, whole bool) {
	if w == nil {
		return
	}
	is, err := os.Stat(w.path)
	if err != nil || !os.SameFile(is, w.opened[w.path]) {
		return // the next check reports it
	}
	w.seen = is
	if !whole { // the file's contents are then not from one moment
		return
	}
	if c, err := contentsOf(ctx, w.real, sqldb.FileAlone); err == nil {
		w.floor = c
	}
}
