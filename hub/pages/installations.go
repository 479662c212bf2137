package pages

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"parley/hub/audit"
	"parley/hub/logkey"
	"parley/hub/ratelimit"
	"parley/hub/sealing"
	"parley/hub/store"
	"parley/hub/ttl"
	"parley/hub/txn"
	"parley/hub/zone"
	"parley/model"
)

// How often each user may have us ask Facebook at once, as the doctor and greetings do: so often
// a second, and so many at first. More wait: a limit of Meta's would hold up the whole Page's
// replies.
const (
	askingRate  = 5
	askingBurst = 20
)

// Installations are the Pages that are or were connected here.
type Installations struct {
	*shared
	login    Login
	backfill *Backfill
	// asking is how often users have Facebook asked.
	asking     *ratelimit.Limits
	failQueued func(*txn.Tx) error
	notice     func(t *txn.Tx, e model.Inbound, kind model.NoticeKind, reason model.Untrusted) error

	// connecting serialises connecting Pages: the id of the next installation depends on all
	// installations of a Page, which no transaction spans.
	connecting sync.Mutex
	// greeting serialises changes of greetings: Meta replaces them all at once.
	greeting sync.Mutex
	// countries caches the regions (like JP) of Pages.
	countries ttl.Cache[model.PageID, string]
}

// Connection describes a Page to be connected.
type Connection struct {
	Page  model.MetaPageID
	Token string
	// Visibility is the one wanted. Empty means private for a new installation and unchanged
	// for a resumed one.
	Visibility model.Visibility
	// NoImport: past conversations are not imported.
	NoImport bool
	// Zone is the installer's time zone, as in [model.LoadZone], which sets where the days of
	// transcripts begin; empty if unknown.
	Zone string
}

// LogValue implements [slog.LogValuer]; it leaves out the token.
func (c Connection) LogValue() slog.Value {
	return slog.GroupValue(slog.String(logkey.Page, string(c.Page)), slog.String("visibility", string(c.Visibility)))
}

// ConnectPage connects a Page for an admin: as a new installation, or, for a former installer,
// by resuming theirs. For the current installer it is a repair. created reports whether the
// Page was not connected before.
//
// The Page's row is committed before its webhooks are subscribed to, so that the first event
// finds it. If subscribing fails, the Page stays, disconnected, and can be repaired.
func (i *Installations) ConnectPage(ctx context.Context, user model.User, c Connection) (page model.Page, created bool, err error) {
	return i.connectPage(ctx, user, c, func(ctx context.Context) (model.PageGrant, error) {
		g, err := i.meta.Grant(ctx, c.Token, c.Page)
		return g, GraphError("ask for the page", err)
	})
}

// connectPage connects a Page if grant shows that the user may.
func (i *Installations) connectPage(ctx context.Context, user model.User, c Connection, grant func(context.Context) (model.PageGrant, error)) (page model.Page, created bool, err error) {
	if i.vault == nil {
		return model.Page{}, false, sealing.ErrNoVault
	}
	if err := zone.Check(c.Zone); err != nil {
		return model.Page{}, false, err
	}
	i.connecting.Lock()
	defer i.connecting.Unlock()

	if user, err = i.roles.FreshRole(ctx, user.ID); err != nil {
		return model.Page{}, false, err
	}
	if !user.Admin {
		return model.Page{}, false, model.Refuse(model.NotAdmin)
	}
	id, known, err := i.Installation(ctx, user.ID, c.Page)
	if err != nil {
		return model.Page{}, false, err
	}
	g, err := grant(ctx)
	if err != nil {
		return model.Page{}, false, err
	}
	off := i.messagesOff(ctx, g)
	if created, err = i.install(ctx, user, id, known, c, g, off); err != nil {
		return model.Page{}, false, err
	}
	i.log.Info("page connected", logkey.Page, string(id), logkey.User, string(user.ID), "manage_shown", g.ManageKnown)
	if err := i.meta.Subscribe(ctx, g.Token, c.Page); err != nil {
		return model.Page{}, created, GraphError("subscribe to the page's webhooks", err)
	}
	page, err = i.Change(ctx, id, func(_ store.PageTx, p *store.Page) error {
		p.Subscribed = true
		return nil
	})
	page.Sees = true
	i.nameless.Notify()
	i.sending.Notify()
	i.backfill.due.Notify()
	return page, created, err
}

