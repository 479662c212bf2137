package hub

import (
	"context"
	"errors"
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

// Login is what the hub needs of Facebook to connect a Page through the browser.
type Login interface {
	// DialogURL is where a browser is sent; it comes back to redirect with that state.
	DialogURL(redirect, state string) string
	// DialogOrigin is the origin of that address.
	DialogOrigin() string
	// UserToken makes a person's long-lived token of the dialog's code, or refuses.
	UserToken(ctx context.Context, code, redirect string) (string, error)
	// Missing returns which permissions that a Page needs were not given.
	Missing(ctx context.Context, userToken string) ([]string, error)
	// ManagedPages returns the Pages that a person may work with.
	ManagedPages(ctx context.Context, userToken string) ([]model.ManagedPage, error)
	// MessagesOff tells whether messaging is switched off in the Page's settings; false
	// where Facebook does not say.
	MessagesOff(ctx context.Context, token string, page model.MetaPageID) (bool, error)
}

// connectLife is how long an attempt may take, from its beginning to the choice of the
// Page (issue 6).
const connectLife = 10 * time.Minute

// maxConnects bounds how many attempts are remembered; the oldest go first.
const maxConnects = 1000

// connects are the attempts to connect a Page through the browser. They are held in
// memory alone: a person's token is never on disk, and after a restart one begins again.
type connects struct {
	mu   sync.Mutex
	list []*connect // in order of beginning
}

// connect is one attempt. Its secrets are kept hashed: the link of who began it, the
// cookie of the browser that took it up, the state that Facebook brings back.
type connect struct {
	model.Connect
	user       model.User
	visibility model.Visibility
	zone       string
	link       []byte
	browser    []byte
	state      []byte
	pages      []model.ManagedPage
}

func (c *connects) prune(now time.Time) {
	keep := c.list[:0]
	for _, one := range c.list {
		one.expire(now)
		if now.Before(one.ExpiresAt.Add(connectLife)) { // its outcome is told a while longer
			keep = append(keep, one)
		}
	}
	clear(c.list[len(keep):])
	c.list = keep[max(0, len(keep)-maxConnects):]
}

// expire ends an attempt whose time is over, except while it is being carried out.
func (c *connect) expire(now time.Time) {
	if !c.State.Final() && c.State != model.ConnectSubscribing && !now.Before(c.ExpiresAt) {
		c.end(model.ConnectRefused, model.ConnectExpired)
	}
}

// end brings an attempt to its end, and forgets what it was for.
func (c *connect) end(state model.ConnectState, code model.Code) {
	c.State, c.Code = state, code
	c.link, c.state, c.pages = nil, nil, nil
}

// find returns the attempt that fits; nil if none does.
func (c *connects) find(now time.Time, fits func(*connect) bool) *connect {
	c.prune(now)
	for _, one := range c.list {
		if fits(one) {
			return one
		}
	}
	return nil
}

// BeginConnect begins to connect a Page through the browser, for an admin. It answers the
// secret that the link to open has to carry. What the same user began before ends.
//
// zoneName is the user's time zone, as [model.LoadZone] has them; empty: not told.
func (h *Hub) BeginConnect(ctx context.Context, user model.User, v model.Visibility, zoneName string) (model.Connect, string, error) {
	if err := zone.Check(zoneName); err != nil {
		return model.Connect{}, "", err
	}
	user, err := h.company.FreshRole(ctx, user.ID)
	if err != nil {
		return model.Connect{}, "", err
	}
	if !user.Admin {
		return model.Connect{}, "", model.Refuse(model.NotAdmin)
	}
	if h.login == nil {
		return model.Connect{}, "", errNoLogin
	}
	if v == "" {
		v = model.Private
	}
	now, link := h.utc(), secret.New(secret.TokenBytes)
	one := &connect{
		Connect: model.Connect{ID: ids.New(), State: model.ConnectWaiting, ExpiresAt: now.Add(connectLife)},
		user:    user, visibility: v, zone: zoneName, link: secret.Hash(link),
	}
	h.connects.mu.Lock()
	defer h.connects.mu.Unlock()
	h.connects.prune(now)
	for _, other := range h.connects.list {
		if other.user.ID == user.ID && !other.State.Final() && other.State != model.ConnectSubscribing {
			other.end(model.ConnectRefused, model.ConnectCancelled)
		}
	}
	h.connects.list = append(h.connects.list, one)
	return one.Connect, link, nil
}

// errNoLogin is a mistake of whoever made the hub.
var errNoLogin = errors.New("hub without Facebook's login")

// ConnectStatus tells who began an attempt how far it is; to others there is none.
func (h *Hub) ConnectStatus(user model.User, id string) (model.Connect, error) {
	h.connects.mu.Lock()
	defer h.connects.mu.Unlock()
	one := h.connects.find(h.utc(), func(c *connect) bool { return c.ID == id && c.user.ID == user.ID })
	if one == nil {
		return model.Connect{}, ErrNotFound
	}
	return one.Connect, nil
}

// CancelConnect ends an attempt that its user began, unless it is being carried out.
func (h *Hub) CancelConnect(user model.User, id string) (model.Connect, error) {
	h.connects.mu.Lock()
	defer h.connects.mu.Unlock()
	one := h.connects.find(h.utc(), func(c *connect) bool { return c.ID == id && c.user.ID == user.ID })
	if one == nil {
		return model.Connect{}, ErrNotFound
	}
	if !one.State.Final() && one.State != model.ConnectSubscribing {
		one.end(model.ConnectRefused, model.ConnectCancelled)
	}
	return one.Connect, nil
}

// ConnectInvite tells who began the attempt that a link belongs to.
func (h *Hub) ConnectInvite(link string) (model.User, error) {
	h.connects.mu.Lock()
	defer h.connects.mu.Unlock()
	one := h.connects.find(h.utc(), func(c *connect) bool { return secret.Is(c.link, link) })
	if one == nil {
		return model.User{}, model.Refuse(model.ConnectExpired)
	}
	return one.user, nil
}

// ConnectStart binds an attempt to the browser that went on from its link, which is good
// once, and answers where the browser goes. The same browser, by the secret that it was
// given, may come again.
func (h *Hub) ConnectStart(link, browser, redirect string) (dialog string, err error) {
	h.connects.mu.Lock()
	defer h.connects.mu.Unlock()
	one := h.connects.find(h.utc(), func(c *connect) bool { return secret.Is(c.link, link) })
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
	return h.login.DialogURL(redirect, state), nil
}

// Return is what a browser brings back from Facebook's dialog.
type Return struct {
	Browser, State, Code string
	// Declined: Facebook says that the person did not go on.
	Declined bool
	Redirect string
}

// ConnectReturn takes a browser back from Facebook: the state is used up, the code becomes
// the list of the person's Pages. A refusal ends the attempt, unless it is of another
// browser's or of a state that is not good any more.
func (h *Hub) ConnectReturn(ctx context.Context, r Return) error {
	one, err := h.takeConnectState(r)
	if err != nil {
		return err
	}
	pages, err := h.askPages(ctx, one.user, r)
	h.connects.mu.Lock()
	defer h.connects.mu.Unlock()
	if one.State.Final() {
		return model.Refuse(one.Code) // cancelled meanwhile
	}
	if err != nil {
		one.end(model.ConnectRefused, h.connectCode(err))
		return err
	}
	one.pages, one.State = pages, model.ConnectChoosing
	return nil
}

// takeConnectState uses a state up.
func (h *Hub) takeConnectState(r Return) (*connect, error) {
	h.connects.mu.Lock()
	defer h.connects.mu.Unlock()
	one := h.connects.find(h.utc(), func(c *connect) bool { return secret.Is(c.state, r.State) })
	switch {
	case one == nil:
		return nil, model.Refuse(model.ConnectExpired)
	case !secret.Is(one.browser, r.Browser):
		return nil, model.Refuse(model.ConnectForeign)
	}
	one.state = nil
	return one, nil
}

// askPages asks Facebook which Pages the person can connect, and refuses where there is
// none.
func (h *Hub) askPages(ctx context.Context, user model.User, r Return) ([]model.ManagedPage, error) {
	user, err := h.company.FreshRole(ctx, user.ID)
	switch {
	case err != nil:
		return nil, err
	case !user.Admin:
		return nil, model.Refuse(model.NotAdmin)
	case r.Declined || r.Code == "":
		return nil, model.Refuse(model.ConnectCancelled)
	}
	token, err := h.login.UserToken(ctx, r.Code, r.Redirect)
	if err != nil {
		return nil, graphError("take the dialog's code", err)
	}
	missing, err := h.login.Missing(ctx, token)
	if err != nil {
		return nil, graphError("ask for permissions", err)
	}
	if len(missing) > 0 {
		h.log.Info("permissions not given", logkey.User, string(user.ID), "missing", missing)
		return nil, model.Refuse(model.NoPermission)
	}
	pages, err := h.login.ManagedPages(ctx, token)
	if err != nil {
		return nil, graphError("ask for the person's pages", err)
	}
	if len(pages) == 0 {
		return nil, model.Refuse(model.PersonalProfile)
	}
	why := model.NoManageTask
	for _, p := range pages {
		code, err := h.choosable(ctx, user.ID, p)
		if code == "" || err != nil {
			return pages, err
		}
		if code != model.NoManageTask {
			why = code
		}
	}
	return nil, model.Refuse(why)
}

// choosable tells why a Page can't be connected by a user; "" where it can.
func (h *Hub) choosable(ctx context.Context, user model.UserID, p model.ManagedPage) (model.Code, error) {
	if !p.FullControl {
		return model.NoManageTask, nil
	}
	_, _, err := h.installation(ctx, user, p.ID)
	var refusal *model.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code, nil
	}
	return "", err
}

