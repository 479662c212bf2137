package server

import (
	"strings"

	"parley/cmd/settings"
)

// appSecrets returns the app's secrets: first the one for calls, then others listed in
// PARLEY_META_APP_SECRET, then the old one. Meta signs webhooks with the old one for a while
// after a change.
func appSecrets(s settings.Settings) []string {
	var out []string
	for _, secret := range strings.Split(s.MetaAppSecret+","+s.MetaAppSecretOld, ",") {
		if secret = strings.TrimSpace(secret); secret != "" {
			out = append(out, secret)
		}
	}
	return out
}
