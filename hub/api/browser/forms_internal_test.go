package browser

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Where browsers come by https, no neighbour under the same domain sets or reads the
// cookie; a token is good for that browser and that purpose alone.
func TestCookiesAndTokens(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{true, false} {
		f := NewForms("https://hub.example.com/parley", secure)
		rec := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/connect", nil)
		secret := f.ensureSecret(rec, r, connectCookie, "/parley/connect", time.Minute)
		set := rec.Header().Get("Set-Cookie")
		want := "parley_connect=" + secret + "; Path=/parley/connect; Max-Age=60; HttpOnly; SameSite=Lax"
		if secure {
			want = "__Host-parley_connect=" + secret + "; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax"
		}
		if set != want {
			t.Errorf("set %q, want %q", set, want)
		}
		name, _, _ := strings.Cut(set, "=")
		r.Header.Set("Cookie", name+"="+secret)
		if got := f.browser(r, connectCookie); got != secret {
			t.Errorf("known by %q", got)
		}
		if got := f.ensureSecret(httptest.NewRecorder(), r, connectCookie, "/", time.Minute); got != secret {
			t.Error("a browser that is known gets another secret")
		}
		if secure {
			r.Header.Set("Cookie", "parley_connect="+secret)
			if f.browser(r, connectCookie) != "" {
				t.Error("a cookie that a neighbour can set is taken")
			}
		}
	}
	f, other := NewForms("", false), NewForms("", false)
	seen := map[string]string{}
	for name, token := range map[string]string{
		"one": f.token("b", "x", "y"), "another browser": f.token("c", "x", "y"), "another purpose": f.token("b", "x", "z"),
		"joined": f.token("b", "xy"), "shifted": f.token("bx", "y"), "another hub": other.token("b", "x", "y"),
	} {
		if before, twice := seen[token]; twice {
			t.Errorf("%s and %s have one token", name, before)
		}
		seen[token] = name
	}
}
