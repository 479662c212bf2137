package messenger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"parley/hub/messenger/meta"
	"parley/model"
)

// ErrNoProfile means that Meta has no profile of this customer for us.
var ErrNoProfile = model.ErrNoProfile

// nameProfile is the call's name in logs.
const nameProfile = "profile"

// Fields of a profile. The locale needs a permission of its own.
const (
	profileFields       = "name,first_name,last_name"
	profileFieldsLocale = profileFields + ",locale"
)

// Profile returns what Meta says about a customer. If Meta's answer is empty, so is the name;
// if there is no profile, that is [ErrNoProfile].
//
// Source: Messenger Platform, "User profile".
func (c *Client) Profile(ctx context.Context, token string, customer model.PSID) (model.Customer, error) {
	found, err := c.profile(ctx, token, customer, profileFieldsLocale)
	if lacksPermission(err) {
		found, err = c.profile(ctx, token, customer, profileFields)
	}
	if noProfile(err) {
		return model.Customer{}, fmt.Errorf("%w: %w", ErrNoProfile, err)
	}
	return found, err
}

// noProfile reports whether Meta says that it has no profile for us.
func noProfile(err error) bool {
	var e *GraphError
	return errors.As(err, &e) &&
		(e.Has(numberNoProfile) || e.Has(numberMayNotProfile) || e.is(codeParameter, subcodeNoObject))
}

// lacksPermission reports whether an error may be caused by asking for the locale.
func lacksPermission(err error) bool {
	var e *GraphError
	if !errors.As(err, &e) || noProfile(err) {
		return false
	}
	return e.Code == codePermission || e.Code == codeParameter ||
		e.Code >= codePermissions && e.Code <= codePermissionsEnd
}

func (c *Client) profile(ctx context.Context, token string, customer model.PSID, fields string) (model.Customer, error) {
	var w struct {
		Name   meta.Loose `json:"name"`
		First  meta.Loose `json:"first_name"`
		Last   meta.Loose `json:"last_name"`
		Locale meta.Word  `json:"locale"`
	}
	err := c.do(ctx, request{
		name: nameProfile, method: http.MethodGet, path: []string{string(customer)},
		query: url.Values{"fields": {fields}}, token: token,
	}, &w)
	if err != nil {
		return model.Customer{}, err
	}
	name := string(w.Name)
	if name == "" {
		name = strings.TrimSpace(string(w.First) + " " + string(w.Last))
	}
	return model.Customer{PSID: customer, Name: model.Untrusted(name), Locale: string(w.Locale)}, nil
}
