package pipedrive

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"time"

	"parley/sandbox/seeded"
	"parley/sandbox/web"
)

// Lifetimes of what OAuth issues.
//
// Source: Pipedrive, "OAuth authorization".
const (
	codeLife    = 5 * time.Minute
	accessLife  = time.Hour
	refreshLife = 60 * 24 * time.Hour
)

// scope is the app's scope: scopes are set for the app, not in the request.
const scope = "base,users:read,search:read,contacts:full,deals:full,leads:full"

// authorization is an unused code.
type authorization struct {
	user     *user
	redirect string
	until    time.Time
}

// grant is a user's grant to our app.
type grant struct {
	user         *user
	access       string
	accessUntil  time.Time
	refreshUntil time.Time
}

// oauth is our app, and what was issued to it. Pipedrive.mu guards its maps.
type oauth struct {
	clientID, clientSecret string
	grants                 map[string]*grant // by the refresh token
	codes                  map[string]*authorization
}

func newOAuth(seed uint64) oauth {
	return oauth{
		clientID: seeded.Hex(seed, "pipedrive client", 8), clientSecret: seeded.Hex(seed, "pipedrive client secret", 20),
		grants: make(map[string]*grant), codes: make(map[string]*authorization),
	}
}

// ServeOAuth serves what is under /oauth/.
func (p *Pipedrive) ServeOAuth(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth/authorize", p.authorize)
	mux.HandleFunc("POST /oauth/authorize", p.chosen)
	mux.HandleFunc("POST /oauth/token", p.token)
	mux.HandleFunc("POST /oauth/revoke", p.revoke)
	mux.ServeHTTP(w, r)
}

// request is a request for authorization.
type request struct{ ClientID, RedirectURI, State string }

// requested parses a request for authorization. Errors are shown here, and never sent to the
// address in it.
func (p *Pipedrive) requested(w http.ResponseWriter, v url.Values) (request, bool) {
	q := request{ClientID: v.Get("client_id"), RedirectURI: v.Get("redirect_uri"), State: v.Get("state")}
	if q.ClientID != p.oauth.clientID {
		writeConsent(w, http.StatusBadRequest, consent{Problem: "No app has this client_id."})
		return q, false
	}
	to, err := url.Parse(q.RedirectURI)
	if err != nil || to.Host == "" || to.Fragment != "" || to.Scheme != "http" && to.Scheme != "https" {
		writeConsent(w, http.StatusBadRequest, consent{Problem: "The redirect_uri is not the app's callback URL."})
		return q, false
	}
	return q, true
}

// authorize asks who the user is, and whether they grant access. Tests and scripts answer in the
// query: login=EMAIL, or login=refuse.
func (p *Pipedrive) authorize(w http.ResponseWriter, r *http.Request) {
	q, ok := p.requested(w, r.URL.Query())
	if !ok {
		return
	}
	if login := r.URL.Query().Get("login"); login != "" {
		p.decide(w, r, q, login)
		return
	}
	page := consent{Request: q}
	p.mu.Lock()
	for _, u := range p.book.users {
		if u.active {
			page.Users = append(page.Users, choice{Email: u.email, Name: u.name, Company: u.company.name, Admin: u.admin})
		}
	}
	p.mu.Unlock()
	writeConsent(w, http.StatusOK, page)
}

// chosen handles the choice on the page.
func (p *Pipedrive) chosen(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxOAuthBody)
	if err := r.ParseForm(); err != nil {
		writeConsent(w, http.StatusBadRequest, consent{Problem: "The form can't be read."})
		return
	}
	if q, ok := p.requested(w, r.PostForm); ok {
		p.decide(w, r, q, r.PostForm.Get("login"))
	}
}

// maxOAuthBody is the largest form.
const maxOAuthBody = 64 << 10

// refuses is the answer of a user who grants nothing.
const refuses = "refuse"

