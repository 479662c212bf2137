package pipedrive

import (
	"html/template"
	"net/http"
)

// consent is the content of the page on which a user grants the app access.
type consent struct {
	Request request
	Users   []choice
	Problem string
}

// choice is a user who can be chosen on the page.
type choice struct {
	Email, Name, Company string
	Admin                bool
}

var consentPage = template.Must(template.New("authorize").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Pipedrive (sandbox)</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}button{font:inherit;display:block;width:100%;margin:.4rem 0;padding:.5rem;text-align:left}</style>
<h1>Pipedrive <small>(sandbox)</small></h1>
{{if .Problem}}<p>{{.Problem}}</p>{{else}}
<p>Parley wants to know who you are. Who are you?</p>
<form method="post" action="/oauth/authorize">
<input type="hidden" name="client_id" value="{{.Request.ClientID}}">
<input type="hidden" name="redirect_uri" value="{{.Request.RedirectURI}}">
<input type="hidden" name="state" value="{{.Request.State}}">
{{range .Users}}<button name="login" value="{{.Email}}">{{.Name}}, {{.Email}}, {{.Company}}{{if .Admin}}, admin{{end}}</button>
{{end}}<button name="login" value="refuse">Do not let Parley in</button>
</form>{{end}}
</html>
`))

// writeConsent serves the page.
func writeConsent(w http.ResponseWriter, status int, p consent) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = consentPage.Execute(w, p) // fails only if the browser is gone
}
