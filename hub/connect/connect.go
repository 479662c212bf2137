package connect

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"parley/hub/accounts"
	"parley/hub/ids"
	"parley/hub/logkey"
	"parley/hub/secret"
	"parley/hub/store"
	"parley/hub/zone"
	"parley/model"
)

// Login is what this package needs of Facebook's login.
type Login interface {
	// DialogURL returns where to send a browser; it comes back to redirect with that state.
	DialogURL(redirect, state string) string
	// DialogOrigin returns the origin of that address.
	DialogOrigin() string
	// UserToken exchanges the dialog's code for a person's long-lived token, or refuses.
	UserToken(ctx context.Context, code, redirect string) (string, error)
	// Missing returns the permissions that we need for a Page and were not given.
	Missing(ctx context.Context, userToken string) ([]string, error)
	// ManagedPages returns the Pages that a person has a role on.
	ManagedPages(ctx context.Context, userToken string) ([]model.ManagedPage, error)
}

// connectLife is how long an attempt may take, from its beginning to the choice of the Page.
const connectLife = 10 * time.Minute

// maxConnects bounds how many attempts are remembered; the oldest are dropped first.
const maxConnects = 1000

// Options are the dependencies of [Connects].
type Options struct {
	Store store.Store
	// Login is Facebook's login; nil if no Page can be connected through the browser.
	Login Login
	// FreshRole reads a user again, with the role that they have now.
	FreshRole func(context.Context, model.UserID) (model.User, error)
	// Installation returns the id of the installation of a Page that a user would get and
	// whether it exists, or refuses.
	Installation func(context.Context, model.UserID, model.MetaPageID) (id model.PageID, known bool, err error)
	// Connect connects a Page for which Facebook has shown the person's rights.
	Connect func(context.Context, model.User, model.ManagedPage, model.Visibility, string) (model.Page, error)
	// GraphError returns refusals as they are and marks every other error as Meta's.
	GraphError func(doing string, err error) error
	// Now returns the time as it is stored and shown.
	Now func() time.Time
	Log *slog.Logger
}

// Connects are the attempts to connect a Page through the browser. They are in memory only: a
// person's token never reaches the disk, and after a restart the attempt starts over.
type Connects struct {
	store        store.Store
	login        Login
	freshRole    func(context.Context, model.UserID) (model.User, error)
	installation func(context.Context, model.UserID, model.MetaPageID) (id model.PageID, known bool, err error)
	connect      func(context.Context, model.User, model.ManagedPage, model.Visibility, string) (model.Page, error)
	graphError   func(doing string, err error) error
	now          func() time.Time
	log          *slog.Logger

	mu   sync.Mutex
	list []*attempt // oldest first
}

// New returns Connects without attempts.
func New(o Options) *Connects {
	return &Connects{
		store: o.Store, login: o.Login, freshRole: o.FreshRole, installation: o.Installation, connect: o.Connect,
		graphError: o.GraphError, now: o.Now, log: o.Log,
	}
}

// attempt is one attempt. Its secrets are kept hashed: that of the link, the cookie of the
// browser that opened it, the state that Facebook returns.
type attempt struct {
	model.Connect
	user       model.User
	visibility model.Visibility
	zone       string
	link       []byte
	browser    []byte
	state      []byte
	pages      []model.ManagedPage
}

func (cs *Connects) prune(now time.Time) {
	keep := cs.list[:0]
	for _, one := range cs.list {
		one.expire(now)
		if now.Before(one.ExpiresAt.Add(connectLife)) { // its outcome is shown a while longer
			keep = append(keep, one)
		}
	}
	clear(cs.list[len(keep):])
	cs.list = keep[max(0, len(keep)-maxConnects):]
}

// expire ends an attempt that took too long, unless it is being carried out.
func (a *attempt) expire(now time.Time) {
	if !a.State.Final() && a.State != model.ConnectSubscribing && !now.Before(a.ExpiresAt) {
		a.end(model.ConnectRefused, model.ConnectExpired)
	}
}

