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

// Protection of the forms on the hub's pages. Each page gives its browser a secret in a cookie,
// and its form a token that only this hub can derive from that secret and the form's purpose:
// what is posted was shown before, to that browser, on the page that says who asks. A post from
// another site is also refused by the headers that browsers send.

const (
	fieldForm      = "form"
	browserBytes   = 32
	browserLetters = 43 // in base 64
	formKeyBytes   = 32
)

// Forms makes the tokens of forms while the hub runs.
type Forms struct {
	key []byte
	// secure: browsers come by https, and accept cookies of this very host only.
	secure bool
	guard  *http.CrossOriginProtection
}

// NewForms returns the Forms of a hub that browsers reach at that address; secure means by
// https.
func NewForms(publicURL string, secure bool) *Forms {
	f := &Forms{key: make([]byte, formKeyBytes), secure: secure, guard: http.NewCrossOriginProtection()}
	_, _ = rand.Read(f.key) // never fails: crypto/rand ends the process instead
	// Behind a proxy a request may name another host than the one that browsers see.
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		_ = f.guard.AddTrustedOrigin(u.Scheme + "://" + u.Host) // it was parsed just before
	}
	return f
}

// foreign reports whether a form was sent from another site's page.
func (f *Forms) foreign(r *http.Request) bool { return f.guard.Check(r) != nil }

// token is the form token for that browser and purpose.
func (f *Forms) token(browser string, purpose ...string) string {
	mac := hmac.New(sha256.New, f.key)
	for _, s := range append([]string{browser}, purpose...) {
		mac.Write([]byte(strconv.Itoa(len(s)) + ":" + s))
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// valid reports whether a post comes from the form that the browser was shown.
func (f *Forms) valid(r *http.Request, browser string, purpose ...string) bool {
	want := f.token(browser, purpose...)
	return !f.foreign(r) && browser != "" && hmac.Equal([]byte(r.PostForm.Get(fieldForm)), []byte(want))
}

// cookie returns the name of a cookie. With https it is one that no other host can set.
func (f *Forms) cookie(name string) string {
	if f.secure {
		return "__Host-" + name
	}
	return name
}

// browser returns the secret by which a browser is recognised; "" if it has none.
func (f *Forms) browser(r *http.Request, name string) string {
	c, err := r.Cookie(f.cookie(name))
	if err != nil || len(c.Value) != browserLetters {
		return ""
	}
	return c.Value
}

// ensureSecret returns a browser's secret, and sets one for a while if it has none.
func (f *Forms) ensureSecret(w http.ResponseWriter, r *http.Request, name, path string, life time.Duration) string {
	secret := f.browser(r, name)
	if secret == "" {
		b := make([]byte, browserBytes)
		_, _ = rand.Read(b)
		secret = base64.RawURLEncoding.EncodeToString(b)
	}
	if f.secure {
		path = "/" // its name requires that
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever browsers come by https
		Name: f.cookie(name), Value: secret, Path: path, MaxAge: int(life.Seconds()), HttpOnly: true,
		// Lax: it is sent when Facebook or the CRM sends the browser back, but not with another
		// site's form.
		Secure: f.secure, SameSite: http.SameSiteLaxMode,
	})
	return secret
}
