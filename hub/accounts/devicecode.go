package accounts

import (
	"crypto/rand"
	"strings"
	"sync"
	"time"
)

// The letters of a sign-in's short code: no vowels, so that it forms no word, and none that are
// easily confused (RFC 8628, 6.1). Eight of them are 34 bits; a code is valid for ten minutes,
// and attempts are rate limited.
const (
	shortLetters = "BCDFGHJKLMNPQRSTVWXZ"
	shortLength  = 8
)

// newShortCode returns a short code as people read it: WDJB-MJHT.
func newShortCode() string {
	var letters []byte
	b := make([]byte, 1)
	for len(letters) < shortLength {
		_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
		const even = 256 - 256%len(shortLetters)
		if int(b[0]) < even { // so that each letter is equally likely
			letters = append(letters, shortLetters[int(b[0])%len(shortLetters)])
		}
	}
	return grouped(string(letters))
}

func grouped(letters string) string {
	return letters[:shortLength/2] + "-" + letters[shortLength/2:]
}

// NormaliseShortCode tolerates case, spaces and missing hyphens; it returns "" if typed is no
// short code.
func NormaliseShortCode(typed string) string {
	const longest = 64
	if len(typed) > longest {
		return ""
	}
	var letters strings.Builder
	for _, r := range strings.ToUpper(typed) {
		if strings.ContainsRune(shortLetters, r) {
			letters.WriteRune(r)
		} else if !strings.ContainsRune(" -\u2010\u2011\u2013\u3000\t", r) {
			return ""
		}
	}
	if letters.Len() != shortLength {
		return ""
	}
	return grouped(letters.String())
}

// devicePolls records when each waiting sign-in was last asked about. It is in memory only:
// asking early after a restart does no harm.
type devicePolls struct {
	mu sync.Mutex
	at map[string]time.Time // by the hash of the device code
}

func newDevicePolls() *devicePolls { return &devicePolls{at: make(map[string]time.Time)} }

// early records a poll and reports whether it comes too early after the one before.
func (p *devicePolls) early(hash []byte, now time.Time, interval time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for of, at := range p.at {
		if now.Sub(at) > deviceLife {
			delete(p.at, of)
		}
	}
	before, known := p.at[string(hash)]
	p.at[string(hash)] = now
	return known && now.Sub(before) < interval
}
