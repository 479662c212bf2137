// Package meta is Meta's wire: the ids and secrets of the one app, Page and installer there
// are, the shapes of webhooks, how bodies are encoded and how they are signed. It has no
// state.
package meta

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"parley/sandbox/seeded"
)

// Identity is who there is and by what they are known. All of it follows from the seed, but
// for the address.
type Identity struct {
	Seed              uint64
	URL               string // where the Graph API, the dialog and media are served
	AppID, AppSecret  string
	PageID, PageToken string
	UserID, UserToken string // the installer's
	VerifyToken       string // what an app may use as one
}

// Identify makes the identity of a seed.
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

// AccessToken makes an access token that looks like one of Meta's.
func AccessToken(seed uint64, label string) string {
	a, b := seeded.Derive(seed, label), seeded.Derive(seed, label+"+")
	raw := base64.RawURLEncoding.EncodeToString(append(a[:], b[:32]...))
	return "EAA" + strings.NewReplacer("-", "Z", "_", "Q").Replace(raw)
}

// MessageID makes a mid out of what sets the message apart.
func MessageID(seed uint64, label string) string {
	sum := seeded.Derive(seed, "mid "+label)
	return "m_" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// AppToken is the app's own token.
func (i Identity) AppToken() string { return i.AppID + "|" + i.AppSecret }

// MediaURL is where a picture or file of a customer can be fetched.
func (i Identity) MediaURL(name string) string { return i.URL + "/media/" + name }

// Media is an attachment on our own address.
func (i Identity) Media(kind, name string) Attachment {
	payload, _ := json.Marshal(map[string]string{"url": i.MediaURL(name)})
	return Attachment{Type: kind, Payload: payload}
}

// LikeSticker is the thumb that the Like button sends.
const LikeSticker = "369239263222822"

// Sticker is the attachment of a sticker; of the thumb for what is no sticker's id.
func (i Identity) Sticker(id string) Attachment {
	number, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		number, _ = strconv.ParseUint(LikeSticker, 10, 64)
	}
	payload, _ := json.Marshal(map[string]any{"url": i.MediaURL("sticker-" + id + ".png"), "sticker_id": number})
	return Attachment{Type: "sticker", Payload: payload}
}
