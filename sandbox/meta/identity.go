// Package meta is Meta's wire format: ids and secrets of the one app, Page and installer, the
// shapes of webhooks, the encoding of bodies and their signatures. It has no state.
package meta

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"parley/sandbox/seeded"
)

// Identity is the sandbox's app, Page and installer. All of it but the address follows from the
// seed.
type Identity struct {
	Seed              uint64
	URL               string // where the Graph API, the dialog and media are served
	AppID, AppSecret  string
	PageID, PageToken string
	UserID, UserToken string // the installer's
	VerifyToken       string // for an app to use
}

// Identify returns the identity of a seed.
func Identify(seed uint64, url string) Identity {
	secret := seeded.Derive(seed, "app secret")
	return Identity{
		Seed: seed, URL: url,
		AppID: seeded.Digits(seed, "app", 16), AppSecret: hex.EncodeToString(secret[:16]),
		PageID: seeded.Digits(seed, "page", 15), PageToken: AccessToken(seed, "page token"),
		UserID: seeded.Digits(seed, "user", 17), UserToken: AccessToken(seed, "user token"),
		VerifyToken: "verify-" + seeded.Digits(seed, "verify", 12),
	}
}

// AccessToken returns an access token that looks like one of Meta's.
func AccessToken(seed uint64, label string) string {
	a, b := seeded.Derive(seed, label), seeded.Derive(seed, label+"+")
	raw := base64.RawURLEncoding.EncodeToString(append(a[:], b[:32]...))
	return "EAA" + strings.NewReplacer("-", "Z", "_", "Q").Replace(raw)
}

// MessageID returns the mid for a label, which must be unique.
func MessageID(seed uint64, label string) string {
	sum := seeded.Derive(seed, "mid "+label)
	return "m_" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// AppToken returns the app's own token.
func (i Identity) AppToken() string { return i.AppID + "|" + i.AppSecret }

// MediaURL returns the address of a customer's picture or file.
func (i Identity) MediaURL(name string) string { return i.URL + "/media/" + name }

// Media returns an attachment at our own address.
func (i Identity) Media(kind, name string) Attachment {
	payload, _ := json.Marshal(map[string]string{"url": i.MediaURL(name)})
	return Attachment{Type: kind, Payload: payload}
}

// LikeSticker is the thumb that the Like button sends.
const LikeSticker = "369239263222822"

// Sticker returns the attachment of a sticker; the thumb if id is not a sticker's.
func (i Identity) Sticker(id string) Attachment {
	number, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		number, _ = strconv.ParseUint(LikeSticker, 10, 64)
	}
	payload, _ := json.Marshal(map[string]any{"url": i.MediaURL("sticker-" + id + ".png"), "sticker_id": number})
	return Attachment{Type: "sticker", Payload: payload}
}
