package browser

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/accounts"
	"parley/hub/api/door"
	"parley/i18n"
	"parley/model"
)

// The pages for signing in with a browser.
const (
	loginPath    = "/login"
	callbackPath = "/login/callback"
	// maxLoginForm is the largest form accepted, formTime how long it may take to arrive.
	maxLoginForm = 4 << 10
	formTime     = 5 * time.Second
)

// The cookie that identifies the browser that was sent to the CRM. It lasts as long as a
// sign-in.
const (
	browserCookie = "parley_login"
	browserLife   = 10 * time.Minute
)

// SignInHub is what the pages need of the hub.
type SignInHub interface {
	CRMOrigin() string
	DeviceWaits(ctx context.Context, code string) error
	SendToCRM(ctx context.Context, code, browser string) (string, error)
	FinishDeviceLogin(ctx context.Context, c accounts.CameBack) (model.User, error)
}

// SignInPages are the pages for signing in a terminal.
type SignInPages struct {
	hub   SignInHub
	door  *door.Door
	forms *Forms
	// wrong limits wrong codes.
	wrong *door.NetworkLimit
	// begunAt returns where a sign-in with a short code was begun; empty if unknown.
	begunAt func(code string) string
}

// NewSignInPages returns the pages. wrong limits wrong codes, on whichever route they are sent;
// begunAt returns where a sign-in with a short code was begun.
func NewSignInPages(hub SignInHub, d *door.Door, forms *Forms, wrong *door.NetworkLimit, begunAt func(code string) string) *SignInPages {
	return &SignInPages{hub: hub, door: d, forms: forms, wrong: wrong, begunAt: begunAt}
}

// Register serves the pages, and lists them in the OpenAPI document.
func (s *SignInPages) Register(api huma.API, mux *http.ServeMux) {
	for _, o := range []struct {
		id, method, path, summary string
		handle                    http.HandlerFunc
	}{
		{"login-page", http.MethodGet, loginPath, "The page on which the short code of a sign-in is typed or confirmed", s.loginPage},
		{"confirm-login", http.MethodPost, loginPath, "Confirm the short code; goes on to Pipedrive", s.confirmLogin},
		{"login-callback", http.MethodGet, callbackPath, "Where Pipedrive sends the browser back to", s.loginCallback},
	} {
		mux.HandleFunc(o.method+" "+o.path, o.handle)
		api.OpenAPI().AddOperation(&huma.Operation{
			OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary, Tags: []string{"accounts"},
			Description: "A page for browsers, in English or Japanese (Accept-Language). It needs no script.",
			Responses: map[string]*huma.Response{"default": {
				Description: "A page", Content: map[string]*huma.MediaType{"text/html": {Schema: &huma.Schema{Type: huma.TypeString}}},
			}},
		})
	}
}

// loginPage asks for the short code, or, if the link has one, whether the terminal shows the
// same.
func (s *SignInPages) loginPage(w http.ResponseWriter, r *http.Request) {
	typed := r.URL.Query().Get("code")
	if typed == "" {
		s.enterPage(w, r, http.StatusOK, "")
		return
	}
	code, ok := s.tryCode(w, r, typed)
	if !ok {
		return
	}
	browser := s.forms.ensureSecret(w, r, browserCookie, loginPath, browserLife)
	s.page(w, r, http.StatusOK, loginPage{
		Title: i18n.LoginPageConfirm, Text: i18n.LoginPageCompare, Code: code, Form: s.forms.token(browser, loginPath, code),
		From: s.begunAt(code),
	})
}

// confirmLogin sends the browser to the CRM if it is the one that was shown the page. Another
// site's form has neither the cookie nor the token derived from it.
func (s *SignInPages) confirmLogin(w http.ResponseWriter, r *http.Request) {
	door.ReadWithin(w, formTime)
	r.Body = http.MaxBytesReader(w, r.Body, maxLoginForm)
	if err := r.ParseForm(); err != nil {
		s.refusalPage(w, r, http.StatusBadRequest, model.LoginExpired)
		return
	}
	code, ok := s.tryCode(w, r, r.PostForm.Get("code"))
	if !ok {
		return
	}
	browser := s.forms.browser(r, browserCookie)
	if !s.forms.valid(r, browser, loginPath, code) {
		s.refusalPage(w, r, http.StatusForbidden, model.OtherBrowser)
		return
	}
	to, err := s.hub.SendToCRM(r.Context(), code, browser)
	if err != nil {
		s.errorPage(w, r, err)
		return
	}
	s.pageHeaders(w)
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // to is built from settings, not from the request
}