// end ends an attempt and drops its secrets.
func (a *attempt) end(state model.ConnectState, code model.Code) {
	a.State, a.Code = state, code
	a.link, a.state, a.pages = nil, nil, nil
}

// find returns the first attempt that fits, nil if none does.
func (cs *Connects) find(now time.Time, fits func(*attempt) bool) *attempt {
	cs.prune(now)
	for _, one := range cs.list {
		if fits(one) {
			return one
		}
	}
	return nil
}

// BeginConnect begins to connect a Page through the browser, for an admin. It returns the
// secret for the link to open. An earlier attempt of the same user is cancelled.
//
// zoneName is the user's time zone, as in [model.LoadZone]; empty if unknown.
func (cs *Connects) BeginConnect(ctx context.Context, user model.User, v model.Visibility, zoneName string) (model.Connect, string, error) {
	if err := zone.Check(zoneName); err != nil {
		return model.Connect{}, "", err
	}
	user, err := cs.freshRole(ctx, user.ID)
	if err != nil {
		return model.Connect{}, "", err
	}
	if !user.Admin {
		return model.Connect{}, "", model.Refuse(model.NotAdmin)
	}
	if cs.login == nil {
		return model.Connect{}, "", errNoLogin
	}
	if v == "" {
		v = model.Private
	}
	now, link := cs.now(), secret.New(secret.TokenBytes)
	one := &attempt{
		Connect: model.Connect{ID: ids.New(), State: model.ConnectWaiting, ExpiresAt: now.Add(connectLife)},
		user:    user, visibility: v, zone: zoneName, link: secret.Hash(link),
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.prune(now)
	for _, other := range cs.list {
		if other.user.ID == user.ID && !other.State.Final() && other.State != model.ConnectSubscribing {
			other.end(model.ConnectRefused, model.ConnectCancelled)
		}
	}
	cs.list = append(cs.list, one)
	return one.Connect, link, nil
}

// errNoLogin is a mistake of whoever assembled the hub.
var errNoLogin = errors.New("hub without Facebook's login")

// ConnectStatus returns an attempt to the user who began it; to others it does not exist.
func (cs *Connects) ConnectStatus(user model.User, id string) (model.Connect, error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	one := cs.find(cs.now(), func(c *attempt) bool { return c.ID == id && c.user.ID == user.ID })
	if one == nil {
		return model.Connect{}, store.ErrNotFound
	}
	return one.Connect, nil
}

// CancelConnect cancels an attempt that the user began, unless it is being carried out.
func (cs *Connects) CancelConnect(user model.User, id string) (model.Connect, error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	one := cs.find(cs.now(), func(c *attempt) bool { return c.ID == id && c.user.ID == user.ID })
	if one == nil {
		return model.Connect{}, store.ErrNotFound
	}
	if !one.State.Final() && one.State != model.ConnectSubscribing {
		one.end(model.ConnectRefused, model.ConnectCancelled)
	}
	return one.Connect, nil
}

// ConnectInvite returns the user who began the attempt that a link belongs to.
func (cs *Connects) ConnectInvite(link string) (model.User, error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	one := cs.find(cs.now(), func(c *attempt) bool { return secret.Is(c.link, link) })
	if one == nil {
		return model.User{}, model.Refuse(model.ConnectExpired)
	}
	return one.user, nil
}

// ConnectStart binds an attempt to the browser that went on from its link, and returns where to
// send the browser. A link works for one browser only; that one, known by its secret, may come
// again.
func (cs *Connects) ConnectStart(link, browser, redirect string) (dialog string, err error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	one := cs.find(cs.now(), func(c *attempt) bool { return secret.Is(c.link, link) })
	switch {
	case one == nil:
		return "", model.Refuse(model.ConnectExpired)
	case browser != "" && one.browser == nil && one.State == model.ConnectWaiting:
	case !secret.Is(one.browser, browser):
		return "", model.Refuse(model.ConnectForeign)
	case one.State == model.ConnectSubscribing: // in another tab
		return "", model.Refuse(model.ConnectExpired)
	}
	state := secret.New(secret.TokenBytes)
	one.browser, one.state, one.State = secret.Hash(browser), secret.Hash(state), model.ConnectAtFacebook
	return cs.login.DialogURL(redirect, state), nil
}

// Return is what a browser brings back from Facebook's dialog.
type Return struct {
	Browser, State, Code string
	// Declined: Facebook says that the person cancelled.
	Declined bool
	Redirect string
}

// ConnectReturn handles a browser that comes back from Facebook: it uses up the state and
// exchanges the code for the person's Pages. A refusal ends the attempt, unless it concerns
// another browser or a state that is no longer valid.
func (cs *Connects) ConnectReturn(ctx context.Context, r Return) error {
	one, err := cs.useState(r)
	if err != nil {
		return err
	}
	pages, err := cs.askPages(ctx, one.user, r)
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if one.State.Final() {
		return model.Refuse(one.Code) // cancelled meanwhile
	}
	if err != nil {
		one.end(model.ConnectRefused, cs.connectCode(err))
		return err
	}
	one.pages, one.State = pages, model.ConnectChoosing
	return nil
}

// useState uses up a state and returns its attempt.
func (cs *Connects) useState(r Return) (*attempt, error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	one := cs.find(cs.now(), func(c *attempt) bool { return secret.Is(c.state, r.State) })
	switch {
	case one == nil:
		return nil, model.Refuse(model.ConnectExpired)
	case !secret.Is(one.browser, r.Browser):
		return nil, model.Refuse(model.ConnectForeign)
	}
	one.state = nil
	return one, nil
}

// askPages asks Facebook which Pages the person can connect, and refuses if there is none.
func (cs *Connects) askPages(ctx context.Context, user model.User, r Return) ([]model.ManagedPage, error) {
	user, err := cs.freshRole(ctx, user.ID)
	switch {
	case err != nil:
		return nil, err
	case !user.Admin:
		return nil, model.Refuse(model.NotAdmin)
	case r.Declined || r.Code == "":
		return nil, model.Refuse(model.ConnectCancelled)
	}
	token, err := cs.login.UserToken(ctx, r.Code, r.Redirect)
	if err != nil {
		return nil, cs.graphError("take the dialog's code", err)
	}
	missing, err := cs.login.Missing(ctx, token)
	if err != nil {
		return nil, cs.graphError("ask for permissions", err)
	}
	if len(missing) > 0 {
		cs.log.Info("permissions not given", logkey.User, string(user.ID), "missing", missing)
		return nil, model.Refuse(model.NoPermission)
	}
	pages, err := cs.login.ManagedPages(ctx, token)
	if err != nil {
		return nil, cs.graphError("ask for the person's pages", err)
	}
	if len(pages) == 0 {
		return nil, model.Refuse(model.PersonalProfile)
	}
	why := model.NoManageTask
	for _, p := range pages {
		code, err := cs.choosable(ctx, user.ID, p)
		if code == "" || err != nil {
			return pages, err
		}
		if code != model.NoManageTask {
			why = code
		}
	}
	return nil, model.Refuse(why)
}

// choosable returns why a user can't connect a Page; "" if they can.
func (cs *Connects) choosable(ctx context.Context, user model.UserID, p model.ManagedPage) (model.Code, error) {
	if !p.FullControl {
		return model.NoManageTask, nil
	}
	_, _, err := cs.installation(ctx, user, p.ID)
	var refusal *model.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code, nil
	}
	return "", err
}

