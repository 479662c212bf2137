package crm

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

// RunNightly reads linked records again each night, until ctx ends: webhooks get lost.
func (ev *Events) RunNightly(ctx context.Context) error {
	for {
		if !wake.Pause(ctx, untilTime(ev.clock(), ev.timing.Nightly)) {
			return nil
		}
		ev.readLinkedAgain(ctx)
	}
}

// untilTime returns how long it is until the next time that is after past midnight, in the zone
// of now.
func untilTime(now time.Time, after time.Duration) time.Duration {
	const day = 24 * time.Hour
	y, m, d := now.Date()
	next := time.Date(y, m, d, 0, 0, 0, 0, now.Location()).Add(after % day)
	for !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	return next.Sub(now)
}

func (ev *Events) readLinkedAgain(ctx context.Context) {
	defer rescue.Log(ev.log, "read linked records again")
	if err := ev.ReadLinkedRecords(ctx); err != nil && ctx.Err() == nil {
		ev.log.Warn("linked records are not all read again; the next night goes on", logkey.Error, err)
	}
}

// ReadLinkedRecords reads every linked record again, once each and with a pause after each, and
// applies what happened to it. It stops at the first error that concerns more than one record,
// above all a [*model.CRMLimit].
func (ev *Events) ReadLinkedRecords(ctx context.Context) error {
	if ev.records == nil || !ev.company.KnowsCompany() {
		return nil
	}
	var all []model.RecordRef
	err := ev.store.Read(ctx, func(r store.Reader) (err error) {
		all, err = r.LinkedRecords()
		return err
	})
	if err != nil {
		return err
	}
	for _, ref := range all {
		err := ev.readOneAgain(ctx, ref)
		switch {
		case errors.Is(err, model.ErrCRMForbidden):
			ev.log.Warn("a linked record is not read again", "record", ref.String(), logkey.Error, err)
		case err != nil:
			return err
		}
		if !wake.Pause(ctx, ev.timing.Pause) {
			return ctx.Err()
		}
	}
	return nil
}

func (ev *Events) readOneAgain(ctx context.Context, ref model.RecordRef) error {
	unlock, err := ev.recordLocks.Lock(ctx, ref)
	if err != nil {
		return err
	}
	defer unlock()
	links, err := ev.linksTo(ctx, ref)
	if err != nil || len(links) == 0 {
		return err // it was unlinked meanwhile
	}
	return ev.refresh(ctx, ref, fate{})
}
