package sandbox

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// stream is the random source for one purpose. All of them follow from the one
// seed; they are separate so that what customers say does not depend on how
// often the hub happened to call.
func stream(seed uint64, purpose string) *rand.Rand {
	sum := sha256.Sum256([]byte(purpose))
	return rand.New(rand.NewPCG(seed, binary.BigEndian.Uint64(sum[:8])))
}

// derive makes a fixed secret of the seed and a label.
func derive(seed uint64, label string) [64]byte {
	return sha512.Sum512([]byte(fmt.Sprintf("parley sandbox %d %s", seed, label)))
}

// digits makes an id of n digits that never begins with zero.
func digits(seed uint64, label string, n int) string {
	sum := derive(seed, label)
	var b strings.Builder
	for i := range n {
		d := sum[i%len(sum)] % 10
		if i == 0 && d == 0 {
			d = 1
		}
		b.WriteByte('0' + d)
	}
	return b.String()
}

// token makes an access token that looks like one of Meta's.
func token(seed uint64, label string) string {
	a, b := derive(seed, label), derive(seed, label+"+")
	raw := base64.RawURLEncoding.EncodeToString(append(a[:], b[:32]...))
	return "EAA" + strings.NewReplacer("-", "Z", "_", "Q").Replace(raw)
}

// messageID makes a mid out of what sets the message apart.
func messageID(seed uint64, label string) string {
	sum := derive(seed, "mid "+label)
	return "m_" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// identify fills Info from the seed and the base URL.
func (s *Sandbox) identify(base string) {
	seed := s.opts.Seed
	secret := derive(seed, "app secret")
	s.userID = digits(seed, "user", 17)
	s.info = Info{
		GraphURL:    base,
		DialogURL:   base,
		PageID:      digits(seed, "page", 15),
		PageToken:   token(seed, "page token"),
		UserToken:   token(seed, "user token"),
		AppID:       digits(seed, "app", 16),
		AppSecret:   hex.EncodeToString(secret[:16]),
		VerifyToken: "verify-" + digits(seed, "verify", 12),
		ControlURL:  base + "/control",

		PipedriveURL: base, PipedriveOAuthURL: base,
		PipedriveToken:    s.crm.users[0].apiToken,
		PipedriveClientID: s.crm.clientID, PipedriveClientSecret: s.crm.clientSecret,
	}
}

// nextMID makes the mid of a new message. It depends on the time too, so that a
// second run with the same seed does not repeat the ids of the first. mu held.
func (s *Sandbox) nextMID(psid string, at int64) string {
	s.serial++
	return messageID(s.opts.Seed, psid+" "+strconv.FormatInt(at, 10)+" "+strconv.FormatUint(s.serial, 10))
}
