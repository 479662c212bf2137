package accounts

import (
	"crypto/rand"
	"strings"
	"sync"
	"time"
)

// Letters of the short code of a sign-in: no vowels, so that it makes no word, and none
// that are mistaken for another (RFC 8628, 6.1). Eight of them are 34 bits; it lives ten
// minutes, and tries are counted.
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
		if int(b[0]) < even { // so that each letter is as likely
			letters = append(letters, shortLetters[int(b[0])%len(shortLetters)])
		}
	}
	return grouped(string(letters))
}

func grouped(letters string) string {
	return letters[:shortLength/2] + "-" + letters[shortLength/2:]
}

// NormaliseShortCode forgives case, spaces and missing hyphens; "" is no short code.
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

// devicePolls is when each sign-in that waits was last asked about. It is kept here
// alone: to ask early after a restart does no harm.
type devicePolls struct {
	mu sync.Mutex
	at map[string]time.Time // by the device code's hash
}

func newDevicePolls() *devicePolls { return &devicePolls{at: make(map[string]time.Time)} }

// early notes a question, and tells whether it comes too early after the one before.
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
