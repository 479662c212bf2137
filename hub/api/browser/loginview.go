package browser

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"sync"

	"golang.org/x/text/language"

	"parley/hub/api/door"
	"parley/i18n"
	"parley/model"
)

// loginPage is the content of a sign-in page.
type loginPage struct {
	Title, Text i18n.ID
	// Enter asks for the short code; Wrong says what was wrong with the last one.
	Enter bool
	Wrong i18n.ID
	// Code is the code to confirm; Form is the form token.
	Code, Form string
	// From is the address of the terminal that asks; empty if it is no longer known.
	From string
	// Name and Email are those of the user who signed in.
	Name, Email string
	Refused     model.Code
}

const loginStyle = `body{font:1.05rem/1.6 system-ui,sans-serif;max-width:30rem;margin:12vh auto;padding:0 1.2rem;color:#1c1c1c;background:#fff}` +
	`h1{font-size:1.4rem}code{display:block;font:700 2.2rem/1.4 ui-monospace,monospace;letter-spacing:.1em;margin:1rem 0}` +
	`input,button{font:inherit;padding:.5rem .8rem}button{cursor:pointer}small{color:#666}` +
	`@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}small{color:#aaa}}`

// loginStyleHash allows this style and no other.
var loginStyleHash = func() string {
	sum := sha256.Sum256([]byte(loginStyle))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}()

var loginTemplate = template.Must(template.New("login").Parse(`<!doctype html>
<html lang="{{.Lang}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Title}} - Parley</title>
<style>{{.Style}}</style>
<h1>{{.Title}}</h1>
{{with .Wrong}}<p role="alert">{{.}}</p>
{{end}}<p>{{.Text}}</p>
{{if .Enter}}<form method="get" action="/login">
<input name="code" aria-label="{{.Label}}" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="16" size="12" required autofocus>
<button>{{.Button}}</button>
</form>
{{end}}{{if .Code}}<code>{{.Code}}</code>
{{with .From}}<p>{{.}}</p>
{{end}}<form method="post" action="/login">
<input type="hidden" name="code" value="{{.Code}}">
<input type="hidden" name="form" value="{{.Form}}">
<button autofocus>{{.Button}}</button>
</form>
<p><small>{{.Warning}}</small></p>
{{end}}{{with .Refused}}<p><small>{{.}}</small></p>
{{end}}</html>
`))

// speakers are the localizers of both languages, made once: that takes longer than a page.
var speakers = sync.OnceValue(func() [2]*i18n.Localizer { return [2]*i18n.Localizer{i18n.New("en"), i18n.New("ja")} })

// inLanguage returns the localizer of the language that a browser's user prefers.
func inLanguage(accept string) *i18n.Localizer {
	tags, _, _ := language.ParseAcceptLanguage(accept) // an invalid list means no preference
	_, i, _ := language.NewMatcher([]language.Tag{language.English, language.Japanese}).Match(tags...)
	return speakers()[i]
}

// page writes a sign-in page.
func (s *SignInPages) page(w http.ResponseWriter, r *http.Request, status int, p loginPage) {
	say := inLanguage(r.Header.Get("Accept-Language"))
	lang := "en"
	if say.Japanese() {
		lang = "ja"
	}
	shown := map[string]any{
		"Lang": lang, "Style": template.CSS(loginStyle), "Title": say.Say(p.Title), //nolint:gosec // it is a constant
		"Text": say.Say(p.Text, "Name", p.Name, "Email", p.Email, "Detail", ""), "Enter": p.Enter, "Code": p.Code, "Form": p.Form,
		"Refused": p.Refused, "Label": say.Say(i18n.LoginPageEnter), "Button": say.Say(i18n.LoginPageGoOn), "Warning": say.Say(i18n.LoginPageWarning),
	}
	if p.From != "" {
		shown["From"] = say.Say(i18n.LoginPageFrom, "Address", p.From, "Yours", door.HostOf(r.RemoteAddr))
	}
	if p.Wrong != "" {
		shown["Wrong"] = say.Say(p.Wrong)
	}
	var b bytes.Buffer
	if err := loginTemplate.Execute(&b, shown); err != nil {
		s.door.Log.Error("make a page of the sign-in", "error", err)
		status = http.StatusInternalServerError
	}
	s.pageHeaders(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", lang)
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}
