package writer

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"parley/hub/store/sqlite/disk"
)

// What is deleted is overwritten in the file, but the log still has the old pages until it is
// folded in and emptied. So a deletion is answered after that. A reader that began before keeps
// the log from being emptied: then it is retried, and the answer waits for a while.

const (
	// eraseWait is how long the answer to a deletion is held back.
	eraseWait = 2 * time.Second
	// eraseAgain is when emptying the log is retried, doubling up to eraseAgainMost; each
	// attempt waits foldWait for readers.
	eraseAgain     = 20 * time.Millisecond
	eraseAgainMost = time.Second
)

// erasing is the state of deletions that are not yet erased.
type erasing struct {
	log *slog.Logger
	// alone takes the store's locks for a moment if it is not held exclusively. It returns how
	// to release them, or nil if another process has them.
	alone func() func()
	// open: something that was deleted can still be read in the log.
	open atomic.Bool

	// For the writer's goroutine only: who waits, since when, and when to retry.
	waiting []outcome
	since   time.Time
	pause   time.Duration
	timer   *time.Timer
	told    bool
}

// begin records that something must be erased, and returns false if that was known.
func (e *erasing) begin() bool {
	if e.open.Swap(true) {
		return false
	}
	e.since, e.pause = time.Now(), eraseAgain
	return true
}

// again fires when it is to be retried.
func (e *erasing) again() <-chan time.Time {
	if e.timer == nil {
		return nil
	}
	return e.timer.C
}

// release answers those who wait.
func (e *erasing) release() {
	for _, o := range e.waiting {
		o.c.done <- o.err
	}
	e.waiting = nil
}

// answer answers the calls of a commit. Those that deleted something are answered once the log
// is empty.
func (w *Writer) answer(ctx context.Context, ran []outcome) {
	e := &w.erasing
	for _, o := range ran {
		if o.erases {
			e.waiting = append(e.waiting, o)
			continue
		}
		o.c.done <- o.err
	}
	if len(e.waiting) > 0 && e.begin() {
		w.erase(ctx)
	}
}

// eraseDue erases when it is due, even while others write.
func (w *Writer) eraseDue(ctx context.Context) {
	select {
	case <-w.erasing.again():
		w.erase(ctx)
	default:
	}
}

// erase empties the log, and schedules a retry if it can't.
func (w *Writer) erase(ctx context.Context) {
	e := &w.erasing
	if w.emptied(ctx) {
		if e.told {
			e.log.InfoContext(ctx, "what was deleted is overwritten now", "after", time.Since(e.since).Round(time.Millisecond).String())
		}
		e.open.Store(false)
		e.timer, e.told = nil, false
		e.release()
		return
	}
	if time.Since(e.since) >= eraseWait {
		if !e.told {
			e.log.WarnContext(ctx, "what was deleted can still be read in the store's log, which somebody reads; it is overwritten as soon as they end")
		}
		e.told = true
		e.release()
	}
	e.timer = time.NewTimer(e.pause)
	e.pause = min(2*e.pause, eraseAgainMost)
}

// emptied empties the log, and reports whether it is empty.
func (w *Writer) emptied(ctx context.Context) bool {
	if w.watch == nil {
		back := w.erasing.alone()
		if back == nil {
			return false
		}
		defer back()
	}
	return w.fold(ctx, "truncate") && len(w.dirty) == 0
}

// end overwrites the remnants in the log, which SQLite folds in when it is closed, and closes
// the connection.
func (w *Writer) end() {
	ctx := context.Background()
	if w.erasing.open.Load() {
		w.erase(ctx)
	}
	w.erasing.release()
	if w.c == nil {
		return
	}
	if w.watch.Look(ctx) == nil {
		w.sweep(ctx)
	}
	if w.c != nil {
		w.c.Drop()
	}
}

// sweep overwrites the remnants on the pages in the log, in a transaction of its own. What
// fails, for instance on a full disk, is left to the next time. That does not keep the log from
// being folded in, which is what makes room.
func (w *Writer) sweep(ctx context.Context) {
	pages, upTo, err := disk.Remnants(w.path+disk.LogSuffix, w.swept)
	if err == nil {
		w.swept = upTo
		w.dirty = append(w.dirty, pages...)
		slices.Sort(w.dirty)
		w.dirty = slices.Compact(w.dirty)
	}
	if err == nil && len(w.dirty) > 0 {
		if err = w.c.Exec(ctx, `BEGIN IMMEDIATE`); err == nil {
			err = disk.WipePages(ctx, w.c.SQL, w.dirty)
		}
		if err == nil {
			err = w.c.Exec(ctx, `COMMIT`)
		}
		if err == nil {
			w.dirty = nil
			// Or the next look would find that somebody wrote, and read the whole log.
			err = w.watch.Wrote(ctx)
		}
	}
	if err != nil {
		if !w.unswept {
			w.erasing.log.WarnContext(ctx, "what was deleted is not overwritten everywhere yet", "error", err)
		}
		w.reset(err)
	}
	w.unswept = err != nil
}

// Erased reports whether everything deleted is gone from the disk.
func (w *Writer) Erased() bool { return !w.erasing.open.Load() }
