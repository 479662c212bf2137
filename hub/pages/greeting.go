package pages

import (
	"context"

	"parley/hub/access"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/model"
)

// Greetings returns a Page's greetings as Facebook has them now, for users who see the Page.
func (i *Installations) Greetings(ctx context.Context, user model.User, id model.PageID) ([]model.Greeting, error) {
	page, token, err := i.PageWithToken(ctx, user, id)
	if err != nil {
		return nil, err
	}
	all, err := i.meta.Greetings(ctx, token, page.PageID)
	if err != nil {
		return nil, GraphError("read the greetings", err)
	}
	return all, nil
}

// SetGreeting sets the greeting of one locale. Everybody on Facebook sees it as the Page's own
// words, and it is set with its installer's token, so only the installer may.
func (i *Installations) SetGreeting(ctx context.Context, user model.User, id model.PageID, g model.Greeting) ([]model.Greeting, error) {
	return i.changeGreetings(ctx, user, id, func(all []model.Greeting) ([]model.Greeting, error) {
		// Checked only here: to a user who does not see the Page, an invalid greeting must look
		// like any other.
		if err := g.Check(); err != nil {
			return nil, err
		}
		return model.WithGreeting(all, g)
	})
}

// DeleteGreeting deletes the greeting of a locale; with an empty locale all of them.
func (i *Installations) DeleteGreeting(ctx context.Context, user model.User, id model.PageID, locale string) ([]model.Greeting, error) {
	return i.changeGreetings(ctx, user, id, func(all []model.Greeting) ([]model.Greeting, error) {
		return model.WithoutGreeting(all, locale)
	})
}

func (i *Installations) changeGreetings(
	ctx context.Context, user model.User, id model.PageID, change func([]model.Greeting) ([]model.Greeting, error),
) ([]model.Greeting, error) {
	page, token, err := i.PageWithToken(ctx, user, id)
	if err != nil {
		return nil, err
	}
	if page.Installer.ID != user.ID {
		return nil, model.Refuse(model.NotInstaller)
	}
	i.greeting.Lock()
	defer i.greeting.Unlock()
	all, err := i.meta.Greetings(ctx, token, page.PageID)
	if err != nil {
		return nil, GraphError("read the greetings", err)
	}
	if all, err = change(all); err != nil {
		return nil, err
	}
	if err := i.meta.SetGreetings(ctx, token, page.PageID, all); err != nil {
		return nil, GraphError("set the greetings", err)
	}
	i.log.Info("greetings set", logkey.Page, string(id), logkey.User, string(user.ID), "locales", len(all))
	if all == nil {
		all = []model.Greeting{}
	}
	return all, nil
}

// PageWithToken returns a Page that a user sees, and its token. It waits until the user may ask
// Facebook.
func (i *Installations) PageWithToken(ctx context.Context, user model.User, id model.PageID) (p store.Page, token string, err error) {
	if err := i.asking.Wait(ctx, user.ID, i.now()); err != nil {
		return p, "", err
	}
	err = i.store.Read(ctx, func(r store.Reader) error {
		p, err = access.Authorize(r, user.ID, id)
		return err
	})
	if err != nil {
		return p, "", err
	}
	if p.UninstalledAt != nil {
		return p, "", model.Refuse(model.PageDisconnected)
	}
	token, err = i.token(p)
	return p, token, err
}