// loginCallback shows the result of the sign-in.
func (s *SignInPages) loginCallback(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back := accounts.CameBack{State: q.Get("state"), Code: q.Get("code"), Browser: s.forms.browser(r, browserCookie)}
	if q.Has("error") { // the values of error are documented in two ways
		back.Code = ""
	}
	u, err := s.hub.FinishDeviceLogin(r.Context(), back)
	if err != nil {
		s.errorPage(w, r, err)
		return
	}
	s.page(w, r, http.StatusOK, loginPage{Title: i18n.LoginPageDone, Text: i18n.LoginPageClose, Name: u.Name, Email: u.Email})
}

// tryCode checks the short code from a browser, and counts wrong ones together with those of
// POST /v1/login. If no sign-in waits for it, it writes the answer.
func (s *SignInPages) tryCode(w http.ResponseWriter, r *http.Request, typed string) (code string, ok bool) {
	if s.hub.CRMOrigin() == "" {
		s.refusalPage(w, r, http.StatusNotFound, model.NoBrowserLogin)
		return "", false
	}
	code = accounts.NormaliseShortCode(typed)
	err := error(model.Refuse(model.LoginExpired))
	if code != "" {
		err = s.hub.DeviceWaits(r.Context(), code)
	}
	if err == nil {
		return code, true
	}
	var refusal *model.Refusal
	if !errors.As(err, &refusal) || refusal.Code != model.LoginExpired {
		s.errorPage(w, r, err)
		return "", false
	}
	if wait := s.wrong.Count(r.RemoteAddr); wait > 0 {
		w.Header().Set("Retry-After", door.RetryAfter(wait))
		s.refusalPage(w, r, http.StatusTooManyRequests, door.CodeTries)
	} else {
		s.enterPage(w, r, http.StatusNotFound, i18n.LoginPageWrong)
	}
	return "", false
}

// errorPage shows an error in the user's language, and logs its cause.
func (s *SignInPages) errorPage(w http.ResponseWriter, r *http.Request, err error) {
	var p *door.Problem
	if !errors.As(s.door.Problem(r.Context(), err), &p) {
		p = door.NewProblem(http.StatusInternalServerError, door.CodeInternal, "")
	}
	s.refusalPage(w, r, p.Status, p.Code)
}

func (s *SignInPages) refusalPage(w http.ResponseWriter, r *http.Request, status int, code model.Code) {
	s.page(w, r, status, loginPage{Title: i18n.LoginPageFailed, Text: i18n.Code(string(code)), Refused: code})
}

// enterPage asks for the short code.
func (s *SignInPages) enterPage(w http.ResponseWriter, r *http.Request, status int, wrong i18n.ID) {
	if s.hub.CRMOrigin() == "" {
		s.refusalPage(w, r, http.StatusNotFound, model.NoBrowserLogin)
		return
	}
	s.page(w, r, status, loginPage{Title: i18n.LoginPageEnter, Text: i18n.LoginPageType, Wrong: wrong, Enter: true})
}

// pageHeaders sets the headers of every page: nothing is cached, framed, run or fetched.
func (s *SignInPages) pageHeaders(w http.ResponseWriter) {
	h := w.Header()
	forms := "'self'"
	if origin := s.hub.CRMOrigin(); origin != "" {
		// Browsers apply form-action to the redirect that follows a form, too.
		forms += " " + origin
		if u, err := url.Parse(origin); err == nil && strings.HasSuffix(u.Hostname(), ".pipedrive.com") {
			forms += " https://*.pipedrive.com"
		}
	}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src '"+loginStyleHash+"'; form-action "+forms+"; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // the address may contain a code
	h.Set("Cache-Control", "no-store")
}
