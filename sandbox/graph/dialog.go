package graph

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// OAuthPath is where the Graph API, called without a version, issues tokens.
const OAuthPath = "/oauth/access_token"

// IsDialog reports whether a path is Facebook's login dialog.
func IsDialog(path string) bool {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	if len(segments) == 3 && isVersion(segments[0]) {
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

// signer is a person as the dialog shows them.
type signer struct{ Key, Name, About string }

// readAsked reads what the app asks for, and checks it.
func (l *login) readAsked(q url.Values) asked {
	a := asked{Client: q.Get("client_id"), Redirect: q.Get("redirect_uri"), State: q.Get("state"), App: appName}
	for name := range strings.FieldsFuncSeq(q.Get("scope"), func(r rune) bool { return r == ',' || r == ' ' }) {
		a.Scopes = append(a.Scopes, name)
		if !slices.Contains(scopes(), name) {
			a.Problem = "Invalid Scopes: " + name + "."
		}
	}
	target, err := url.Parse(a.Redirect)
	switch {
	case a.Client != l.meta.AppID:
		a.Problem = "Invalid App ID: the provided app ID does not look like a valid app ID."
	case err != nil || target.Host == "" || target.Fragment != "" || target.Scheme != "https" && target.Scheme != "http":
		a.Problem = "URL Blocked: the redirect URI is not a valid one."
	case q.Get("response_type") != "" && q.Get("response_type") != "code":
		a.Problem = "The sandbox gives out codes only: response_type=code."
	}
	for _, who := range l.accounts {
		a.People = append(a.People, signer{who.key, who.name, who.about})
	}
	return a
}

// ServeDialog serves Facebook's login dialog.
func (g *Graph) ServeDialog(w http.ResponseWriter, r *http.Request) { g.login.serve(w, r) }

// serve serves Facebook's login dialog: choose a person, see what the app asks for, accept or
// refuse.
func (l *login) serve(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxGraphBody)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	a := l.readAsked(r.Form)
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
			l.log.Error("show dialog", "err", err)
		}
	default:
		l.decide(w, r, a)
	}
}

// decide sends the person back to the app, with a code or a refusal.
func (l *login) decide(w http.ResponseWriter, r *http.Request, a asked) {
	target, _ := url.Parse(a.Redirect) // was checked before
	q := target.Query()
	i := slices.IndexFunc(l.accounts, func(p *account) bool { return p.key == r.PostForm.Get("person") })
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
		q.Set("code", l.authorize(l.accounts[i], append(granted, "public_profile"), a.Redirect))
	}
	if a.State != "" {
		q.Set("state", a.State)
	}
	target.RawQuery = q.Encode()
	target.Fragment = "_=_" // as Facebook appends it
	http.Redirect(w, r, target.String(), http.StatusFound)
}
