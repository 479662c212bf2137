package identity

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/sqldb"
)

// Before a store is opened for writing, its files are inspected: opening alone would make
// SQLite fold a log into a file that it may not belong to, and that can't be undone.

// Terms say which stores are acceptable.
type Terms struct {
	// AcceptOlder accepts a store that lacks changes that the hub had made, or is another one;
	// NewStore creates a new one if it is gone.
	AcceptOlder, NewStore bool
	Now                   func() time.Time
	Logger                *slog.Logger
}

// found is what was found on disk.
type found struct {
	mark   Mark
	marked bool
	// alone is the file without the log beside it, as far as it can be read: a log that was
	// being folded in when the hub ended leaves it half done. A young store has everything in
	// the log.
	alone    contents
	readable bool
	// whole is the file with the log, unless that can't be read.
	whole contents
	bad   error
	log   string
	// self is what born returns for the mark.
	self string
	// checked returns the result of reading through the whole store.
	checked func() error
}

// find inspects the files.
func find(ctx context.Context, path string) (found, error) {
	f := found{log: disk.LogName(path + disk.LogSuffix), self: born(MarkPath(path))}
	f.mark, f.marked = ReadMark(path)
	f.checked = func() error { return quickCheck(ctx, path) }
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	f.alone, err = contentsOf(ctx, path, sqldb.FileAlone)
	f.readable = err == nil
	switch {
	case f.log == "" && err == nil && info.Size()%disk.PageSize != 0:
		f.bad = fmt.Errorf("%s ends in the midst of a page", path)
	case f.log == "":
		f.whole, f.bad = f.alone, err
	default:
		f.whole, f.bad = contentsOf(ctx, path, sqldb.FromReadOnly)
	}
	return f, nil
}

// difference returns how the store differs from the one that the hub last ran with; empty if it
// does not.
func (f found) difference() (store.Difference, error) {
	switch d, cause := f.mixed(); {
	case d != "":
		return d, cause
	case f.bad != nil:
		return store.Damaged, f.bad
	case !f.marked && f.whole.seqs.total() == 0:
		return "", nil // new, or as good as new
	case !f.marked:
		return store.Unmarked, nil
	case !f.whole.there && f.mark.Total > 0:
		return store.Missing, nil
	case !f.whole.there:
		return "", nil
	case f.mark.ID != "" && f.whole.id != f.mark.ID:
		return store.Other, nil
	case f.whole.seqs.total() < f.mark.Total || f.whole.seqs.behind(f.mark.Seqs):
		return store.Older, nil
	case f.whole.life.ID != f.mark.Incarnation && !f.interrupted():
		return store.Diverged, nil
	case f.mark.Self != "" && f.self != "" && f.mark.Self != f.self:
		return store.Copied, nil
	}
	return "", nil
}

// mixed reports whether the log does not belong to the file beside it: SQLite would merge both
// into something that never existed.
func (f found) mixed() (store.Difference, error) {
	if !f.marked || f.log == "" || !f.alone.there && !f.whole.there {
		return "", nil
	}
	one := f.log == f.mark.Log || disk.Follows(f.mark.Log, f.log) // of the store that was marked
	if f.readable {
		// What was folded in before this log began is in the file, whatever came after.
		least := f.mark.Seqs
		if f.log == f.mark.Log {
			least = f.mark.Base
		}
		other := f.bad == nil && f.alone.there && f.alone.id != f.whole.id
		if other || one && f.alone.seqs.behind(least) || f.bad == nil && f.whole.seqs.behind(f.alone.seqs) {
			return store.Mixed, nil
		}
		one = one && f.alone.seqs.holds(least)
	}
	// A log that was being folded in leaves a file in which Pages may be missing, and a command
	// that was killed leaves a log that was not marked. An unrelated log is as unknown, but
	// does not fit.
	if !one && f.bad == nil {
		if err := f.checked(); err != nil {
			return store.Mixed, err
		}
	}
	return "", nil
}

// interrupted reports whether the hub ended between giving the store a new incarnation and
// marking that.
func (f found) interrupted() bool {
	return f.whole.life.Begun() && f.whole.life.Was == f.mark.Total && !f.whole.life.Settled
}

