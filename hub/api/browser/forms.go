package browser

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Forms of the hub's pages. Each page gives its browser a secret in a cookie, and its form
// a token that only this hub makes of that secret and of what the form is for: what is
// posted was seen before, by that browser, on the page that says who asks. A post of
// another site is refused by what browsers say of it, too.

const (
	fieldForm      = "form"
	browserBytes   = 32
	browserLetters = 43 // in base 64
	formKeyBytes   = 32
)

// Forms makes the tokens of forms, as long as the hub runs.
type Forms struct {
	key []byte
	// secure: browsers come by https, and take cookies of this very host alone.
	secure bool
	guard  *http.CrossOriginProtection
}

// NewForms makes those of a hub that browsers reach at that address; secure: by https.
func NewForms(publicURL string, secure bool) *Forms {
	f := &Forms{key: make([]byte, formKeyBytes), secure: secure, guard: http.NewCrossOriginProtection()}
	_, _ = rand.Read(f.key) // never fails: crypto/rand ends the process instead
	// Behind a proxy a request may name another host than the one that browsers see.
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		_ = f.guard.AddTrustedOrigin(u.Scheme + "://" + u.Host) // it was just taken apart
	}
	return f
}

// foreign tells whether a form was sent from a page of somebody else's.
func (f *Forms) foreign(r *http.Request) bool { return f.guard.Check(r) != nil }

// token is what the form of a page holds that was made for that browser and purpose.
func (f *Forms) token(browser string, purpose ...string) string {
	mac := hmac.New(sha256.New, f.key)
	for _, s := range append([]string{browser}, purpose...) {
		mac.Write([]byte(strconv.Itoa(len(s)) + ":" + s))
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// seen tells whether what a browser posts comes from the form that it was shown.
func (f *Forms) seen(r *http.Request, browser string, purpose ...string) bool {
	want := f.token(browser, purpose...)
	return !f.foreign(r) && browser != "" && hmac.Equal([]byte(r.PostForm.Get(fieldForm)), []byte(want))
}

// cookie is the name of a cookie. Where browsers come by https, no other host can set it.
func (f *Forms) cookie(name string) string {
	if f.secure {
		return "__Host-" + name
	}
	return name
}

// browser is the secret by which a browser is known again; "" where it has none.
func (f *Forms) browser(r *http.Request, name string) string {
	c, err := r.Cookie(f.cookie(name))
	if err != nil || len(c.Value) != browserLetters {
		return ""
	}
	return c.Value
}

// know returns a browser's secret, and gives it one, for a while.
func (f *Forms) know(w http.ResponseWriter, r *http.Request, name, path string, life time.Duration) string {
	secret := f.browser(r, name)
	if secret == "" {
		b := make([]byte, browserBytes)
		_, _ = rand.Read(b)
		secret = base64.RawURLEncoding.EncodeToString(b)
	}
	if f.secure {
		path = "/" // as its name asks for
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever browsers come by https
		Name: f.cookie(name), Value: secret, Path: path, MaxAge: int(life.Seconds()), HttpOnly: true,
		// Lax: it comes along when Facebook or the CRM sends the browser back, and with no form
		// of another site.
		Secure: f.secure, SameSite: http.SameSiteLaxMode,
	})
	return secret
}
