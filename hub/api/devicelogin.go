package api

import (
	"context"
	"maps"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub"
)

// Sign-ins through a browser that may be begun, from one network and together, and grow
// back over ratePeriod. Each is a row that lives ten minutes.
const (
	devicesOfOne = 100
	devicesOfAll = 1000
)

func (s *accountRoutes) deviceLogin(api huma.API) {
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
	}, s.takeDeviceLogin)
}

// fromInput is where a request comes from.
type fromInput struct{ remote string }

// Resolve implements [huma.Resolver].
func (in *fromInput) Resolve(ctx huma.Context) []error {
	in.remote = ctx.RemoteAddr()
	return nil
}

func (s *accountRoutes) beginDeviceLogin(ctx context.Context, in *fromInput) (*body[hub.DeviceCode], error) {
	if wait := s.devices.count(in.remote); wait > 0 {
		return nil, tooMany(wait, "Too many sign-ins were begun. Wait before the next.")
	}
	code, err := s.hub.BeginDeviceLogin(ctx)
	if err != nil {
		return nil, s.door.problem(ctx, err)
	}
	s.begun.note(code.UserCode, hostOf(in.remote), s.now())
	return &body[hub.DeviceCode]{Body: code}, nil
}

type deviceInput struct {
	Body struct {
		DeviceCode string `json:"device_code" minLength:"1" maxLength:"128"`
	}
}

func (s *accountRoutes) takeDeviceLogin(ctx context.Context, in *deviceInput) (*body[loginBody], error) {
	token, u, err := s.hub.TakeDeviceLogin(ctx, in.Body.DeviceCode)
	if err != nil {
		return nil, s.door.problem(ctx, err)
	}
	return &body[loginBody]{Body: loginBody{Token: token, User: u}}, nil
}

// retryAfter is how long to wait, in whole seconds, and never too early.
func retryAfter(wait time.Duration) string { return strconv.Itoa(int(wait/time.Second) + 1) }

// begunFrom remembers from where sign-ins were begun, so that who confirms one sees it.
type begunFrom struct {
	mu   sync.Mutex
	from map[string]begun
}

type begun struct {
	host string
	at   time.Time
}

// mostBegun bounds what is remembered.
const mostBegun = 4 * devicesOfAll

// note remembers from where a sign-in was begun.
func (b *begunFrom) note(code, host string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.from == nil || len(b.from) >= mostBegun {
		b.from = map[string]begun{}
	}
	maps.DeleteFunc(b.from, func(_ string, x begun) bool { return now.Sub(x.at) > ratePeriod })
	b.from[code] = begun{host, now}
}

// of tells from where a sign-in was begun; empty: it is not known.
func (b *begunFrom) of(code string, now time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if x, ok := b.from[code]; ok && now.Sub(x.at) <= ratePeriod {
		return x.host
	}
	return ""
}

// hostOf is an address without its port.
func hostOf(remote string) string {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return ""
	}
	return a.Addr().Unmap().String()
}
