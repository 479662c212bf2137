package messenger

import (
	"context"
	"errors"

	"parley/model"
)

// Grant returns what a token lets us do with a Page. The token may be the Page's own, which
// can't show who stands behind it, or a person's, whose list of Pages shows whether they have
// full control.
//
// It refuses a token that Meta refuses, one of another Page, a person's own profile, and a
// person without full control.
//
// Source: Graph API, "User accounts" reference; Messenger Platform, "Overview".
func (c *Client) Grant(ctx context.Context, token string, page model.MetaPageID) (model.PageGrant, error) {
	me, err := c.Me(ctx, token)
	if errors.Is(err, ErrForeignToken) || IsTokenRefused(err) {
		return model.PageGrant{}, model.Refuse(model.TokenRefused)
	}
	if err != nil {
		return model.PageGrant{}, err
	}
	switch {
	case me.Kind == KindPage && me.ID == string(page):
		return model.PageGrant{ID: page, Name: me.Name, Token: token}, nil
	case me.Kind == KindPage:
		return model.PageGrant{}, model.Refuse(model.PageUnknown)
	case me.ID == string(page):
		return model.PageGrant{}, model.Refuse(model.PersonalProfile)
	}
	return c.grantOfPerson(ctx, token, page)
}

// grantOfPerson finds a Page among those that a person has a role on.
func (c *Client) grantOfPerson(ctx context.Context, token string, page model.MetaPageID) (model.PageGrant, error) {
	accounts, err := c.Accounts(ctx, token)
	if err != nil {
		return model.PageGrant{}, err
	}
	for _, a := range accounts {
		if a.ID != page {
			continue
		}
		if !a.FullControl() || a.Token == "" {
			return model.PageGrant{}, model.Refuse(model.NoManageTask)
		}
		return model.PageGrant{ID: page, Name: a.Name, Token: a.Token, ManageKnown: true}, nil
	}
	return model.PageGrant{}, model.Refuse(model.PageUnknown)
}