// connectCode is the code by which an error is told to who began the attempt.
func (h *Hub) connectCode(err error) model.Code {
	var refusal *model.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	h.log.Warn("connect page through the browser", logkey.Error, err)
	if errors.Is(err, store.ErrUnavailable) {
		return model.StoreUnavailable
	}
	return model.GraphUnavailable
}

// Choice is what is to be chosen in the browser.
type Choice struct {
	// ID is the attempt's.
	ID         string
	User       model.User
	Visibility model.Visibility
	Pages      []ChoicePage
	// Users is how many work with the hub: those who would see a shared Page.
	Users int
}

// ChoicePage is a Page of the person's, with the reason why it can't be connected.
type ChoicePage struct {
	ID   model.MetaPageID
	Name model.Untrusted
	Code model.Code
	// Owner is who has connected it, where that is the reason.
	Owner string
}

// ConnectChoice tells a browser what is to be chosen.
func (h *Hub) ConnectChoice(ctx context.Context, browser string) (Choice, error) {
	h.connects.mu.Lock()
	one := h.ofBrowser(browser)
	if one == nil || one.State != model.ConnectChoosing {
		h.connects.mu.Unlock()
		return Choice{}, model.Refuse(model.ConnectExpired)
	}
	c := Choice{ID: one.ID, User: one.user, Visibility: one.visibility}
	pages := one.pages
	h.connects.mu.Unlock()

	users, err := accounts.ListUsers(ctx, h.store)
	if err != nil {
		return Choice{}, err
	}
	c.Users = len(users)
	for _, p := range pages {
		code, err := h.choosable(ctx, c.User.ID, p)
		if err != nil {
			return Choice{}, err
		}
		shown := ChoicePage{ID: p.ID, Name: p.Name, Code: code}
		if code == model.AlreadyConnected {
			if shown.Owner, err = h.ownerOf(ctx, p.ID); err != nil {
				return Choice{}, err
			}
		}
		c.Pages = append(c.Pages, shown)
	}
	return c, nil
}

