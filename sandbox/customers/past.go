package customers

import (
	"fmt"
	"math/rand/v2"

	"parley/sandbox/meta"
	"parley/sandbox/seeded"
	"parley/sandbox/world"
)

// Conversations from before the Page was connected.
const (
	longestPast  = 30 // messages: more than the Graph API shows of some
	firstPast    = 3_000_000
	pastPictures = 9
)

// populatePast creates conversations in the Page's inbox that no webhook ever reports: they are
// from before the Page was connected.
func (c *Customers) populatePast(st *world.State) {
	rng := seeded.Stream(c.meta.Seed, "past")
	now := st.Now()
	for i := range c.opts.Past {
		who := st.Add(c.psid(firstPast+i), cast(rng, i))
		at := now - c.lastSeen(rng, i+1).Milliseconds()
		n := 1 + rng.IntN(longestPast)
		if i%4 != 0 {
			n = 1 + n%6
		}
		for k := n - 1; k >= 0; k-- {
			st.Record(c.pastMessage(who, rng, k, at))
			at -= int64(1000 + rng.IntN(3*3600*1000))
		}
	}
}

// pastMessage creates the kth message of an old conversation; the first is the customer's.
func (c *Customers) pastMessage(who *world.Customer, rng *rand.Rand, k int, at int64) *world.Message {
	lines := scriptFor(who.Person.Lang)
	m := &world.Message{MID: meta.MessageID(c.meta.Seed, fmt.Sprintf("past %s %d", who.PSID, k)), Owner: who, At: at, Old: true}
	switch m.FromPage = k > 0 && rng.IntN(2) == 0; {
	case m.FromPage:
		m.Text, m.AppID = one(rng, lines.shop...), inboxApp
	case k > 0 && rng.IntN(pastPictures) == 0:
		m.Attachments = []meta.Attachment{c.meta.Media("image", fmt.Sprintf("past-%s-%d/desk.jpg", who.PSID, k))}
	case k > 0 && rng.IntN(pastPictures) == 0:
		m.Attachments = []meta.Attachment{c.meta.Sticker(meta.LikeSticker)}
	case k == 0:
		m.Text = one(rng, lines.openers...)
	default:
		m.Text = one(rng, lines.answers...)
	}
	return m
}
