package sandbox

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"parley/sandbox/seeded"
	"parley/sandbox/wait"
)

// How living customers behave.
const (
	firstAfter     = 300 * time.Millisecond // the first message, once events go out
	answersInARow  = 2
	answerSoonest  = time.Second
	answerSpread   = 3 * time.Second
	secondThought  = 2 * time.Second // until an edit
	afterTheButton = 800 * time.Millisecond
)

// life is the mood of a customer who writes by themselves.
type life struct {
	rng     *rand.Rand
	began   bool
	chatty  bool // comes back with new matters
	reads   bool // lets the shop see that they read
	answers int  // how often they will still answer
	pending bool // an answer is on its way
	// introduction is what they write first of all; empty: anything.
	introduction string
}

// newLife is the mood of the nth living customer. What they say depends on the
// seed and on them alone, not on when others write.
func newLife(seed uint64, n int) *life {
	rng := seeded.Stream(seed, fmt.Sprintf("life %d", n))
	return &life{rng: rng, chatty: n%2 == 0, reads: n%6 != 5}
}

// live lets the living customers write, together at Options.Rate, from the time
// that events go out until ctx ends.
func (s *Sandbox) live(ctx context.Context) {
	if s.opts.Rate == 0 || s.opts.Customers == 0 {
		return
	}
	select {
	case <-ctx.Done():
		return
	case <-s.active:
	}
	rng := seeded.Stream(s.opts.Seed, "rhythm")
	gap := float64(time.Second) / s.opts.Rate
	due := time.Now().Add(firstAfter)
	for turn := 0; ; {
		if !wait.Sleep(ctx, max(time.Until(due), time.Millisecond)) {
			return
		}
		for !due.After(time.Now()) {
			due = due.Add(max(time.Duration(gap*(0.5+rng.Float64())), time.Microsecond))
			n := s.speak(turn)
			turn += min(n, 1)
			due = due.Add(time.Duration(gap * float64(max(n-1, 0))))
		}
	}
}

// speak lets whoever's turn it is begin a new matter; it tells how many messages
// that makes. First everybody writes once, then the chatty ones come back.
func (s *Sandbox) speak(turn int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paused || !s.listening() {
		return 0
	}
	living := s.world.living
	for i := range living {
		c := living[(turn+i)%len(living)]
		if c.life.began && (turn < len(living) || !c.life.chatty) {
			continue
		}
		return s.open(c)
	}
	return s.open(living[turn%len(living)])
}

// open begins a new matter: plain text mostly, now and then by an ad or a link,
// with a picture or a sticker, or in haste and edited. It tells how many messages
// that makes. mu held.
func (s *Sandbox) open(c *customer) int {
	l, lines := c.life, scriptFor(c.person.lang)
	first := !l.began
	l.began, l.answers = true, 1+l.rng.IntN(answersInARow)
	text := c.says(one(l.rng, lines.openers...))
	roll := l.rng.IntN(100)
	switch {
	case first && l.introduction != "":
		s.write(c, wording{text: c.says(l.introduction)})
	case first && roll < 12:
		s.write(c, wording{text: text, referral: adReferral(s.mediaURL("ad.png"))})
	case first && roll < 22:
		s.start(c, "shop-window")
		s.after(afterTheButton, func() { s.write(c, wording{text: text}) })
		return 2
	case roll < 32:
		s.write(c, wording{text: text})
		s.write(c, wording{attachments: []attachment{s.media("image", fmt.Sprintf("photo-%s-%d.png", c.psid, roll))}})
		return 2
	case roll < 40:
		s.write(c, wording{attachments: []attachment{s.sticker(fmt.Sprint(likeSticker))}})
	case roll < 44:
		s.write(c, wording{text: text, attachments: []attachment{s.media("file", "order-"+c.psid+".pdf")}})
	case roll < 52:
		mid := s.write(c, wording{text: lines.typo})
		s.after(secondThought, func() { s.amend(s.world.messages[mid], lines.fixed) })
	default:
		s.write(c, wording{text: text})
	}
	return 1
}

// answerLater lets a living customer answer a reply after a few seconds, a couple
// of times; then they fall silent. mu held.
func (s *Sandbox) answerLater(c *customer) {
	l := c.life
	if l == nil || s.opts.Rate == 0 || s.paused || l.answers == 0 || l.pending {
		return
	}
	l.answers--
	l.pending = true
	wait := answerSoonest + time.Duration(l.rng.Int64N(int64(answerSpread)))
	s.after(wait, func() {
		l.pending = false
		s.respond(c)
	})
}

// respond is a customer's answer to what the Page wrote last. mu held.
func (s *Sandbox) respond(c *customer) {
	l, lines := c.life, scriptFor(c.person.lang)
	if s.paused {
		return
	}
	last := c.lastOfPage()
	if last != nil && l.rng.IntN(4) == 0 {
		s.react(last, "love", "❤")
	}
	switch {
	case l.answers == 0:
		s.write(c, wording{text: one(l.rng, lines.thanks...)})
	case last != nil && l.rng.IntN(5) == 0:
		s.write(c, wording{text: c.says(one(l.rng, lines.answers...)), replyTo: last.mid})
	default:
		s.write(c, wording{text: c.says(one(l.rng, lines.answers...))})
	}
}

// lastOfPage is the Page's newest message to the customer, or nil.
func (c *customer) lastOfPage() *message {
	for i := len(c.messages) - 1; i >= 0; i-- {
		if c.messages[i].fromPage {
			return c.messages[i]
		}
	}
	return nil
}

// adReferral is what a click on an ad leaves on the first message.
func adReferral(photo string) *referral {
	return &referral{
		Ref: "spring-beans", AdID: "6045246247433", Source: "ADS", Type: "OPEN_THREAD",
		Ad: &adContext{Title: "春の新豆フェア / Spring beans", PhotoURL: photo, PostID: "1122334455"},
	}
}