// decide sends the browser back with a code, or with a refusal.
func (p *Pipedrive) decide(w http.ResponseWriter, r *http.Request, q request, login string) {
	to, _ := url.Parse(q.RedirectURI) // it was checked before
	back := to.Query()
	if q.State != "" {
		back.Set("state", q.State)
	}
	if login == refuses {
		back.Set("error", "user_denied")
	} else {
		code, ok := p.grantCode(login, q.RedirectURI)
		if !ok {
			writeConsent(w, http.StatusForbidden, consent{Problem: "There is no active user with this e-mail address."})
			return
		}
		back.Set("code", code)
	}
	to.RawQuery = back.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

// grantCode issues a code for a user who grants access.
func (p *Pipedrive) grantCode(email, redirect string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.book.userByEmail(email)
	if u == nil || !u.active {
		return "", false
	}
	code := p.book.secret("code", 20)
	p.oauth.codes[code] = &authorization{user: u, redirect: redirect, until: p.now().Add(codeLife)}
	return code, true
}

// tokenError is an error of /oauth/token. The shape of its body is not documented.
func tokenError(code, message string) (status int, body any) {
	return http.StatusBadRequest, map[string]any{"success": false, "error": code, "message": message}
}

// isApp reports whether a call is our app's: by Basic authentication, or by its body.
func (p *Pipedrive) isApp(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	return id == p.oauth.clientID && subtle.ConstantTimeCompare([]byte(secret), []byte(p.oauth.clientSecret)) == 1
}

// readForm reads a call of our app; false if it is not one.
func (p *Pipedrive) readForm(w http.ResponseWriter, r *http.Request) (ok bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxOAuthBody)
	status, body := tokenError("invalid_client", "Client authentication failed")
	err := r.ParseForm()
	if err == nil && p.isApp(r) {
		return true
	}
	if err != nil {
		status, body = tokenError("invalid_request", "Bad request")
	}
	web.JSON(w, status, body)
	return false
}

// token issues tokens for a code, or new ones for a refresh token.
func (p *Pipedrive) token(w http.ResponseWriter, r *http.Request) {
	if p.fails(w, r) || !p.readForm(w, r) {
		return
	}
	var status int
	var body any
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		status, body = p.exchange(r.PostForm.Get("code"), r.PostForm.Get("redirect_uri"))
	case "refresh_token":
		status, body = p.refresh(r.PostForm.Get("refresh_token"))
	case "":
		status, body = tokenError("invalid_request", "Missing parameter: grant_type")
	default:
		status, body = tokenError("unsupported_grant_type", "Unsupported grant type")
	}
	web.JSON(w, status, body)
}

func (p *Pipedrive) exchange(name, redirect string) (status int, body any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	code := p.oauth.codes[name]
	delete(p.oauth.codes, name) // whatever follows, it is used up
	switch {
	case code == nil:
		return tokenError("invalid_grant", "Invalid grant: authorization code is invalid")
	case !p.now().Before(code.until):
		return tokenError("invalid_grant", "Invalid grant: authorization code has expired")
	case redirect != code.redirect:
		return tokenError("invalid_grant", "Invalid grant: redirect_uri does not match")
	}
	refresh := p.book.secret("refresh", 32)
	p.oauth.grants[refresh] = &grant{user: code.user}
	return p.issueTokens(refresh)
}

func (p *Pipedrive) refresh(refresh string) (status int, body any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.oauth.grants[refresh]
	if g == nil || !p.now().Before(g.refreshUntil) || !g.user.active {
		return tokenError("invalid_grant", "Invalid grant: refresh token is invalid")
	}
	return p.issueTokens(refresh)
}

// issueTokens answers with a new access token, and the same refresh token. mu must be held.
func (p *Pipedrive) issueTokens(refresh string) (status int, body any) {
	g, now := p.oauth.grants[refresh], p.now()
	g.access = p.book.secret("access", 48)
	g.accessUntil, g.refreshUntil = now.Add(accessLife), now.Add(refreshLife)
	return http.StatusOK, map[string]any{
		"access_token": g.access, "token_type": "Bearer", "expires_in": int(accessLife / time.Second),
		"refresh_token": refresh, "scope": scope, "api_domain": p.url,
	}
}

// revoke revokes a refresh or access token.
func (p *Pipedrive) revoke(w http.ResponseWriter, r *http.Request) {
	if !p.readForm(w, r) {
		return
	}
	token := r.PostForm.Get("token")
	p.mu.Lock()
	delete(p.oauth.grants, token)
	for _, g := range p.oauth.grants {
		if g.access == token {
			g.accessUntil = time.Time{}
		}
	}
	p.mu.Unlock()
	web.JSON(w, http.StatusOK, map[string]any{"success": true})
}
