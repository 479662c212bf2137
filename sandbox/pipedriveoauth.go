package sandbox

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parley/sandbox/seeded"
	"parley/sandbox/web"
)

// How long what OAuth gives is good for.
//
// Source: Pipedrive, "OAuth authorization".
const (
	crmCodeLife    = 5 * time.Minute
	crmAccessLife  = time.Hour
	crmRefreshLife = 60 * 24 * time.Hour
)

// crmScope is what our app may do: scopes stand with the app, not in the request.
const crmScope = "base,users:read,search:read,contacts:full,deals:full,leads:full"

// crmCode is an authorization code that nobody has used yet.
type crmCode struct {
	user     *crmUser
	redirect string
	until    time.Time
}

// crmGrant is what a user has granted our app.
type crmGrant struct {
	user         *crmUser
	access       string
	accessUntil  time.Time
	refreshUntil time.Time
}

// serveOAuth answers what is under /oauth/.
func (s *Sandbox) serveOAuth(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth/authorize", s.crmAuthorize)
	mux.HandleFunc("POST /oauth/authorize", s.crmAnswer)
	mux.HandleFunc("POST /oauth/token", s.crmToken)
	mux.HandleFunc("POST /oauth/revoke", s.crmRevoke)
	mux.ServeHTTP(w, r)
}

// crmRequest is a request for authorization.
type crmRequest struct{ ClientID, RedirectURI, State string }

// crmRequested reads a request for authorization; what is wrong with it is told here, and
// never to the address that it names.
func (s *Sandbox) crmRequested(w http.ResponseWriter, v url.Values) (crmRequest, bool) {
	q := crmRequest{ClientID: v.Get("client_id"), RedirectURI: v.Get("redirect_uri"), State: v.Get("state")}
	if q.ClientID != s.info.PipedriveClientID {
		writeCRMPage(w, http.StatusBadRequest, crmPage{Problem: "No app has this client_id."})
		return q, false
	}
	to, err := url.Parse(q.RedirectURI)
	if err != nil || to.Host == "" || to.Fragment != "" || to.Scheme != "http" && to.Scheme != "https" {
		writeCRMPage(w, http.StatusBadRequest, crmPage{Problem: "The redirect_uri is not the app's callback URL."})
		return q, false
	}
	return q, true
}

// crmAuthorize asks who it is, and whether they let the app in. Tests and scripts answer
// in the query: login=EMAIL, or login=refuse.
func (s *Sandbox) crmAuthorize(w http.ResponseWriter, r *http.Request) {
	q, ok := s.crmRequested(w, r.URL.Query())
	if !ok {
		return
	}
	if login := r.URL.Query().Get("login"); login != "" {
		s.crmDecide(w, r, q, login)
		return
	}
	page := crmPage{Request: q}
	s.mu.Lock()
	for _, u := range s.crm.users {
		if u.active {
			page.Users = append(page.Users, crmChoice{Email: u.email, Name: u.name, Company: u.company.name, Admin: u.admin})
		}
	}
	s.mu.Unlock()
	writeCRMPage(w, http.StatusOK, page)
}

// crmAnswer takes what was chosen on the page.
func (s *Sandbox) crmAnswer(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxOAuthBody)
	if err := r.ParseForm(); err != nil {
		writeCRMPage(w, http.StatusBadRequest, crmPage{Problem: "The form can't be read."})
		return
	}
	if q, ok := s.crmRequested(w, r.PostForm); ok {
		s.crmDecide(w, r, q, r.PostForm.Get("login"))
	}
}

// maxOAuthBody bounds a form.
const maxOAuthBody = 64 << 10

// crmRefuses is what somebody who lets no app in answers.
const crmRefuses = "refuse"