// ownerOf names who has connected a Page; that is public.
func (h *Hub) ownerOf(ctx context.Context, page model.MetaPageID) (name string, err error) {
	err = h.store.Read(ctx, func(r store.Reader) error {
		p, err := r.ActivePage(page)
		if errors.Is(err, store.ErrNotFound) {
			return nil // uninstalled meanwhile
		}
		name = p.Installer.Name
		return err
	})
	return name, err
}

// ofBrowser finds the newest attempt of a browser; nil if there is none. mu held.
func (h *Hub) ofBrowser(browser string) (found *connect) {
	h.connects.prune(h.utc())
	for _, one := range h.connects.list {
		if secret.Is(one.browser, browser) {
			found = one
		}
	}
	return found
}

// ConnectChoose connects the Page that was chosen in that attempt. A refusal ends it.
func (h *Hub) ConnectChoose(ctx context.Context, browser, id string, page model.MetaPageID, v model.Visibility) error {
	h.connects.mu.Lock()
	one := h.ofBrowser(browser)
	if one == nil || one.ID != id || one.State != model.ConnectChoosing {
		h.connects.mu.Unlock()
		return model.Refuse(model.ConnectExpired)
	}
	var chosen model.ManagedPage
	for _, p := range one.pages {
		if p.ID == page {
			chosen = p
		}
	}
	if chosen.ID == "" || !v.Valid() {
		h.connects.mu.Unlock()
		return &model.InvalidError{Field: "page", Reason: "must be one of those shown"}
	}
	one.State = model.ConnectSubscribing
	h.connects.mu.Unlock()

	connected, err := h.connectManaged(ctx, one.user, chosen, v, one.zone)
	h.connects.mu.Lock()
	defer h.connects.mu.Unlock()
	if err != nil {
		one.end(model.ConnectRefused, h.connectCode(err))
		return err
	}
	one.end(model.ConnectDone, "")
	one.Page = &connected
	return nil
}

// connectManaged connects a Page of which Facebook has shown what the person may do.
func (h *Hub) connectManaged(ctx context.Context, user model.User, p model.ManagedPage, v model.Visibility, zone string) (model.Page, error) {
	c := Connection{Page: p.ID, Visibility: v, Zone: zone}
	page, _, err := h.connectPage(ctx, user, c, func(context.Context) (model.PageGrant, error) {
		if !p.FullControl {
			return model.PageGrant{}, model.Refuse(model.NoManageTask)
		}
		return model.PageGrant{ID: p.ID, Name: p.Name, Token: p.Token, ManageKnown: true}, nil
	})
	return page, err
}

// ConnectOutcome tells a browser what became of its attempt.
func (h *Hub) ConnectOutcome(browser string) (model.Connect, error) {
	h.connects.mu.Lock()
	defer h.connects.mu.Unlock()
	one := h.ofBrowser(browser)
	if one == nil {
		return model.Connect{}, model.Refuse(model.ConnectExpired)
	}
	return one.Connect, nil
}

// DialogOrigin is the origin of Facebook's dialog; "" where no Page can be connected
// through the browser.
func (h *Hub) DialogOrigin() string {
	if h.login == nil {
		return ""
	}
	return h.login.DialogOrigin()
}
