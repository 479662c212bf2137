package sandbox

import (
	"crypto/hmac"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/sandbox/seeded"
)

// How long what the dialog makes is good for.
//
// Source: Facebook Login, "Manually build a login flow"; "Long-lived access tokens".
const (
	codeLife       = 10 * time.Minute
	shortTokenLife = 90 * time.Minute
	longTokenLife  = 60 * 24 * time.Hour
)

// graphOAuth is where the Graph API, called without a version, makes tokens; the other
// paths below /oauth/ are Pipedrive's.
const graphOAuth = "/oauth/access_token"

// authorization is a code that the dialog gave out, for who asks to take once.
type authorization struct {
	owner    *account
	scopes   []string
	redirect string
	expires  time.Time
	used     bool
}

// isDialog tells whether a path is Facebook's login dialog.
func isDialog(path string) bool {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	if len(segments) == 3 && versionPrefix(segments[0]) {
		segments = segments[1:]
	}
	return len(segments) == 2 && segments[0] == "dialog" && segments[1] == "oauth"
}

//go:embed dialog.html
var dialogHTML string

var dialogPage = template.Must(template.New("dialog").Parse(dialogHTML))

// asked is what an app asks the dialog for.
type asked struct {
	Client, Redirect, State string
	Scopes                  []string
	App                     string
	People                  []signer
	Problem                 string
}

// signer is somebody as the dialog shows them.
type signer struct{ Key, Name, About string }

// readAsked reads what the app asks for, and what is wrong with it.
func (s *Sandbox) readAsked(q url.Values) asked {
	a := asked{Client: q.Get("client_id"), Redirect: q.Get("redirect_uri"), State: q.Get("state"), App: appName}
	for name := range strings.FieldsFuncSeq(q.Get("scope"), func(r rune) bool { return r == ',' || r == ' ' }) {
		a.Scopes = append(a.Scopes, name)
		if !slices.Contains(scopes(), name) {
			a.Problem = "Invalid Scopes: " + name + "."
		}
	}
	target, err := url.Parse(a.Redirect)
	switch {
	case a.Client != s.info.AppID:
		a.Problem = "Invalid App ID: the provided app ID does not look like a valid app ID."
	case err != nil || target.Host == "" || target.Fragment != "" || target.Scheme != "https" && target.Scheme != "http":
		a.Problem = "URL Blocked: the redirect URI is not a valid one."
	case q.Get("response_type") != "" && q.Get("response_type") != "code":
		a.Problem = "The sandbox gives out codes only: response_type=code."
	}
	for _, who := range s.accounts {
		a.People = append(a.People, signer{who.key, who.name, who.about})
	}
	return a
}

// serveDialog is Facebook's login dialog: who one is, what the app may do, yes or no.
func (s *Sandbox) serveDialog(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxGraphBody)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	a := s.readAsked(r.Form)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case a.Problem != "" || r.Method == http.MethodGet:
		if a.Problem != "" {
			w.WriteHeader(http.StatusBadRequest)
		}
		if err := dialogPage.Execute(w, a); err != nil {
			s.log.Error("show dialog", "err", err)
		}
	default:
		s.decide(w, r, a)
	}
}

// decide sends the person back to the app, with a code or the news that they said no.
func (s *Sandbox) decide(w http.ResponseWriter, r *http.Request, a asked) {
	target, _ := url.Parse(a.Redirect) // was read before
	q := target.Query()
	i := slices.IndexFunc(s.accounts, func(p *account) bool { return p.key == r.PostForm.Get("person") })
	if r.PostForm.Get("answer") != "continue" || i < 0 {
		q.Set("error", "access_denied")
		q.Set("error_code", "200")
		q.Set("error_description", "Permissions error")
		q.Set("error_reason", "user_denied")
	} else {
		var granted []string
		for _, name := range r.PostForm["grant"] {
			if slices.Contains(a.Scopes, name) {
				granted = append(granted, name)
			}
		}
		q.Set("code", s.authorize(s.accounts[i], append(granted, "public_profile"), a.Redirect))
	}
	if a.State != "" {
		q.Set("state", a.State)
	}
	target.RawQuery = q.Encode()
	target.Fragment = "_=_" // as Facebook appends it
	http.Redirect(w, r, target.String(), http.StatusFound)
}

// authorize makes a code.
func (s *Sandbox) authorize(who *account, granted []string, redirect string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := s.freshToken("AQ")
	s.codes[code] = &authorization{owner: who, scopes: granted, redirect: redirect, expires: s.now().Add(codeLife)}
	return code
}

// freshToken makes a secret that nobody had before. mu held.
func (s *Sandbox) freshToken(prefix string) string {
	s.serial++
	raw := seeded.Derive(s.opts.Seed, prefix+" "+s.now().String()+" "+strconv.FormatUint(s.serial, 10))
	return prefix + strings.NewReplacer("-", "Z", "_", "Q").Replace(base64.RawURLEncoding.EncodeToString(raw[:]))
}

// accessToken answers GET /oauth/access_token: a code becomes a person's token, a
// person's token becomes a long-lived one.
func (s *Sandbox) accessToken(c *call) (any, error) {
	if c.param("client_id") != s.info.AppID {
		return nil, &graphError{code: 101, message: "Error validating application. Cannot get application info due to a system error."}
	}
	if !hmac.Equal([]byte(c.param("client_secret")), []byte(s.info.AppSecret)) {
		return nil, &graphError{code: 1, status: http.StatusBadRequest, message: "Error validating client secret."}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if c.param("grant_type") == "fb_exchange_token" {
		held := s.tokens[c.param("fb_exchange_token")]
		if held == nil || held.who != asUser || !held.valid(now) {
			return nil, errBadToken()
		}
		return s.grantToken(held.owner, held.scopes, longTokenLife), nil
	}
	a := s.codes[c.param("code")]
	switch {
	case a == nil:
		return nil, &graphError{code: 100, message: "Invalid verification code format."}
	case a.used:
		return nil, &graphError{code: 100, subcode: 36009, message: "This authorization code has been used."}
	case !now.Before(a.expires):
		return nil, &graphError{code: 100, subcode: 36007, message: "This authorization code has expired."}
	case a.redirect != c.param("redirect_uri"):
		return nil, &graphError{code: 100, subcode: 36008, message: "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request"}
	}
	a.used = true
	return s.grantToken(a.owner, a.scopes, shortTokenLife), nil
}

// grantToken makes a person's token. mu held.
func (s *Sandbox) grantToken(who *account, granted []string, life time.Duration) map[string]any {
	made := s.freshToken("EAA")
	s.tokens[made] = &credential{who: asUser, owner: who, scopes: granted, expires: s.now().Add(life)}
	return map[string]any{"access_token": made, "token_type": "bearer", "expires_in": int(life.Seconds())}
}
