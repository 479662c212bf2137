package sandbox

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"parley/sandbox/seeded"
)

// token makes an access token that looks like one of Meta's.
func token(seed uint64, label string) string {
	a, b := seeded.Derive(seed, label), seeded.Derive(seed, label+"+")
	raw := base64.RawURLEncoding.EncodeToString(append(a[:], b[:32]...))
	return "EAA" + strings.NewReplacer("-", "Z", "_", "Q").Replace(raw)
}

// messageID makes a mid out of what sets the message apart.
func messageID(seed uint64, label string) string {
	sum := seeded.Derive(seed, "mid "+label)
	return "m_" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// identify fills Info from the seed and the base URL.
func (s *Sandbox) identify(base string) {
	seed := s.opts.Seed
	secret := seeded.Derive(seed, "app secret")
	s.userID = seeded.Digits(seed, "user", 17)
	s.info = Info{
		GraphURL:    base,
		DialogURL:   base,
		PageID:      seeded.Digits(seed, "page", 15),
		PageToken:   token(seed, "page token"),
		UserToken:   token(seed, "user token"),
		AppID:       seeded.Digits(seed, "app", 16),
		AppSecret:   hex.EncodeToString(secret[:16]),
		VerifyToken: "verify-" + seeded.Digits(seed, "verify", 12),
		SMTPURL:     s.mail.URL(),
		ControlURL:  base + "/control",

		PipedriveURL: base, PipedriveOAuthURL: base,
	}
}

// nextMID makes the mid of a new message. It depends on the time too, so that a
// second run with the same seed does not repeat the ids of the first. mu held.
func (s *Sandbox) nextMID(psid string, at int64) string {
	s.serial++
	return messageID(s.opts.Seed, psid+" "+strconv.FormatInt(at, 10)+" "+strconv.FormatUint(s.serial, 10))
}