// connectCode is the code that an error shows to the user who began the attempt.
func (cs *Connects) connectCode(err error) model.Code {
	var refusal *model.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	cs.log.Warn("connect page through the browser", logkey.Error, err)
	if errors.Is(err, store.ErrUnavailable) {
		return model.StoreUnavailable
	}
	return model.GraphUnavailable
}

// Choice is what a person chooses from in the browser.
type Choice struct {
	// ID is the attempt's.
	ID         string
	User       model.User
	Visibility model.Visibility
	Pages      []ChoicePage
	// Users is how many users the hub has: those who would see a shared Page.
	Users int
}

// ChoicePage is one of the person's Pages. Code says why it can't be connected.
type ChoicePage struct {
	ID   model.MetaPageID
	Name model.Untrusted
	Code model.Code
	// Owner is the name of the user who has connected it, if that is the reason.
	Owner string
}

// ConnectChoice returns what the person in a browser can choose from.
func (cs *Connects) ConnectChoice(ctx context.Context, browser string) (Choice, error) {
	cs.mu.Lock()
	one := cs.ofBrowser(browser)
	if one == nil || one.State != model.ConnectChoosing {
		cs.mu.Unlock()
		return Choice{}, model.Refuse(model.ConnectExpired)
	}
	c := Choice{ID: one.ID, User: one.user, Visibility: one.visibility}
	pages := one.pages
	cs.mu.Unlock()

	users, err := accounts.ListUsers(ctx, cs.store)
	if err != nil {
		return Choice{}, err
	}
	c.Users = len(users)
	for _, p := range pages {
		code, err := cs.choosable(ctx, c.User.ID, p)
		if err != nil {
			return Choice{}, err
		}
		shown := ChoicePage{ID: p.ID, Name: p.Name, Code: code}
		if code == model.AlreadyConnected {
			if shown.Owner, err = cs.ownerOf(ctx, p.ID); err != nil {
				return Choice{}, err
			}
		}
		c.Pages = append(c.Pages, shown)
	}
	return c, nil
}

