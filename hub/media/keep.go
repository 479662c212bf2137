package media

import (
	"context"
	"errors"
	"time"

	"parley/hub/logkey"
	"parley/hub/rescue"
	"parley/hub/store"
	"parley/hub/wake"
	"parley/model"
)

const (
	// sweepEvery is how often what is not kept any more is looked for.
	sweepEvery = time.Hour
	// oldestAtOnce is how much is removed at a time to make room.
	oldestAtOnce = 32
	// droppedAtOnce is how many dropped contents are looked at in one go.
	droppedAtOnce = 256
	// settled is how old a file without a row must be to count as an orphan.
	settled = 24 * time.Hour
)

// runKeeping removes what is past its age or the quota, until ctx ends.
func (l *Library) runKeeping(ctx context.Context) {
	var swept time.Time
	wake.Loop(ctx, l.full, func(ctx context.Context) time.Duration {
		err := rescue.Call(l.o.Log, "keep media", func() error {
			if now := l.o.Now(); now.Sub(swept) >= sweepEvery {
				swept = now
				if err := errors.Join(l.removeOrphans(ctx, now), l.expireOld(ctx, now)); err != nil {
					return err
				}
			}
			return l.makeRoom(ctx)
		})
		if err != nil && ctx.Err() == nil {
			l.o.Log.Error("keep media within its bounds", logkey.Error, err)
		}
		return sweepEvery
	})
}

// removeOrphans removes files that no row knows: what a crash left between a file and its row,
// or a store that was restored from an older copy.
func (l *Library) removeOrphans(ctx context.Context, now time.Time) error {
	l.o.Folder.mu.Lock()
	all := l.o.Folder.all()
	l.o.Folder.mu.Unlock()
	var errs []error
	for _, e := range all {
		if now.Sub(e.at) < settled {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		errs = append(errs, l.removeUnused(ctx, e.hash))
	}
	return errors.Join(errs...)
}

// expireOld removes the contents of messages that are past the age.
func (l *Library) expireOld(ctx context.Context, now time.Time) error {
	if l.o.Age <= 0 {
		return nil
	}
	for {
		n, err := l.expire(ctx, now.Add(-l.o.Age))
		if n == 0 || err != nil {
			return err
		}
	}
}

// makeRoom removes the oldest contents while there is more than the quota.
func (l *Library) makeRoom(ctx context.Context) error {
	for l.o.Folder.total() > l.o.Quota {
		n, err := l.expire(ctx, l.o.Now().Add(time.Hour))
		if n == 0 || err != nil {
			return err
		}
	}
	return nil
}

// expire removes some of the oldest contents of messages before a time, and returns how many
// were removed. It stops when there is room and nothing is past the age.
func (l *Library) expire(ctx context.Context, before time.Time) (int, error) {
	var list []store.Media
	err := l.o.Store.Read(ctx, func(r store.Reader) (err error) {
		list, err = r.OldestMedia(before, oldestAtOnce)
		return err
	})
	if err != nil {
		return 0, err
	}
	tooOld := l.o.Now().Add(-l.o.Age)
	done := 0
	for _, m := range list {
		if l.o.Folder.total() <= l.o.Quota && (l.o.Age <= 0 || !m.At.Before(tooOld)) {
			break
		}
		err := l.update(ctx, m, func(row *store.Media) {
			row.Hash, row.Type, row.Seconds, row.Reason = "", "", 0, model.MediaExpired
		})
		if err != nil && !errors.Is(err, errOvertaken) {
			return done, err
		}
		done++
		l.figures.expired.Inc()
		if l.o.Age <= 0 || !m.At.Before(tooOld) {
			l.condition.madeRoom(l.o.Now())
		}
		if err := l.removeDropped(ctx, m.ID.Page()); err != nil {
			return done, err
		}
	}
	return done, nil
}

// removeDropped removes the files of contents that a Page no longer has, or all Pages if it is
// empty.
func (l *Library) removeDropped(ctx context.Context, page model.PageID) error {
	if l.o.Folder == nil {
		return nil
	}
	for {
		var list []store.DroppedMedia
		err := l.o.Store.Read(ctx, func(r store.Reader) (err error) {
			list, err = r.DroppedMedia(page, droppedAtOnce)
			return err
		})
		if err != nil {
			return err
		}
		forgotten := 0
		for _, d := range list {
			ok, err := l.o.Folder.remove(d.Hash, l.inUse(ctx))
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			err = l.o.Store.Store.Write(ctx, d.Page, func(tx store.PageTx) error { return tx.ForgetDropped(d.Hash) })
			if err != nil {
				return err
			}
			forgotten++
		}
		if forgotten == 0 || len(list) < droppedAtOnce {
			return nil
		}
	}
}

// removeUnused removes a content that no row has.
func (l *Library) removeUnused(ctx context.Context, hash string) error {
	_, err := l.o.Folder.remove(hash, l.inUse(ctx))
	return err
}

// inUse returns a function that reports whether media has a content.
func (l *Library) inUse(ctx context.Context) func(hash string) (bool, error) {
	return func(hash string) (used bool, err error) {
		err = l.o.Store.Read(ctx, func(r store.Reader) error {
			used, err = r.MediaInUse(hash)
			return err
		})
		return used, err
	}
}

// ForgetMedia ends the fetching for a conversation that was deleted, and removes its files. When it
// returns nil, none of them is on the disk, but for contents that other messages have.
func (l *Library) ForgetMedia(ctx context.Context, id model.ConversationID) error {
	l.mu.Lock()
	var flights []*flight
	for _, f := range l.flying {
		if f.conversation == id {
			f.cancel()
			flights = append(flights, f)
		}
	}
	l.mu.Unlock()
	for _, f := range flights {
		select {
		case <-f.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return l.removeDropped(ctx, id.Page())
}