// Inspect refuses a store that is not the one that the hub last ran with, unless the terms
// accept it. It returns the incarnation that begins with it, the zero value if the old one
// continues. path must be without symbolic links.
func Inspect(ctx context.Context, path string, o Terms) (store.Incarnation, error) {
	f, err := find(ctx, path)
	if err != nil {
		return store.Incarnation{}, err
	}
	d, cause := f.difference()
	refusal := &store.ContradictionError{Difference: d, Was: f.mark.Total, Is: f.whole.seqs.total(), At: f.mark.At, Err: cause}
	o.warnNeedless(ctx, d, f.marked)
	switch d {
	case "":
		return store.Incarnation{}, nil
	case store.Missing:
		if !o.NewStore {
			return store.Incarnation{}, refusal
		}
		if err := setAside(path, o.Now()); err != nil {
			return store.Incarnation{}, err
		}
	case store.Older, store.Diverged, store.Other, store.Mixed:
		if !o.AcceptOlder {
			return store.Incarnation{}, refusal
		}
		if d == store.Mixed {
			if err := setAside(path, o.Now()); err != nil {
				return store.Incarnation{}, err
			}
			f.whole = f.alone
		}
	case store.Damaged:
		return store.Incarnation{}, refusal
	case store.Copied, store.Unmarked:
	}
	if d != store.Missing {
		o.Logger.InfoContext(ctx, "read through the store", "why", string(d))
		if err := f.checked(); err != nil {
			refusal.Difference, refusal.Err = store.Damaged, err
			return store.Incarnation{}, refusal
		}
	}
	life := store.Incarnation{Why: d, At: o.Now().UTC().Truncate(time.Microsecond), Was: f.mark.Total, Is: f.whole.seqs.total()}
	said := []any{"why", string(d), "was", life.Was, "is", life.Is}
	if f.marked {
		said = append(said, "marked_at", f.mark.At)
	}
	o.Logger.WarnContext(ctx, "the store is not the one that the hub ran with; clients read everything anew, and replies that were on their way ask", said...)
	return life, nil
}

// warnNeedless warns that another store would have been accepted although there is none:
// whoever always accepts would not learn of a restored one.
func (o Terms) warnNeedless(ctx context.Context, d store.Difference, marked bool) {
	needed := d == store.Missing && o.NewStore || d != "" && d != store.Missing && o.AcceptOlder
	if !marked || needed || !o.AcceptOlder && !o.NewStore {
		return
	}
	o.Logger.WarnContext(ctx, "accepting another store was asked for, and this is not needed; who always asks for it is not told when one is put back",
		"accept_older", o.AcceptOlder, "new", o.NewStore)
}

// setAside renames the log beside a file that it does not belong to.
func setAside(path string, now time.Time) error {
	aside := fmt.Sprintf("%s%s.aside-%s", path, disk.LogSuffix, now.UTC().Format("20060102T150405.000000"))
	err := os.Rename(path+disk.LogSuffix, aside)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err == nil {
		err = os.Remove(path + disk.IndexSuffix) // it is made anew from the log
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return disk.Unwritable(err)
	}
	return nil
}

// Contradicted returns why a command may not open the store while no hub holds it.
func Contradicted(ctx context.Context, file *disk.File) error {
	if _, marked := ReadMark(file.Real); !marked {
		return nil
	}
	f, err := find(ctx, file.Real)
	if err != nil {
		return err
	}
	d, cause := f.difference()
	switch d {
	case store.Missing, store.Damaged:
	case store.Older, store.Diverged, store.Other, store.Mixed:
		if held, err := file.TakeLock(); err != nil || !held {
			return err // a hub that runs has checked the store itself
		}
		if err := file.Unlock(); err != nil {
			return err
		}
	case "", store.Copied, store.Unmarked:
		return nil
	}
	return &store.ContradictionError{Difference: d, Was: f.mark.Total, Is: f.whole.seqs.total(), At: f.mark.At, Err: cause}
}
