package sandbox

import (
	"fmt"
	"math/rand/v2"

	"parley/sandbox/seeded"
)

// Conversations from before the Page was connected.
const (
	longestPast  = 30 // messages: some have more than can be read
	firstPast    = 3_000_000
	pastPictures = 9
)

// populatePast makes conversations that stand in the Page's inbox and that no webhook
// ever tells of: they are from before the Page was connected.
func (s *Sandbox) populatePast() {
	rng := seeded.Stream(s.opts.Seed, "past")
	now := s.nowMS()
	for i := range s.opts.Past {
		c := s.add(s.psid(firstPast+i), cast(rng, i))
		at := now - lastSeen(rng, i+1).Milliseconds()
		n := 1 + rng.IntN(longestPast)
		if i%4 != 0 {
			n = 1 + n%6
		}
		for k := n - 1; k >= 0; k-- {
			s.record(s.pastMessage(c, rng, k, at))
			at -= int64(1000 + rng.IntN(3*3600*1000))
		}
	}
}

// pastMessage is the kth message of an old conversation; the first is the customer's.
func (s *Sandbox) pastMessage(c *customer, rng *rand.Rand, k int, at int64) *message {
	lines := scriptFor(c.person.lang)
	m := &message{mid: messageID(s.opts.Seed, fmt.Sprintf("past %s %d", c.psid, k)), owner: c, at: at, old: true}
	switch m.fromPage = k > 0 && rng.IntN(2) == 0; {
	case m.fromPage:
		m.text, m.appID = one(rng, lines.shop...), inboxApp
	case k > 0 && rng.IntN(pastPictures) == 0:
		m.attachments = []attachment{s.media("image", fmt.Sprintf("past-%s-%d.png", c.psid, k))}
	case k > 0 && rng.IntN(pastPictures) == 0:
		m.attachments = []attachment{s.sticker(fmt.Sprint(likeSticker))}
	case k == 0:
		m.text = one(rng, lines.openers...)
	default:
		m.text = one(rng, lines.answers...)
	}
	return m
}