// crmDecide sends the browser back with a code, or with the refusal.
func (s *Sandbox) crmDecide(w http.ResponseWriter, r *http.Request, q crmRequest, login string) {
	to, _ := url.Parse(q.RedirectURI) // it was looked at before
	back := to.Query()
	if q.State != "" {
		back.Set("state", q.State)
	}
	if login == crmRefuses {
		back.Set("error", "user_denied")
	} else {
		code, ok := s.crmGrantCode(login, q.RedirectURI)
		if !ok {
			writeCRMPage(w, http.StatusForbidden, crmPage{Problem: "There is no active user with this e-mail address."})
			return
		}
		back.Set("code", code)
	}
	to.RawQuery = back.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

// crmGrantCode makes a code for a user who lets the app in.
func (s *Sandbox) crmGrantCode(email, redirect string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.crm.userByEmail(email)
	if u == nil || !u.active {
		return "", false
	}
	code := s.crmSecret("code", 20)
	s.crm.codes[code] = &crmCode{user: u, redirect: redirect, until: s.now().Add(crmCodeLife)}
	return code, true
}

// crmSecret makes a secret that is like no other one. mu held.
func (s *Sandbox) crmSecret(what string, n int) string {
	s.crm.issued++
	at := strconv.FormatInt(s.now().UnixNano(), 10)
	return seeded.Hex(s.opts.Seed, "pipedrive "+what+" "+at+" "+strconv.Itoa(s.crm.issued), n)
}

// crmTokenError is a refusal of /oauth/token. The shape of its body is nowhere told.
func crmTokenError(code, message string) (status int, body any) {
	return http.StatusBadRequest, map[string]any{"success": false, "error": code, "message": message}
}

// crmClient tells whether a call is our app's: by Basic, or by what the body holds.
func (s *Sandbox) crmClient(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	return id == s.info.PipedriveClientID && subtle.ConstantTimeCompare([]byte(secret), []byte(s.info.PipedriveClientSecret)) == 1
}

// crmForm reads a call of our app's; ok is false where it is not one.
func (s *Sandbox) crmForm(w http.ResponseWriter, r *http.Request) (ok bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxOAuthBody)
	status, body := crmTokenError("invalid_client", "Client authentication failed")
	err := r.ParseForm()
	if err == nil && s.crmClient(r) {
		return true
	}
	if err != nil {
		status, body = crmTokenError("invalid_request", "Bad request")
	}
	web.JSON(w, status, body)
	return false
}

// crmToken gives tokens for a code, or new ones for a refresh token.
func (s *Sandbox) crmToken(w http.ResponseWriter, r *http.Request) {
	if s.crmFails(w, r) || !s.crmForm(w, r) {
		return
	}
	var status int
	var body any
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		status, body = s.crmExchange(r.PostForm.Get("code"), r.PostForm.Get("redirect_uri"))
	case "refresh_token":
		status, body = s.crmRefresh(r.PostForm.Get("refresh_token"))
	case "":
		status, body = crmTokenError("invalid_request", "Missing parameter: grant_type")
	default:
		status, body = crmTokenError("unsupported_grant_type", "Unsupported grant type")
	}
	web.JSON(w, status, body)
}

func (s *Sandbox) crmExchange(name, redirect string) (status int, body any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := s.crm.codes[name]
	delete(s.crm.codes, name) // whatever comes: it is used up
	switch {
	case code == nil:
		return crmTokenError("invalid_grant", "Invalid grant: authorization code is invalid")
	case !s.now().Before(code.until):
		return crmTokenError("invalid_grant", "Invalid grant: authorization code has expired")
	case redirect != code.redirect:
		return crmTokenError("invalid_grant", "Invalid grant: redirect_uri does not match")
	}
	refresh := s.crmSecret("refresh", 32)
	s.crm.grants[refresh] = &crmGrant{user: code.user}
	return s.crmGive(refresh)
}

func (s *Sandbox) crmRefresh(refresh string) (status int, body any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.crm.grants[refresh]
	if g == nil || !s.now().Before(g.refreshUntil) || !g.user.active {
		return crmTokenError("invalid_grant", "Invalid grant: refresh token is invalid")
	}
	return s.crmGive(refresh)
}

// crmGive answers with a new access token, and the refresh token as it was. mu held.
func (s *Sandbox) crmGive(refresh string) (status int, body any) {
	g, now := s.crm.grants[refresh], s.now()
	g.access = s.crmSecret("access", 48)
	g.accessUntil, g.refreshUntil = now.Add(crmAccessLife), now.Add(crmRefreshLife)
	return http.StatusOK, map[string]any{
		"access_token": g.access, "token_type": "Bearer", "expires_in": int(crmAccessLife / time.Second),
		"refresh_token": refresh, "scope": crmScope, "api_domain": s.info.PipedriveURL,
	}
}

// crmRevoke takes a refresh or access token back.
func (s *Sandbox) crmRevoke(w http.ResponseWriter, r *http.Request) {
	if !s.crmForm(w, r) {
		return
	}
	token := r.PostForm.Get("token")
	s.mu.Lock()
	delete(s.crm.grants, token)
	for _, g := range s.crm.grants {
		if g.access == token {
			g.accessUntil = time.Time{}
		}
	}
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, map[string]any{"success": true})
}
