package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/hub/logkey"
	"parley/hub/replies"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

const (
	// outboxIdle is how long the outbox sleeps when nothing is due: replies wake it,
	// this only guards against a wake-up that was lost.
	outboxIdle = time.Minute
	// outboxTrouble is the pause after the store could not be read or written.
	outboxTrouble = time.Second
)

// recoverPosting makes unknown what a former run of the hub was posting when it
// ended: nobody can tell whether it left.
func (h *Hub) recoverPosting(ctx context.Context) error {
	var posting []store.Reply
	err := h.store.Read(ctx, func(r store.Reader) error {
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
		if err := h.makeUnknown(ctx, r); err != nil {
			return fmt.Errorf("recover reply %s: %w", r.MessageID, err)
		}
	}
	return nil
}

// runOutbox looks at each reply when it is due, until ctx ends; then it waits for
// those being posted.
func (h *Hub) runOutbox(ctx context.Context) error {
	var workers sync.WaitGroup
	defer workers.Wait()
	wake.Loop(ctx, h.outbox.wake, func(ctx context.Context) time.Duration { return h.startDue(ctx, &workers) })
	return nil
}

// startDue starts a worker for each reply that is due, and returns how long nothing
// else will be.
func (h *Hub) startDue(ctx context.Context, workers *sync.WaitGroup) time.Duration {
	now := h.utc()
	var list []due
	var next time.Time
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		list, next, err = h.outbox.due(r, now)
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			h.log.Error("read due replies", logkey.Error, err)
		}
		return outboxTrouble
	}
	for _, d := range list {
		if !h.outbox.claim(d.MessageID, d.lane) {
			continue
		}
		workers.Go(func() {
			defer h.outbox.release(d.MessageID, d.lane)
			// A reply that was being posted counts as unknown when its lease is over.
			defer h.survive("attend reply")
			h.attend(ctx, d.Reply)
		})
	}
	// More that is due than can be on its way waits for a worker, who wakes the outbox.
	if next.IsZero() || next.Sub(now) > outboxIdle {
		return outboxIdle
	}
	return max(next.Sub(now), time.Millisecond)
}

// attend does what is due for one reply. A store that can't be written now is tried
// again soon; nothing of the reply is lost, its row says where it stands.
func (h *Hub) attend(ctx context.Context, r store.Reply) {
	err := h.advance(ctx, r)
	if err == nil || errors.Is(err, ErrNotFound) || ctx.Err() != nil {
		return // done, or it went with its conversation, or the next run goes on
	}
	h.log.Error("attend reply", logkey.Message, string(r.MessageID), logkey.State, string(r.State), logkey.Error, err)
	wake.Pause(ctx, outboxTrouble)
}

// advance does what is due for a reply, if it is still due: between reading what is and
// claiming it, whoever was at it before may have come to an end with it.
func (h *Hub) advance(ctx context.Context, listed store.Reply) error {
	var r store.Reply
	err := h.store.Read(ctx, func(reader store.Reader) (err error) {
		r, err = reader.Reply(listed.MessageID)
		return err
	})
	if err != nil || r.State != listed.State || h.utc().Before(r.WakeAt) {
		return err
	}
	switch r.State {
	case model.Queued:
		return h.post(ctx, r)
	case model.Posting:
		return h.makeUnknown(ctx, r) // its lease is over
	case model.Unknown:
		return h.check(ctx, r)
	default:
		h.log.Error("reply due in a state without a time", logkey.Message, string(r.MessageID), logkey.State, string(r.State))
		return nil
	}
}

// change runs f on a reply and its conversation in one transaction.
func (h *Hub) change(ctx context.Context, id model.MessageID, f func(*outboxTx, *txn.Conversation, store.Reply) error) error {
	return h.store.Write(ctx, id.Page(), func(tx store.PageTx) error {
		r, err := tx.Reply(id)
		if err != nil {
			return err
		}
		b, err := h.newOutboxTx(tx, id.Page())
		if err != nil {
			return err
		}
		c, err := b.Find(r.ConversationID.Customer())
		if err != nil {
			return err
		}
		if c == nil {
			return ErrNotFound
		}
		if err := f(b, c, r); err != nil {
			return err
		}
		return b.Flush()
	})
}

// outboxTx is a transaction of a Page in which replies and reactions are sent.
type outboxTx struct {
	*replies.Tx
	h *Hub
}

func (h *Hub) newOutboxTx(tx store.PageTx, page model.PageID) (*outboxTx, error) {
	b, err := txn.Begin(tx, page, h.utc())
	return h.outboxTx(b), err
}

func (h *Hub) outboxTx(b *txn.Tx) *outboxTx { return &outboxTx{h.rules.In(b), h} }
