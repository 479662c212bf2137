package hub

import (
	"context"
	"errors"
	"time"

	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/wake"
	"parley/model"
)

// runCRMNightly reads linked records again each night, until ctx ends: webhooks get lost.
func (h *Hub) runCRMNightly(ctx context.Context) error {
	for {
		if !wake.Pause(ctx, untilTime(h.now(), h.timing.CRMNightly)) {
			return nil
		}
		h.readLinkedAgain(ctx)
	}
}

// untilTime is how long it is until it is so long after midnight, in the zone of now.
func untilTime(now time.Time, after time.Duration) time.Duration {
	const day = 24 * time.Hour
	y, m, d := now.Date()
	next := time.Date(y, m, d, 0, 0, 0, 0, now.Location()).Add(after % day)
	for !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	return next.Sub(now)
}

func (h *Hub) readLinkedAgain(ctx context.Context) {
	defer h.survive("read linked records again")
	if err := h.ReadLinkedRecords(ctx); err != nil && ctx.Err() == nil {
		h.log.Warn("linked records are not all read again; the next night goes on", logkey.Error, err)
	}
}

// ReadLinkedRecords reads every record again that a conversation is linked to, each once,
// with a pause after each, and sees to what became of it. It ends with the first error
// that is more than one record's: a [*model.CRMLimit] above all.
func (h *Hub) ReadLinkedRecords(ctx context.Context) error {
	if h.records == nil || !h.crm.KnowsCompany() {
		return nil
	}
	var all []model.RecordRef
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		all, err = r.LinkedRecords()
		return err
	})
	if err != nil {
		return err
	}
	for _, ref := range all {
		err := h.readOneAgain(ctx, ref)
		switch {
		case errors.Is(err, model.ErrCRMForbidden):
			h.log.Warn("a linked record is not read again", "record", ref.String(), logkey.Error, err)
		case err != nil:
			return err
		}
		if !wake.Pause(ctx, h.timing.CRMPause) {
			return ctx.Err()
		}
	}
	return nil
}

func (h *Hub) readOneAgain(ctx context.Context, ref model.RecordRef) error {
	give, err := h.recordLocks.Lock(ctx, ref)
	if err != nil {
		return err
	}
	defer give()
	links, err := h.linksTo(ctx, ref)
	if err != nil || len(links) == 0 {
		return err // it was unlinked meanwhile
	}
	return h.readAgain(ctx, ref, fate{})
}
