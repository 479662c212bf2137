package hub

import (
	"context"
	"errors"
	"time"

	"parley/hub/access"
	"parley/hub/ids"
	"parley/hub/logkey"
	"parley/hub/rescue"
	"parley/hub/retry"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/view"
	"parley/hub/wake"
	"parley/model"
)

// A policy notice is mailed to the support inbox: the mail is queued in the transaction
// that stores the event, with its Message-ID, so that there is one for each event
// whatever Meta sends again.
//
// It is sent at least once. A hub that ends between the mail server's answer and its own
// commit sends the mail again by the same Message-ID, by which mail programs know it: a
// notice of Facebook that nobody reads costs more than one that comes twice.

// mail queues the mail about a notice of Facebook's policy team.
func (h *Hub) mail(b *txn.Tx, n *model.Notice) error {
	if h.mailer == nil || !n.Policy() {
		return nil
	}
	n.Mail = &model.NoticeMail{State: model.MailWaiting, At: b.Now}
	b.MailsDue = true
	return b.Store.PutMail(store.Mail{
		Page: n.PageID, Notice: n.ID, MessageID: h.mailer.MessageID(n.ID), QueuedAt: b.Now, WakeAt: b.Now,
	})
}

// notice leaves a notice on a Page, and mails it where it is about a policy.
func (h *Hub) notice(b *txn.Tx, e model.Inbound, kind model.NoticeKind, reason model.Untrusted) error {
	n := model.Notice{
		ID: ids.New(), PageID: b.Page.ID, Kind: kind, Event: e.Name, Reason: reason, CreatedAt: e.At,
	}
	if err := h.mail(b, &n); err != nil {
		return err
	}
	return b.Store.PutNotice(&n)
}

// mailsAtOnce is how many due mails are read at a time.
const mailsAtOnce = 20

// runMails hands each mail to the mail server when it is due, until ctx ends.
func (h *Hub) runMails(ctx context.Context) error {
	if h.mailer == nil {
		return nil
	}
	wake.Loop(ctx, h.mails, h.sendDue)
	return nil
}

// sendDue sends what is due, one after the other, and returns how long nothing else
// will be.
func (h *Hub) sendDue(ctx context.Context) time.Duration {
	for ctx.Err() == nil {
		var list []store.Mail
		var next time.Time
		now := h.utc()
		err := h.store.Read(ctx, func(r store.Reader) (err error) {
			list, next, err = r.DueMails(now, mailsAtOnce)
			return err
		})
		for _, m := range list {
			if err == nil {
				err = h.sendMail(ctx, m)
			}
		}
		switch {
		case err != nil:
			if ctx.Err() == nil {
				h.log.Error("mail notices", logkey.Error, err)
			}
			return storeTrouble
		case len(list) > 0:
			continue // another may have become due
		}
		return wake.Until(next, now)
	}
	return wake.Idle
}

// sendMail hands one mail to the mail server and stores what became of it. An error is
// the store's.
func (h *Hub) sendMail(ctx context.Context, m store.Mail) error {
	defer rescue.Log(h.log, "mail notice")
	letter, err := h.letter(ctx, m)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, h.timing.MailCall)
	refused := h.mailer.MailPolicy(call, letter)
	cancel()
	if refused != nil && ctx.Err() != nil {
		return nil // the hub ends; the next run sends it
	}
	if refused != nil {
		h.log.Warn("mail notice", logkey.Page, string(m.Page), "notice", m.Notice, logkey.Error, refused)
	}
	// What the mail server took is stored though the hub may be about to end.
	return h.store.Write(context.WithoutCancel(ctx), m.Page, func(tx store.PageTx) error {
		n, err := tx.Notice(m.Page, m.Notice)
		if err != nil {
			return err
		}
		h.mailed(&n, &m, refused)
		return errors.Join(tx.PutMail(m), tx.PutNotice(&n))
	})
}

// letter is what a mail says, as things are now.
func (h *Hub) letter(ctx context.Context, m store.Mail) (out model.PolicyMail, err error) {
	err = h.store.Read(ctx, func(r store.Reader) error {
		p, err := r.Page(m.Page)
		if err != nil {
			return err
		}
		n, err := r.Notice(m.Page, m.Notice)
		out = model.PolicyMail{
			MessageID: m.MessageID, Kind: n.Kind, Page: p.PageID, PageName: p.Name, Reason: n.Reason,
			Since: n.CreatedAt, Now: h.utc(), Restricted: p.Restricted != nil,
		}
		return err
	})
	return out, err
}

// mailed sets how a mail stands after the mail server took it, or did not.
func (h *Hub) mailed(n *model.Notice, m *store.Mail, refused error) {
	now := h.utc()
	tries := 1
	if n.Mail != nil {
		tries += n.Mail.Tries
	}
	state := model.NoticeMail{State: model.Mailed, At: now, Tries: tries}
	m.WakeAt = time.Time{}
	if refused != nil {
		state.State, state.Reason = model.MailFailed, model.Untrusted(refused.Error()).Valid()
		if next := now.Add(retry.Delay(h.timing.MailPause, h.timing.MailPauseMax, tries)); next.Before(m.QueuedAt.Add(h.timing.MailLimit)) {
			state.State, m.WakeAt = model.MailWaiting, next
		}
	}
	n.Mail = &state
}

// ReadNotice notes who read a notice first.
func (h *Hub) ReadNotice(ctx context.Context, user model.User, page model.PageID, id string) (model.Notice, error) {
	var out model.Notice
	err := h.store.Write(ctx, page, func(tx store.PageTx) error {
		if _, err := access.Authorize(tx, user.ID, page); err != nil {
			return err
		}
		n, err := view.NoticeFor(tx, user.Admin, page, id)
		if err != nil {
			return err
		}
		if n.Read == nil {
			n.Read = &model.NoticeRead{By: user.Ref(), At: h.utc()}
			err = tx.PutNotice(&n)
		}
		out = n
		return err
	})
	return out, err
}