// ConnectManaged connects a Page for which Facebook's dialog has already shown the user's
// rights.
func (i *Installations) ConnectManaged(ctx context.Context, user model.User, p model.ManagedPage, v model.Visibility, zone string) (model.Page, error) {
	c := Connection{Page: p.ID, Visibility: v, Zone: zone}
	page, _, err := i.connectPage(ctx, user, c, func(context.Context) (model.PageGrant, error) {
		if !p.FullControl {
			return model.PageGrant{}, model.Refuse(model.NoManageTask)
		}
		return model.PageGrant{ID: p.ID, Name: p.Name, Token: p.Token, ManageKnown: true}, nil
	})
	return page, err
}

// messagesOff asks whether messaging is off on a Page. If Facebook does not say, the Page is
// connected anyway, and a reply will tell.
func (i *Installations) messagesOff(ctx context.Context, g model.PageGrant) bool {
	if i.login == nil {
		return false
	}
	off, err := i.login.MessagesOff(ctx, g.Token, g.ID)
	if err != nil {
		i.log.Info("page's messaging setting not told", logkey.Page, string(g.ID), logkey.Error, err)
	}
	return off
}

// Installation returns the id of the installation of a Page that a user would get, and whether
// it exists.
func (i *Installations) Installation(ctx context.Context, user model.UserID, meta model.MetaPageID) (id model.PageID, known bool, err error) {
	err = i.store.Read(ctx, func(r store.Reader) error {
		all, err := r.Installations(meta)
		if err != nil {
			return err
		}
		id = meta.Installation(len(all) + 1)
		for _, p := range all {
			mine := p.Installer.ID == user
			if p.UninstalledAt == nil && !mine {
				return model.Refuse(model.AlreadyConnected)
			}
			if mine {
				id, known = p.ID, true
			}
		}
		return nil
	})
	return id, known, err
}

// install stores the installation, not yet subscribed. If messaging is off, a new one is
// refused, while a repair stores the token and says so.
func (i *Installations) install(ctx context.Context, user model.User, id model.PageID, known bool, c Connection, g model.PageGrant, off bool) (created bool, err error) {
	var p store.Page
	err = i.store.Write(ctx, id, func(tx store.PageTx) error {
		// They may have been removed while we asked Meta.
		if user, err = tx.User(user.ID); err != nil {
			return err
		}
		if user, err = i.roles.WithRole(tx, user); err != nil {
			return err
		}
		if !user.Admin {
			return model.Refuse(model.NotAdmin)
		}
		now := i.now()
		p = store.Page{Page: model.Page{
			ID: id, PageID: c.Page, Visibility: model.Private, Installer: user.Ref(), ConnectedAt: &now,
		}}
		created = true
		if known {
			if p, err = tx.Page(id); err != nil {
				return err
			}
			created = p.UninstalledAt != nil
		}
		if created && off {
			return model.Refuse(model.MessagesOff)
		}
		if created {
			p.ConnectedAt = &now
			p.Subscribed = false
		}
		if p.Zone == "" { // changing it would move what was written to other days
			p.Zone = cmp.Or(c.Zone, zone.OfHub())
		}
		p.Name, p.SealedToken, p.Token, p.UninstalledAt = g.Name, sealing.SealToken(i.vault, id, g.Token), "", nil
		p.TokenRefused, p.MessagesOff, p.RateLimitedUntil, p.RateBackoff = false, off, nil, 0
		was := p.Visibility
		if c.Visibility != "" {
			setVisibility(&p, c.Visibility)
		}
		if err := i.backfill.beginReading(tx, &p, created, c.NoImport, now); err != nil {
			return err
		}
		if err := tx.PutPage(&p); err != nil {
			return err
		}
		return auditInstall(tx, user, p, created, was, g, now)
	})
	if err == nil {
		i.pageChanged(p)
	}
	return created, err
}

// auditInstall logs that a Page was connected or repaired, and the change of visibility that
// came with it.
func auditInstall(tx store.PageTx, by model.User, p store.Page, created bool, was model.Visibility, g model.PageGrant, now time.Time) error {
	kind := model.AuditRepaired
	if created {
		kind = model.AuditConnected
	}
	e := audit.AboutPage(kind, by, p.ID, now)
	e.To, e.ManageShown = string(p.Visibility), &g.ManageKnown
	if was != p.Visibility {
		e.From = string(was)
	}
	return tx.AddAudit(e)
}

