package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/hub/store"
	"parley/model"
)

// eventStore is the event name of notices about the store.
const eventStore = "store"

// putBackShown is how long doctor and readyz mention that the store was restored.
const putBackShown = 7 * 24 * time.Hour

// SettlePutBack deals with replies that were on their way in a store that was, or may have
// been, restored from a backup: one that it holds as queued may have left and arrived before.
// So each asks its writer instead of leaving, and a notice tells the admins who see the Page.
// It is called before anything is accepted, and again by Run; it does nothing if there is
// nothing to do.
func (o *Outbox) SettlePutBack(ctx context.Context) error {
	var life store.Incarnation
	var pages []store.Page
	err := o.store.Read(ctx, func(r store.Reader) (err error) {
		if life, err = r.Incarnation(); err == nil {
			pages, err = r.Pages()
		}
		return err
	})
	if err != nil || !life.Begun() {
		return err
	}
	o.lostBefore.Store(life.At.UnixMicro())
	if life.Settled {
		return nil
	}
	asked := 0
	for _, p := range pages {
		n, err := o.askAll(ctx, p, life)
		if err != nil {
			return fmt.Errorf("settle what %s had on its way: %w", p.ID, err)
		}
		asked += n
	}
	if err := o.store.Accounts(ctx, func(tx store.AccountTx) error { return tx.SettleIncarnation() }); err != nil {
		return err
	}
	o.log.Warn("the store was put back; what was on its way asks", "why", string(life.Why), "was", life.Was, "is", life.Is, "replies", asked)
	return nil
}

// mayHaveLeft reports whether the lost store may have sent a reply that this one does not know:
// its key was pressed before the loss, by the hub's clock, and its writer's client never
// learned the outcome and so submits it again.
func (o *Outbox) mayHaveLeft(d Draft) bool {
	return !d.Note && d.Number > 0 && d.Number < o.lostBefore.Load()
}

// askAll has all replies of a Page that are on their way ask, and notifies its admins.
func (o *Outbox) askAll(ctx context.Context, p store.Page, life store.Incarnation) (asked int, err error) {
	err = o.store.Write(ctx, p.ID, func(tx store.PageTx) error {
		asked = 0
		b, err := o.begin(tx, p.ID)
		if err != nil {
			return err
		}
		replies, err := tx.RepliesIn(p.ID, model.Scheduled, model.Queued, model.Posting)
		if err != nil {
			return err
		}
		for _, r := range replies {
			done, err := b.askPutBack(r.MessageID)
			if err != nil {
				return err
			}
			if done {
				asked++
			}
		}
		if err := b.notePutBack(life); err != nil {
			return err
		}
		return b.Flush()
	})
	return asked, err
}

// askPutBack has one reply ask, if it is still on its way.
func (b *tx) askPutBack(id model.MessageID) (bool, error) {
	r, err := b.Store.Reply(id)
	if err != nil || r.State != model.Scheduled && r.State != model.Queued && r.State != model.Posting {
		return false, err
	}
	c, err := b.Find(r.ConversationID.Customer())
	if err != nil || c == nil {
		return false, err
	}
	return true, b.Settle(c, r, model.Ask, &model.MessageError{Code: model.StorePutBack})
}

// notePutBack leaves a notice on the Page, once.
func (b *tx) notePutBack(life store.Incarnation) error {
	id := uuid.NewSHA1(uuid.NameSpaceOID, []byte(life.ID+"|"+string(b.Page.ID))).String()
	if b.Page.UninstalledAt != nil {
		return nil
	}
	if _, err := b.Store.Notice(b.Page.ID, id); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return b.Store.PutNotice(&model.Notice{
		ID: id, PageID: b.Page.ID, Kind: model.NoticeStorePutBack, Event: eventStore, CreatedAt: life.At.Truncate(time.Millisecond),
	})
}

// PutBackAt returns when the store was restored, nil if it was not or that is long ago.
func PutBackAt(life store.Incarnation, now time.Time) *time.Time {
	if !life.Begun() || now.Sub(life.At) >= putBackShown {
		return nil
	}
	return &life.At
}