// ownerOf returns the name of the user who has connected a Page, which is public.
func (cs *Connects) ownerOf(ctx context.Context, page model.MetaPageID) (name string, err error) {
	err = cs.store.Read(ctx, func(r store.Reader) error {
		p, err := r.ActivePage(page)
		if errors.Is(err, store.ErrNotFound) {
			return nil // uninstalled meanwhile
		}
		name = p.Installer.Name
		return err
	})
	return name, err
}

// ofBrowser returns a browser's newest attempt, nil if there is none. The caller holds mu.
func (cs *Connects) ofBrowser(browser string) (found *attempt) {
	cs.prune(cs.now())
	for _, one := range cs.list {
		if secret.Is(one.browser, browser) {
			found = one
		}
	}
	return found
}

// ConnectChoose connects the Page that was chosen. A refusal ends the attempt.
func (cs *Connects) ConnectChoose(ctx context.Context, browser, id string, page model.MetaPageID, v model.Visibility) error {
	cs.mu.Lock()
	one := cs.ofBrowser(browser)
	if one == nil || one.ID != id || one.State != model.ConnectChoosing {
		cs.mu.Unlock()
		return model.Refuse(model.ConnectExpired)
	}
	var chosen model.ManagedPage
	for _, p := range one.pages {
		if p.ID == page {
			chosen = p
		}
	}
	if chosen.ID == "" || !v.Valid() {
		cs.mu.Unlock()
		return &model.InvalidError{Field: "page", Reason: "must be one of those shown"}
	}
	one.State = model.ConnectSubscribing
	cs.mu.Unlock()

	connected, err := cs.connect(ctx, one.user, chosen, v, one.zone)
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if err != nil {
		one.end(model.ConnectRefused, cs.connectCode(err))
		return err
	}
	one.end(model.ConnectDone, "")
	one.Page = &connected
	return nil
}

// ConnectOutcome returns the result of a browser's attempt.
func (cs *Connects) ConnectOutcome(browser string) (model.Connect, error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	one := cs.ofBrowser(browser)
	if one == nil {
		return model.Connect{}, model.Refuse(model.ConnectExpired)
	}
	return one.Connect, nil
}

// DialogOrigin returns the origin of Facebook's dialog; "" if no Page can be connected through
// the browser.
func (cs *Connects) DialogOrigin() string {
	if cs.login == nil {
		return ""
	}
	return cs.login.DialogOrigin()
}
