package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
)

// signedBy is a webhook's signature by a secret.
func signedBy(secret string, body []byte) http.Header {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return http.Header{"X-Hub-Signature-256": {"sha256=" + hex.EncodeToString(mac.Sum(nil))}}
}

// TestAppSecretIsChanged: webhooks of either secret are taken, calls are made with the
// first, and neither is shown.
func TestAppSecretIsChanged(t *testing.T) {
	t.Parallel()
	const old, older = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
	for name, set := range map[string]func(*world){
		"listed": func(w *world) { w.facebook.AppSecret += ", " + old + "," + older },
		"apart":  func(w *world) { w.settings = append(w.settings, "PARLEY_META_APP_SECRET_OLD="+old+","+older) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newQuietWorld(t)
			w.facebook = w.startFacebook()
			secret := w.facebook.AppSecret
			set(w)
			w.startHub() // Facebook takes its address: the proof is by the first
			w.secret(old)
			body := envelope()
			for _, s := range []string{secret, old, older} {
				w.webhookWith(body, signedBy(s, body)).is(http.StatusOK)
			}
			for _, s := range []string{secret + "x", "", secret + "," + old, secret + ", " + old + "," + older} {
				w.webhookWith(body, signedBy(s, body)).problem(http.StatusForbidden, "bad_signature")
			}
			r := runProgram(t, w.hubEnv(), "", "config").ok()
			if strings.Contains(r.out, old) || strings.Contains(r.out, secret) || !strings.Contains(r.out, "meta_app_secret_old") {
				t.Errorf("config: %s", r.out)
			}
			w.addAdmin("Aki").connectsPage().ok()
		})
	}
}
