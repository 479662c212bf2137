package pages

import (
	"context"
	"errors"
	"time"

	"parley/hub/audit"
	"parley/hub/logkey"
	"parley/hub/rescue"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

// eventPageCheck is the event name of notices about what the hub found by checking a Page.
const eventPageCheck = "page_check"

// errPageMoved means that the Page was changed while Meta was being asked about it.
var errPageMoved = errors.New("page changed while it was looked at")

// RunChecks checks every Page regularly, until ctx ends: Meta ends a subscription, and a Page's
// admin switches messaging off, without telling us.
func (i *Installations) RunChecks(ctx context.Context) error {
	for {
		i.checkAll(ctx)
		if !wake.Pause(ctx, i.timing.Check) {
			return nil
		}
	}
}

func (i *Installations) checkAll(ctx context.Context) {
	defer rescue.Log(i.log, "look at pages")
	var pages []store.Page
	err := i.store.Read(ctx, func(r store.Reader) (err error) {
		pages, err = r.Pages()
		return err
	})
	if err != nil && ctx.Err() == nil {
		i.log.Error("read pages to look at", logkey.Error, err)
	}
	for _, p := range pages {
		if p.UninstalledAt != nil || ctx.Err() != nil {
			continue
		}
		_, err := i.check(ctx, p, false)
		if err != nil && ctx.Err() == nil && !errors.Is(err, errPageMoved) {
			i.log.Warn("look at page", logkey.Page, string(p.ID), logkey.Error, err)
		}
	}
}

// CheckPage asks Meta for the state of a Page, for a user who sees it, and stores the answer.
// With repair, which takes an admin, it first subscribes to the Page's webhooks again.
func (i *Installations) CheckPage(ctx context.Context, user model.User, id model.PageID, repair bool) (model.Page, error) {
	if err := i.asking.Wait(ctx, user.ID, i.now()); err != nil {
		return model.Page{}, err
	}
	// A second time if somebody else changed the Page meanwhile.
	for range 2 {
		p, err := i.Checked(ctx, user, id, repair)
		if err != nil {
			return model.Page{}, err
		}
		if repair {
			if err := i.resubscribe(ctx, user, p); err != nil {
				return model.Page{}, err
			}
		}
		out, err := i.check(ctx, p, true)
		if errors.Is(err, errPageMoved) {
			continue
		}
		if err != nil {
			return model.Page{}, GraphError("look at the page", err)
		}
		out.Sees = true
		return out, nil
	}
	return model.Page{}, GraphError("look at the page", errPageMoved)
}

// Checked returns a Page that the user may check and, if asked for, repair; otherwise it
// refuses.
func (i *Installations) Checked(ctx context.Context, user model.User, id model.PageID, repair bool) (p store.Page, err error) {
	err = i.store.Read(ctx, func(r store.Reader) error {
		if p, err = r.Page(id); err != nil {
			return err
		}
		fresh, err := r.User(user.ID)
		if err != nil {
			return err
		}
		switch {
		case !model.CanSee(user.ID, p.Page): // that a private Page exists is no secret
			return model.Refuse(model.NotInstaller)
		case p.UninstalledAt != nil:
			return model.Refuse(model.PageDisconnected)
		case repair && !fresh.Admin:
			return model.Refuse(model.NotAdmin)
		}
		return nil
	})
	return p, err
}

// resubscribe subscribes to a Page's webhooks with the token that the hub has.
func (i *Installations) resubscribe(ctx context.Context, user model.User, p store.Page) error {
	token, err := i.token(p)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, i.timing.GraphCall)
	defer cancel()
	if err := i.meta.Subscribe(call, token, p.PageID); err != nil {
		// The check that follows finds what is wrong with it.
		i.log.Warn("subscribe to the page's webhooks", logkey.Page, string(p.ID), logkey.Error, err)
		return nil
	}
	i.log.Info("page repaired", logkey.Page, string(p.ID), logkey.User, string(user.ID))
	return i.store.Write(ctx, p.ID, func(tx store.PageTx) error {
		return tx.AddAudit(audit.AboutPage(model.AuditRepaired, user, p.ID, i.now()))
	})
}

// check asks Meta for the state of a Page and stores it. asked means that somebody waits for
// it: then what Meta does not say is taken to be fine, until the next reply shows otherwise.
func (i *Installations) check(ctx context.Context, p store.Page, asked bool) (model.Page, error) {
	token, err := i.token(p)
	if err != nil {
		return model.Page{}, err
	}
	call, cancel := context.WithTimeout(ctx, i.timing.GraphCall)
	state, err := i.meta.PageState(call, token, p.PageID)
	cancel()
	if err != nil {
		return model.Page{}, err
	}
	if asked && state.MessagesOff == nil {
		state.MessagesOff = new(bool)
	}
	var out store.Page
	var moved bool
	err = i.store.Write(ctx, p.ID, func(tx store.PageTx) error {
		b, err := txn.Begin(tx, p.ID, i.now())
		if err != nil {
			return err
		}
		if b.Page.Seq != p.Seq {
			return errPageMoved // what Meta said is about the Page as it was before
		}
		if err := (&checkTx{b, i.notice}).apply(state); err != nil {
			return err
		}
		if err := i.noteMissed(&b.Page, p, tx); err != nil {
			return err
		}
		moved = b.PageChanged
		err = b.Flush()
		out = b.Page
		return err
	})
	if moved && err == nil {
		i.backfill.due.Notify()
		i.sending.Notify()
	}
	return out.Page, err
}

// noteMissed has read what was missed while a Page's webhooks did not come, once they come
// again.
func (i *Installations) noteMissed(p *store.Page, was store.Page, tx store.PageTx) error {
	if i.backfill.inbox == nil || !p.Connected() || was.Connected() {
		return nil
	}
	heard, err := lastHeard(tx, p.ID, i.now())
	if err == nil {
		beginBackfill(p, heard)
	}
	return err
}

// checkTx is a transaction that stores the result of a check.
type checkTx struct {
	*txn.Tx
	notice func(t *txn.Tx, e model.Inbound, kind model.NoticeKind, reason model.Untrusted) error
}

// apply stores the state of a Page and leaves notices about what changed.
func (b *checkTx) apply(s model.PageState) error {
	p := &b.Page
	if s.TokenRefused {
		if p.TokenRefused {
			return nil
		}
		p.TokenRefused, b.PageChanged = true, true
		return b.addNotice(model.NoticeTokenRefused)
	}
	if p.TokenRefused {
		p.TokenRefused, b.PageChanged = false, true
	}
	if s.MessagesOff != nil && *s.MessagesOff != p.MessagesOff {
		p.MessagesOff, b.PageChanged = *s.MessagesOff, true
	}
	if s.Subscribed == p.Subscribed {
		return nil
	}
	p.Subscribed, b.PageChanged = s.Subscribed, true
	if s.Subscribed {
		return b.addNotice(model.NoticeSubscriptionBack)
	}
	return b.addNotice(model.NoticeSubscriptionLost)
}

// addNotice leaves a notice about what the hub found by itself.
func (b *checkTx) addNotice(kind model.NoticeKind) error {
	return b.notice(b.Tx, model.Inbound{Name: eventPageCheck, At: b.Now.Truncate(time.Millisecond)}, kind, "")
}
