package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/serve"
	"parley/model"
)

const bearer = "bearer"

type userKey struct{}

// signedIn marks an operation that needs a token.
var signedIn = []map[string][]string{{bearer: {}}}

// authenticate finds who asks by the bearer token, for every operation that needs
// one; it lets none through that can't tell.
func (s *Door) authenticate(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if len(ctx.Operation().Security) == 0 {
			next(ctx)
			return
		}
		token, ok := bearerToken(ctx.Header("Authorization"))
		if !ok {
			ctx.SetHeader("WWW-Authenticate", "Bearer")
			_ = huma.WriteErr(api, ctx, http.StatusUnauthorized, "A token is needed: Authorization: Bearer …")
			return
		}
		user, err := s.hub.Authenticate(ctx.Context(), token)
		if err != nil {
			if p := s.notLetIn(ctx.Context(), err); p != nil {
				if p.Status == http.StatusUnauthorized {
					ctx.SetHeader("WWW-Authenticate", "Bearer")
				}
				_ = huma.WriteErr(api, ctx, p.Status, p.Detail, p)
			}
			return
		}
		serve.Vouch(ctx.Context(), vouchedUser(user))
		end, ok := s.requests.begin(user.ID)
		if !ok {
			ctx.SetHeader("Retry-After", busyAgain)
			_ = huma.WriteErr(api, ctx, http.StatusServiceUnavailable, "", errBusy)
			return
		}
		defer end()
		next(huma.WithValue(ctx, userKey{}, user))
	}
}

// notLetIn words why a token lets nobody in: also of a user who is not active in the CRM
// any more it is the token that is refused, not what is asked for.
func (s *Door) notLetIn(ctx context.Context, err error) *Problem {
	var p *Problem
	if errors.As(s.problem(ctx, err), &p) && p.Code == model.CRMInactive {
		p.Status, p.Title = http.StatusUnauthorized, http.StatusText(http.StatusUnauthorized)
	}
	return p
}

func bearerToken(header string) (string, bool) {
	token, ok := strings.CutPrefix(header, "Bearer ")
	return token, ok && token != ""
}

// user returns who asks. Only operations with [signedIn] have one.
func user(ctx context.Context) model.User {
	u, _ := ctx.Value(userKey{}).(model.User)
	return u
}
