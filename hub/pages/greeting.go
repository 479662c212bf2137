package pages

import (
	"context"

	"parley/hub/access"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/model"
)

// Greetings returns what a Page greets with, as Facebook has it now, to those who see
// the Page.
func (i *Installations) Greetings(ctx context.Context, user model.User, id model.PageID) ([]model.Greeting, error) {
	page, token, err := i.OnFacebook(ctx, user, id)
	if err != nil {
		return nil, err
	}
	all, err := i.meta.Greetings(ctx, token, page.PageID)
	if err != nil {
		return nil, GraphError("read the greetings", err)
	}
	return all, nil
}

// SetGreeting sets the greeting of one locale. It is the Page's own word to everybody on
// Facebook, given by the token of who connected it: only they change it.
func (i *Installations) SetGreeting(ctx context.Context, user model.User, id model.PageID, g model.Greeting) ([]model.Greeting, error) {
	return i.changeGreetings(ctx, user, id, func(all []model.Greeting) ([]model.Greeting, error) {
		// Not before: to who does not see the Page a wrong greeting is as good as any.
		if err := g.Check(); err != nil {
			return nil, err
		}
		return model.WithGreeting(all, g)
	})
}

// DeleteGreeting deletes the greeting of a locale; empty: of all.
func (i *Installations) DeleteGreeting(ctx context.Context, user model.User, id model.PageID, locale string) ([]model.Greeting, error) {
	return i.changeGreetings(ctx, user, id, func(all []model.Greeting) ([]model.Greeting, error) {
		return model.WithoutGreeting(all, locale)
	})
}

func (i *Installations) changeGreetings(
	ctx context.Context, user model.User, id model.PageID, change func([]model.Greeting) ([]model.Greeting, error),
) ([]model.Greeting, error) {
	page, token, err := i.OnFacebook(ctx, user, id)
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

// OnFacebook returns a Page that a user sees, and the token by which Facebook is
// asked about it, when it is the user's turn to have it asked.
func (i *Installations) OnFacebook(ctx context.Context, user model.User, id model.PageID) (p store.Page, token string, err error) {
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
