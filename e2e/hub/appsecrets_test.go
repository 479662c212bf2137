package hub

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"parley/e2e/driver"
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
	for name, set := range map[string]func(*driver.World){
		"listed": func(w *driver.World) { w.Facebook.AppSecret += ", " + old + "," + older },
		"apart":  func(w *driver.World) { w.Settings = append(w.Settings, "PARLEY_META_APP_SECRET_OLD="+old+","+older) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := driver.NewQuietWorld(t)
			w.Facebook = w.StartFacebook()
			secret := w.Facebook.AppSecret
			set(w)
			w.StartHub() // Facebook takes its address: the proof is by the first
			w.Secret(old)
			body := driver.Envelope()
			for _, s := range []string{secret, old, older} {
				w.WebhookWith(body, signedBy(s, body)).Is(http.StatusOK)
			}
			for _, s := range []string{secret + "x", "", secret + "," + old, secret + ", " + old + "," + older} {
				w.WebhookWith(body, signedBy(s, body)).Problem(http.StatusForbidden, "bad_signature")
			}
			r := driver.RunProgram(t, w.HubEnv(), "", "config").Ok()
			if strings.Contains(r.Out, old) || strings.Contains(r.Out, secret) || !strings.Contains(r.Out, "meta_app_secret_old") {
				t.Errorf("config: %s", r.Out)
			}
			w.AddAdmin("Aki").ConnectsPage().Ok()
		})
	}
}
