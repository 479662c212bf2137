package browser

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"

	"golang.org/x/text/language"

	"parley/i18n"
)

// Pages for a browser: no script, nothing from elsewhere, one style that the policy allows by
// its hash.

//go:embed webpage.css
var webStyle string

//go:embed webpage.html
var webLayout string

// webPages renders pages in both languages.
type webPages struct {
	english, japanese *i18n.Localizer
	layout            *template.Template
	policy            string
}

// newWebPages returns pages whose forms may lead to the hub and to these origins.
func newWebPages(formOrigins string) *webPages {
	sum := sha256.Sum256([]byte(webStyle))
	return &webPages{
		english: i18n.New("en"), japanese: i18n.New("ja"),
		layout: template.Must(template.New("layout").Parse(webLayout)),
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; form-action 'self' " + formOrigins + "; frame-ancestors 'none'; base-uri 'none'",
	}
}

// words returns the localizer of the language that a browser asks for.
func (p *webPages) words(r *http.Request) *i18n.Localizer {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return p.english
	}
	_, i, _ := language.NewMatcher([]language.Tag{language.English, language.Japanese}).Match(tags...)
	if i == 1 {
		return p.japanese
	}
	return p.english
}

// webPage is the content of a page.
type webPage struct {
	Language string
	Title    string
	Style    template.CSS
	// One of these is set.
	Invite  *invitePage
	Choice  *choicePage
	Message *messagePage
}

// show answers with a page.
func (p *webPages) show(w http.ResponseWriter, r *http.Request, status int, page webPage) error {
	page.Language, page.Style = "en", template.CSS(webStyle) //nolint:gosec // the style is our own
	if p.words(r).Japanese() {
		page.Language = "ja"
	}
	var b bytes.Buffer
	if err := p.layout.Execute(&b, page); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", page.Language)
	h.Set("Vary", "Accept-Language")
	p.protect(h)
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // fails if the browser is gone
	return nil
}

// protect sets the headers of every answer to a browser: it is not cached, not shown in a
// frame, and other sites don't learn its address.
func (p *webPages) protect(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", p.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}
