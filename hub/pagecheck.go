package hub

import (
	"context"
	"errors"
	"time"

	"parley/hub/audit"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

// eventPageCheck is the event of notices about what the hub found by looking itself.
const eventPageCheck = "page_check"

// errPageMoved: the Page was changed while Meta was asked about it.
var errPageMoved = errors.New("page changed while it was looked at")

// runPageChecks looks at every Page now and then, until ctx ends: Meta ends a
// subscription, and a Page's admin switches messaging off, without a word.
func (h *Hub) runPageChecks(ctx context.Context) error {
	for {
		h.lookAtAll(ctx)
		if !wake.Pause(ctx, h.timing.PageCheck) {
			return nil
		}
	}
}

func (h *Hub) lookAtAll(ctx context.Context) {
	defer h.survive("look at pages")
	var pages []store.Page
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		pages, err = r.Pages()
		return err
	})
	if err != nil && ctx.Err() == nil {
		h.log.Error("read pages to look at", logkey.Error, err)
	}
	for _, p := range pages {
		if p.UninstalledAt != nil || ctx.Err() != nil {
			continue
		}
		_, err := h.look(ctx, p, false)
		if err != nil && ctx.Err() == nil && !errors.Is(err, errPageMoved) {
			h.log.Warn("look at page", logkey.Page, string(p.ID), logkey.Error, err)
		}
	}
}

// CheckPage asks Meta how a Page stands, for somebody who sees it, and takes over what
// it says. With repair, its webhooks are asked for again first: an admin may.
func (h *Hub) CheckPage(ctx context.Context, user model.User, id model.PageID, repair bool) (model.Page, error) {
	if err := h.asking.Wait(ctx, user.ID, h.now()); err != nil {
		return model.Page{}, err
	}
	// Twice where somebody else changed the Page meanwhile.
	for range 2 {
		p, err := h.checkedPage(ctx, user, id, repair)
		if err != nil {
			return model.Page{}, err
		}
		if repair {
			if err := h.resubscribe(ctx, user, p); err != nil {
				return model.Page{}, err
			}
		}
		out, err := h.look(ctx, p, true)
		if errors.Is(err, errPageMoved) {
			continue
		}
		if err != nil {
			return model.Page{}, graphError("look at the page", err)
		}
		out.Sees = true
		return out, nil
	}
	return model.Page{}, graphError("look at the page", errPageMoved)
}

// checkedPage returns a Page that a user may check, or refuses.
func (h *Hub) checkedPage(ctx context.Context, user model.User, id model.PageID, repair bool) (p store.Page, err error) {
	err = h.store.Read(ctx, func(r store.Reader) error {
		if p, err = r.Page(id); err != nil {
			return err
		}
		fresh, err := r.User(user.ID)
		if err != nil {
			return err
		}
		switch {
		case !model.CanSee(user.ID, p.Page): // a private Page: that it is there is no secret
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

// resubscribe asks for a Page's webhooks by the token that the hub has.
func (h *Hub) resubscribe(ctx context.Context, user model.User, p store.Page) error {
	token, err := h.pageToken(p)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, h.timing.GraphCall)
	defer cancel()
	if err := h.graph.Subscribe(call, token, p.PageID); err != nil {
		// What is wrong with it is what looking finds.
		h.log.Warn("subscribe to the page's webhooks", logkey.Page, string(p.ID), logkey.Error, err)
		return nil
	}
	h.log.Info("page repaired", logkey.Page, string(p.ID), logkey.User, string(user.ID))
	return h.store.Write(ctx, p.ID, func(tx store.PageTx) error {
		return tx.AddAudit(audit.AboutPage(model.AuditRepaired, user, p.ID, h.utc()))
	})
}

// look asks Meta how a Page stands and stores it. asked: somebody waits for it, and what
// Meta does not tell is taken for well, to be learnt again from the next reply.
func (h *Hub) look(ctx context.Context, p store.Page, asked bool) (model.Page, error) {
	token, err := h.pageToken(p)
	if err != nil {
		return model.Page{}, err
	}
	call, cancel := context.WithTimeout(ctx, h.timing.GraphCall)
	state, err := h.graph.PageState(call, token, p.PageID)
	cancel()
	if err != nil {
		return model.Page{}, err
	}
	if asked && state.MessagesOff == nil {
		state.MessagesOff = new(bool)
	}
	var out store.Page
	var moved bool
	err = h.store.Write(ctx, p.ID, func(tx store.PageTx) error {
		b, err := txn.Begin(tx, p.ID, h.utc())
		if err != nil {
			return err
		}
		if b.Page.Seq != p.Seq {
			return errPageMoved // what Meta said is of before
		}
		if err := (&lookTx{b, h}).found(state); err != nil {
			return err
		}
		if err := h.noteMissed(&b.Page, p, tx); err != nil {
			return err
		}
		moved = b.PageChanged
		err = b.Flush()
		out = b.Page
		return err
	})
	if moved && err == nil {
		h.imports.Notify()
		h.Outbox.Wake.Notify()
	}
	return out.Page, err
}

// noteMissed has what did not come while a Page's webhooks went nowhere read, once they come
// again.
func (h *Hub) noteMissed(p *store.Page, was store.Page, tx store.PageTx) error {
	if h.inbox == nil || !p.Connected() || was.Connected() {
		return nil
	}
	heard, err := lastHeard(tx, p.ID, h.utc())
	if err == nil {
		beginGap(p, heard)
	}
	return err
}

// lookTx is a transaction in which is stored how a Page was found.
type lookTx struct {
	*txn.Tx
	h *Hub
}

// found takes over how a Page stands, and tells what is news.
func (b *lookTx) found(s model.PageState) error {
	p := &b.Page
	if s.TokenRefused {
		if p.TokenRefused {
			return nil
		}
		p.TokenRefused, b.PageChanged = true, true
		return b.tell(model.NoticeTokenRefused)
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
		return b.tell(model.NoticeSubscriptionBack)
	}
	return b.tell(model.NoticeSubscriptionLost)
}

// tell makes a notice of what the hub found by itself.
func (b *lookTx) tell(kind model.NoticeKind) error {
	return b.h.Notice(b.Tx, model.Inbound{Name: eventPageCheck, At: b.Now.Truncate(time.Millisecond)}, kind, "")
}
