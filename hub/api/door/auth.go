package door

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/serve"
	"parley/model"
)

// Bearer is the name of the security scheme in the OpenAPI document.
const Bearer = "bearer"

type userKey struct{}

// SignedIn marks an operation that needs a token.
var SignedIn = []map[string][]string{{Bearer: {}}}

// Authenticate identifies the user by the bearer token, for every operation that needs one. It
// lets nobody through without one.
func (s *Door) Authenticate(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if len(ctx.Operation().Security) == 0 {
			next(ctx)
			return
		}
		token, ok := BearerToken(ctx.Header("Authorization"))
		if !ok {
			ctx.SetHeader("WWW-Authenticate", "Bearer")
			_ = huma.WriteErr(api, ctx, http.StatusUnauthorized, "A token is needed: Authorization: Bearer …")
			return
		}
		user, err := s.hub.Authenticate(ctx.Context(), token)
		if err != nil {
			if p := s.NotLetIn(ctx.Context(), err); p != nil {
				if p.Status == http.StatusUnauthorized {
					ctx.SetHeader("WWW-Authenticate", "Bearer")
				}
				_ = huma.WriteErr(api, ctx, p.Status, p.Detail, p)
			}
			return
		}
		serve.Vouch(ctx.Context(), VouchedUser(user))
		end, ok := s.requests.open(user.ID)
		if !ok {
			ctx.SetHeader("Retry-After", BusyAgain)
			_ = huma.WriteErr(api, ctx, http.StatusServiceUnavailable, "", ErrBusy)
			return
		}
		defer end()
		next(huma.WithValue(ctx, userKey{}, user))
	}
}

// NotLetIn returns the problem for a token that was refused. For a user who is no longer active
// in the CRM, too, it is the token that is refused, not the request.
func (s *Door) NotLetIn(ctx context.Context, err error) *Problem {
	var p *Problem
	if errors.As(s.Problem(ctx, err), &p) && p.Code == model.CRMInactive {
		p.Status, p.Title = http.StatusUnauthorized, http.StatusText(http.StatusUnauthorized)
	}
	return p
}

// BearerToken returns the token in the header Authorization; false if there is none.
func BearerToken(header string) (string, bool) {
	token, ok := strings.CutPrefix(header, "Bearer ")
	return token, ok && token != ""
}

// User returns the user who makes the request. Only operations with [SignedIn] have one.
func User(ctx context.Context) model.User {
	u, _ := ctx.Value(userKey{}).(model.User)
	return u
}
