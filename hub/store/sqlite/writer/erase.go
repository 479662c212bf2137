package writer

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"parley/hub/store/sqlite/disk"
)

// What is deleted is overwritten in the file, but its pages as they were stand in the log
// until that is folded in and emptied. So whoever deletes is answered after that. Somebody
// who began to read before keeps the log from being emptied: then it is tried again and
// again, and for a while the answer waits.

const (
	// eraseWait is how long a deletion is not answered.
	eraseWait = 2 * time.Second
	// eraseAgain is when emptying the log is tried again, twice as long each time up to
	// eraseAgainMost; each time it waits foldWait for readers.
	eraseAgain     = 20 * time.Millisecond
	eraseAgainMost = time.Second
)

// erasing is what of the deletions is still to be done.
type erasing struct {
	log *slog.Logger
	// alone takes the store for a moment where it is not held: another process may hold
	// it. It answers how to give it back; nil: it can't be had.
	alone func() func()
	// open: something that was deleted can still be read in the log.
	open atomic.Bool

	// Of the writer's goroutine alone: who waits, since when, and when it is tried again.
	waiting []outcome
	since   time.Time
	pause   time.Duration
	timer   *time.Timer
	told    bool
}

// begin notes that something is to be erased, and answers false where that was known.
func (e *erasing) begin() bool {
	if e.open.Swap(true) {
		return false
	}
	e.since, e.pause = time.Now(), eraseAgain
	return true
}

// again tells when it is to be tried again.
func (e *erasing) again() <-chan time.Time {
	if e.timer == nil {
		return nil
	}
	return e.timer.C
}

// release answers who waits.
func (e *erasing) release() {
	for _, o := range e.waiting {
		o.c.done <- o.err
	}
	e.waiting = nil
}

// answer answers the calls of a commit. Those that deleted something are answered once the
// log is empty.
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

// eraseDue erases when it is time though others write.
func (w *Writer) eraseDue(ctx context.Context) {
	select {
	case <-w.erasing.again():
		w.erase(ctx)
	default:
	}
}

// erase empties the log, and says when it will try again where that can't be done.
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

// emptied empties the log, and tells whether it is.
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

// end overwrites the remnants in the log, which SQLite folds in when it is closed, and
// closes the connection.
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
// it can't, on a full disk for one, it does the next time; that keeps no log from being
// folded in, which is what makes room.
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

// Erased tells whether what was deleted is gone.
func (w *Writer) Erased() bool { return !w.erasing.open.Load() }