// setVisibility sets who sees the Page. Users who lose access get a new epoch if they regain
// it.
func setVisibility(p *store.Page, v model.Visibility) {
	if p.Visibility == model.Shared && v == model.Private {
		p.AccessGen++
	}
	p.Visibility = v
}

// SetVisibility makes a Page private or shared; only its installer may.
func (i *Installations) SetVisibility(ctx context.Context, user model.User, id model.PageID, v model.Visibility) (model.Page, error) {
	p, err := i.Change(ctx, id, func(tx store.PageTx, p *store.Page) error {
		if p.Installer.ID != user.ID {
			return model.Refuse(model.NotInstaller)
		}
		if p.UninstalledAt != nil {
			return model.Refuse(model.PageDisconnected)
		}
		if p.Visibility == v {
			return nil
		}
		e := audit.AboutPage(model.AuditVisibility, user, id, i.now())
		e.From, e.To = string(p.Visibility), string(v)
		setVisibility(p, v)
		return tx.AddAudit(e)
	})
	p.Sees = true
	if err == nil {
		i.log.Info("page's visibility set", logkey.Page, string(id), logkey.User, string(user.ID), "visibility", string(v))
	}
	return p, err
}

// Change changes a Page. When it returns, users who lost access are sent nothing of it any
// more.
func (i *Installations) Change(ctx context.Context, id model.PageID, f func(store.PageTx, *store.Page) error) (model.Page, error) {
	var out store.Page
	err := i.store.Write(ctx, id, func(tx store.PageTx) error {
		p, err := tx.Page(id)
		if err != nil {
			return err
		}
		if err := f(tx, &p); err != nil {
			return err
		}
		if err := tx.PutPage(&p); err != nil {
			return err
		}
		out = p
		return nil
	})
	if err == nil {
		i.pageChanged(out)
	}
	return out.Page, err
}

// unsubscribeDeadline bounds unsubscribing from a Page's webhooks: the Page is uninstalled here
// whatever Meta answers.
const unsubscribeDeadline = 5 * time.Second

// Uninstall disconnects a Page; any admin may. Its conversations stay readable for those who
// could read them, and its queued replies fail.
func (i *Installations) Uninstall(ctx context.Context, user model.User, id model.PageID) (model.Page, error) {
	user, err := i.roles.FreshRole(ctx, user.ID)
	if err != nil {
		return model.Page{}, err
	}
	if !user.Admin {
		return model.Page{}, model.Refuse(model.NotAdmin)
	}
	var out store.Page
	var token string
	err = i.store.Write(ctx, id, func(tx store.PageTx) error {
		b, err := txn.Begin(tx, id, i.now())
		if err != nil {
			return err
		}
		if b.Page.UninstalledAt == nil {
			if token, err = i.token(b.Page); err != nil {
				return err
			}
			b.Page.UninstalledAt, b.Page.Subscribed, b.PageChanged = &b.Now, false, true
			b.Page.SealedToken, b.Page.Token = "", ""
			if err := i.failQueued(b); err != nil {
				return err
			}
			if err := tx.AddAudit(audit.AboutPage(model.AuditUninstalled, user, id, b.Now)); err != nil {
				return err
			}
		}
		err = b.Flush()
		out = b.Page
		return err
	})
	if err != nil {
		return model.Page{}, err
	}
	i.pageChanged(out)
	if token != "" {
		i.unsubscribe(ctx, id, token)
	}
	i.log.Info("page uninstalled", logkey.Page, string(id), logkey.User, string(user.ID))
	if !model.CanSee(user.ID, out.Page) {
		return out.Public(), nil
	}
	out.Sees = true
	return out.Page, nil
}

func (i *Installations) unsubscribe(ctx context.Context, id model.PageID, token string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), unsubscribeDeadline)
	defer cancel()
	if err := i.meta.Unsubscribe(ctx, token, id.Meta()); err != nil {
		i.log.Warn("unsubscribe from the page's webhooks", logkey.Page, string(id), logkey.Error, err)
	}
}
