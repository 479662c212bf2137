package sandbox

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"parley/sandbox/seeded"
)

// inboxApp is the app id of the Page's inbox on Facebook, where the shop wrote
// its old replies.
const inboxApp = "263902037430900"

// maxBacklog is how many events of history wait at most: the rest is made when
// there is room.
const maxBacklog = 8000

// populateHistory makes the old conversations. Their ids follow from the seed
// alone, so that a second run over the same store repeats and does not double
// them.
func (s *Sandbox) populateHistory() {
	rng := seeded.Stream(s.opts.Seed, "history")
	now := s.nowMS()
	for i := range s.opts.History {
		c := s.add(s.psid(1_000_000+i), cast(rng, i+len(stars())))
		switch rng.IntN(25) {
		case 0:
			c.profile = profileEmpty
		case 1:
			c.profile = profileNone
		case 2:
			c.unreachable = []int{551, 10}[rng.IntN(2)]
		}
		s.converse(c, rng, now-lastSeen(rng, i).Milliseconds())
		s.world.history = append(s.world.history, c)
	}
	slices.SortFunc(s.world.history, func(a, b *customer) int {
		return -later(position{a.updated(), a.psid}, position{b.updated(), b.psid})
	})
}

// lastSeen is how long ago the customer of the nth old conversation wrote. The
// first window closes while one watches; then some within minutes, some within
// the day, most long ago.
func lastSeen(rng *rand.Rand, n int) time.Duration {
	between := func(from, to time.Duration) time.Duration {
		return from + time.Duration(rng.Int64N(int64(to-from)))
	}
	switch roll := rng.IntN(100); {
	case n == 0:
		return window - between(45*time.Second, 90*time.Second)
	case roll < 8:
		return window - between(90*time.Second, 15*time.Minute)
	case roll < 33:
		return between(20*time.Minute, window-15*time.Minute)
	case roll < 73:
		return between(window, 30*24*time.Hour)
	default:
		return between(30*24*time.Hour, 270*24*time.Hour)
	}
}

// converse fills an old conversation, backwards from the customer's last message
// at the given time.
func (s *Sandbox) converse(c *customer, rng *rand.Rand, last int64) {
	lines := scriptFor(c.person.lang)
	n := 2 + rng.IntN(9)
	list := make([]*message, n)
	at := last
	for i := n - 1; i >= 0; i-- {
		m := &message{mid: messageID(s.opts.Seed, fmt.Sprintf("history %s %d", c.psid, i)), owner: c, at: at, old: true}
		m.fromPage = i != 0 && i != n-1 && rng.IntN(2) == 0
		switch {
		case m.fromPage:
			m.text, m.appID = one(rng, lines.shop...), inboxApp
		case i == 0 || rng.IntN(3) == 0:
			m.text = c.says(one(rng, lines.openers...))
		case rng.IntN(12) == 0:
			m.attachments = []attachment{s.sticker(fmt.Sprint(likeSticker))}
		default:
			m.text = c.says(one(rng, lines.answers...))
		}
		list[i] = m
		at -= int64(1000 + rng.IntN(3*3600*1000))
	}
	for _, m := range list {
		s.record(m)
	}
	now := s.nowMS()
	if after := last + int64(rng.IntN(10*60*1000)) + 1000; rng.IntN(2) == 0 && after < now {
		s.record(&message{
			mid: messageID(s.opts.Seed, fmt.Sprintf("history %s reply", c.psid)), owner: c,
			fromPage: true, appID: inboxApp, text: one(rng, lines.shop...), at: after, old: true,
		})
	}
}

// deliverHistory sends the old conversations as webhooks with their old times,
// once, when events begin to go out.
func (s *Sandbox) deliverHistory(ctx context.Context) {
	if len(s.world.history) == 0 {
		return
	}
	select {
	case <-ctx.Done():
		return
	case <-s.active:
	}
	for _, c := range s.world.history {
		for !s.recount(c) {
			select {
			case <-ctx.Done():
				return
			case <-s.eased:
			}
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// recount sends one old conversation; false when too much waits already.
func (s *Sandbox) recount(c *customer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out.pending >= maxBacklog {
		return false
	}
	for _, m := range c.messages {
		if !m.old {
			continue // written since, and told of already
		}
		if m.fromPage {
			s.emit(s.echoEvent(m, ""))
			continue
		}
		s.emit(s.messageEvent(c, wording{text: m.text, attachments: m.attachments, mid: m.mid, at: m.at, replyTo: m.replyTo}))
	}
	return true
}
