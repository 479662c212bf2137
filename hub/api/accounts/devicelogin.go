package accounts

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/accounts"
	"parley/hub/api/door"
)

// How many sign-ins through a browser may be begun, by one network and in all; the allowance
// grows back over ratePeriod. Each is a row that lives for ten minutes.
const (
	devicesOfOne = 100
	devicesOfAll = 1000
)

func (s *Routes) deviceLogin(api huma.API) {
	tags := []string{"accounts"}
	huma.Register(api, huma.Operation{
		OperationID: "begin-device-login", Method: http.MethodPost, Path: "/v1/login/device", Summary: "Begin to sign in through Pipedrive in a browser", Tags: tags,
		Description: "As RFC 8628 does it: show user_code, have verification_url_complete opened, and ask POST /v1/login/device/token every interval seconds. " +
			"Refused with no_browser_login where no app of Pipedrive is configured.",
	}, s.beginDeviceLogin)
	huma.Register(api, huma.Operation{
		OperationID: "take-device-login", Method: http.MethodPost, Path: "/v1/login/device/token", Summary: "Ask whether somebody has signed in", Tags: tags,
		Description: "The token is given once. Until then the code of the problem tells how it stands: login_pending (409), slow_down (429, with Retry-After), " +
			"login_expired (410), login_denied, wrong_company, no_company, no_account or crm_inactive (403).",
	}, s.finishDeviceLogin)
}

// fromInput is the address that a request comes from.
type fromInput struct{ remote string }

// Resolve implements [huma.Resolver].
func (in *fromInput) Resolve(ctx huma.Context) []error {
	in.remote = ctx.RemoteAddr()
	return nil
}

func (s *Routes) beginDeviceLogin(ctx context.Context, in *fromInput) (*door.Body[accounts.DeviceCode], error) {
	if wait := s.devices.Count(in.remote); wait > 0 {
		return nil, door.TooMany(wait, "Too many sign-ins were begun. Wait before the next.")
	}
	code, err := s.hub.BeginDeviceLogin(ctx)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	s.begun.record(code.UserCode, door.HostOf(in.remote), s.now())
	return &door.Body[accounts.DeviceCode]{Body: code}, nil
}

type deviceInput struct {
	Body struct {
		DeviceCode string `json:"device_code" minLength:"1" maxLength:"128"`
	}
}

func (s *Routes) finishDeviceLogin(ctx context.Context, in *deviceInput) (*door.Body[loginBody], error) {
	token, u, err := s.hub.TakeDeviceLogin(ctx, in.Body.DeviceCode)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[loginBody]{Body: loginBody{Token: token, User: u}}, nil
}
