package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/hub/logkey"
	"parley/hub/replies"
	"parley/hub/rescue"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

const (
	// idle is how long the outbox sleeps when nothing is due. Replies wake it; this only guards
	// against a lost wake-up.
	idle = time.Minute
	// trouble is the pause after the store could not be read or written.
	trouble = time.Second
)

// Recover marks as unknown what a former run of the hub was posting when it ended: nobody can
// tell whether it left.
func (o *Outbox) Recover(ctx context.Context) error {
	var posting []store.Reply
	err := o.store.Read(ctx, func(r store.Reader) error {
		pages, err := r.Pages()
		if err != nil {
			return err
		}
		for _, p := range pages {
			of, err := r.RepliesIn(p.ID, model.Posting)
			if err != nil {
				return err
			}
			posting = append(posting, of...)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read replies being posted: %w", err)
	}
	for _, r := range posting {
		if err := o.makeUnknown(ctx, r); err != nil {
			return fmt.Errorf("recover reply %s: %w", r.MessageID, err)
		}
	}
	return nil
}

// Run works on each reply when it is due, until ctx ends; then it waits for those being posted.
func (o *Outbox) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	defer workers.Wait()
	wake.Loop(ctx, o.Wake, func(ctx context.Context) time.Duration { return o.startDue(ctx, &workers) })
	return nil
}

// startDue starts a worker for each reply that is due, and returns how long nothing else will
// be due.
func (o *Outbox) startDue(ctx context.Context, workers *sync.WaitGroup) time.Duration {
	now := o.now()
	var list []due
	var next time.Time
	err := o.store.Read(ctx, func(r store.Reader) (err error) {
		list, next, err = o.load.due(r, now)
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			o.log.Error("read due replies", logkey.Error, err)
		}
		return trouble
	}
	for _, d := range list {
		if !o.load.claim(d.MessageID, d.lane) {
			continue
		}
		workers.Go(func() {
			defer o.load.release(d.MessageID, d.lane)
			o.process(ctx, d.Reply)
		})
	}
	// Due replies beyond the workers' number wait for a worker, which wakes the outbox when it
	// is done.
	if next.IsZero() || next.Sub(now) > idle {
		return idle
	}
	return max(next.Sub(now), time.Millisecond)
}

// process does what is due for one reply. If the store can't be written now, it is tried again
// soon; nothing is lost, since the reply's row says where it stands.
func (o *Outbox) process(ctx context.Context, r store.Reply) {
	// The lease marks a reply whose posting panicked as unknown.
	err := rescue.Call(o.log, "attend reply", func() error { return o.advance(ctx, r) })
	if err == nil || errors.Is(err, store.ErrNotFound) || ctx.Err() != nil {
		return // done, or deleted with its conversation, or left to the next run
	}
	o.log.Error("attend reply", logkey.Message, string(r.MessageID), logkey.State, string(r.State), logkey.Error, err)
	wake.Pause(ctx, trouble)
}

// advance does what is due for a reply, if it is still due: another worker may have finished
// with it between the reading of the list and the claim.
func (o *Outbox) advance(ctx context.Context, listed store.Reply) error {
	var r store.Reply
	err := o.store.Read(ctx, func(reader store.Reader) (err error) {
		r, err = reader.Reply(listed.MessageID)
		return err
	})
	if err != nil || r.State != listed.State || o.now().Before(r.WakeAt) {
		return err
	}
	switch r.State {
	case model.Scheduled:
		return o.queueScheduled(ctx, r)
	case model.Queued:
		return o.post(ctx, r)
	case model.Posting:
		return o.makeUnknown(ctx, r) // its lease is over
	case model.Unknown:
		return o.check(ctx, r)
	default:
		o.log.Error("reply due in a state without a time", logkey.Message, string(r.MessageID), logkey.State, string(r.State))
		return nil
	}
}

// change runs f on a reply and its conversation in one transaction.
func (o *Outbox) change(ctx context.Context, id model.MessageID, f func(*tx, *txn.Conversation, store.Reply) error) error {
	return o.store.Write(ctx, id.Page(), func(tx store.PageTx) error {
		r, err := tx.Reply(id)
		if err != nil {
			return err
		}
		b, err := o.begin(tx, id.Page())
		if err != nil {
			return err
		}
		c, err := b.Find(r.ConversationID.Customer())
		if err != nil {
			return err
		}
		if c == nil {
			return store.ErrNotFound
		}
		if err := f(b, c, r); err != nil {
			return err
		}
		return b.Flush()
	})
}

// tx is a transaction of a Page that sends replies and reactions.
type tx struct {
	*replies.Tx
	o *Outbox
}

func (o *Outbox) begin(tx store.PageTx, page model.PageID) (*tx, error) {
	b, err := txn.Begin(tx, page, o.now())
	return o.in(b), err
}

func (o *Outbox) in(b *txn.Tx) *tx { return &tx{o.rules.In(b), o} }
