package notices

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"parley/hub/access"
	"parley/hub/ids"
	"parley/hub/logkey"
	"parley/hub/rescue"
	"parley/hub/retry"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

// Mailer mails the support inbox.
type Mailer interface {
	// MessageID returns the Message-ID of the mail about a notice.
	MessageID(notice string) string
	// MailPolicy hands a mail to the mail server, once. After an error the mail was not
	// accepted, or nobody knows.
	MailPolicy(ctx context.Context, m model.PolicyMail) error
}

// Timing holds the deadlines of mails.
type Timing struct {
	// Call is the longest that handing a mail to the mail server may take. A mail that was not
	// accepted is retried after Pause, doubling up to PauseMax, and given up after Limit.
	Call, Pause, PauseMax, Limit time.Duration
}

// Options are the dependencies and settings of a [Board].
type Options struct {
	Store *txn.Store
	// Mailer mails policy notices; nil if nobody is mailed.
	Mailer Mailer
	// Due is notified when a mail may be due.
	Due    wake.Signal
	Timing Timing
	// Now returns the time as it is stored and shown.
	Now func() time.Time
	Log *slog.Logger
}

// Board holds the notices of all Pages. It is safe for concurrent use.
type Board struct {
	store  *txn.Store
	mailer Mailer
	due    wake.Signal
	timing Timing
	now    func() time.Time
	log    *slog.Logger
}

// New returns a board; [Board.RunMails] sends its mails.
func New(o Options) *Board {
	return &Board{store: o.Store, mailer: o.Mailer, due: o.Due, timing: o.Timing, now: o.Now, log: o.Log}
}

// trouble is the pause after the store could not be read or written.
const trouble = time.Second

// mail queues the mail about a notice of Facebook's policy team.
func (b *Board) mail(t *txn.Tx, n *model.Notice) error {
	if b.mailer == nil || !n.Policy() {
		return nil
	}
	n.Mail = &model.NoticeMail{State: model.MailWaiting, At: t.Now}
	t.MailsDue = true
	return t.Store.PutMail(store.Mail{
		Page: n.PageID, Notice: n.ID, MessageID: b.mailer.MessageID(n.ID), QueuedAt: t.Now, WakeAt: t.Now,
	})
}

// Notice leaves a notice on a Page, and mails it if it is about a policy.
func (b *Board) Notice(t *txn.Tx, e model.Inbound, kind model.NoticeKind, reason model.Untrusted) error {
	n := model.Notice{
		ID: ids.New(), PageID: t.Page.ID, Kind: kind, Event: e.Name, Reason: reason, CreatedAt: e.At,
	}
	if err := b.mail(t, &n); err != nil {
		return err
	}
	return t.Store.PutNotice(&n)
}

// mailsAtOnce is how many due mails are read at a time.
const mailsAtOnce = 20

// RunMails hands each mail to the mail server when it is due, until ctx ends.
func (b *Board) RunMails(ctx context.Context) error {
	if b.mailer == nil {
		return nil
	}
	wake.Loop(ctx, b.due, b.sendDue)
	return nil
}

// sendDue sends what is due, one after the other, and returns how long nothing else will be
// due.
func (b *Board) sendDue(ctx context.Context) time.Duration {
	for ctx.Err() == nil {
		var list []store.Mail
		var next time.Time
		now := b.now()
		err := b.store.Read(ctx, func(r store.Reader) (err error) {
			list, next, err = r.DueMails(now, mailsAtOnce)
			return err
		})
		for _, m := range list {
			if err == nil {
				err = rescue.Call(b.log, "mail notice", func() error { return b.sendMail(ctx, m) })
			}
		}
		switch {
		case err != nil:
			if ctx.Err() == nil {
				b.log.Error("mail notices", logkey.Error, err)
			}
			return trouble
		case len(list) > 0:
			continue // another may have become due
		}
		return wake.Until(next, now)
	}
	return wake.Idle
}

// sendMail hands one mail to the mail server and stores the result. An error is the store's.
func (b *Board) sendMail(ctx context.Context, m store.Mail) error {
	letter, err := b.letter(ctx, m)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, b.timing.Call)
	refused := b.mailer.MailPolicy(call, letter)
	cancel()
	if refused != nil && ctx.Err() != nil {
		return nil // the hub is stopping; the next run sends it
	}
	if refused != nil {
		b.log.Warn("mail notice", logkey.Page, string(m.Page), "notice", m.Notice, logkey.Error, refused)
	}
	// The result is stored even if the hub is stopping: the mail server has answered.
	return b.store.Write(context.WithoutCancel(ctx), m.Page, func(tx store.PageTx) error {
		n, err := tx.Notice(m.Page, m.Notice)
		if err != nil {
			return err
		}
		b.mailed(&n, &m, refused)
		return errors.Join(tx.PutMail(m), tx.PutNotice(&n))
	})
}

// letter composes a mail from the current state.
func (b *Board) letter(ctx context.Context, m store.Mail) (out model.PolicyMail, err error) {
	err = b.store.Read(ctx, func(r store.Reader) error {
		p, err := r.Page(m.Page)
		if err != nil {
			return err
		}
		n, err := r.Notice(m.Page, m.Notice)
		out = model.PolicyMail{
			MessageID: m.MessageID, Kind: n.Kind, Page: p.PageID, PageName: p.Name, Reason: n.Reason,
			Since: n.CreatedAt, Now: b.now(), Restricted: p.Restricted != nil,
		}
		return err
	})
	return out, err
}

// mailed sets the state of a mail after the attempt to send it.
func (b *Board) mailed(n *model.Notice, m *store.Mail, refused error) {
	now := b.now()
	tries := 1
	if n.Mail != nil {
		tries += n.Mail.Tries
	}
	state := model.NoticeMail{State: model.Mailed, At: now, Tries: tries}
	m.WakeAt = time.Time{}
	if refused != nil {
		state.State, state.Reason = model.MailFailed, model.Untrusted(refused.Error()).Valid()
		if next := now.Add(retry.Delay(b.timing.Pause, b.timing.PauseMax, tries)); next.Before(m.QueuedAt.Add(b.timing.Limit)) {
			state.State, m.WakeAt = model.MailWaiting, next
		}
	}
	n.Mail = &state
}

// ReadNotice records who read a notice first.
func (b *Board) ReadNotice(ctx context.Context, user model.User, page model.PageID, id string) (model.Notice, error) {
	var out model.Notice
	err := b.store.Write(ctx, page, func(tx store.PageTx) error {
		if _, err := access.Authorize(tx, user.ID, page); err != nil {
			return err
		}
		n, err := tx.Notice(page, id)
		if err == nil && n.ForAdmins() && !user.Admin {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		if n.Read == nil {
			n.Read = &model.NoticeRead{By: user.Ref(), At: b.now()}
			err = tx.PutNotice(&n)
		}
		out = n
		return err
	})
	return out, err
}
