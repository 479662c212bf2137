package customers

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"parley/sandbox/messenger"
	"parley/sandbox/meta"
	"parley/sandbox/seeded"
	"parley/sandbox/wait"
	"parley/sandbox/world"
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

// life is the mood of a customer who writes by themselves. Customers.mu guards what changes
// of it.
type life struct {
	customer *world.Customer
	rng      *rand.Rand
	began    bool
	chatty   bool // comes back with new matters
	answers  int  // how often they will still answer
	pending  bool // an answer is on its way
	// introduction is what they write first of all; empty: anything.
	introduction string
}

// newLife is the mood of the nth living customer. What they say depends on the
// seed and on them alone, not on when others write.
func newLife(seed uint64, n int, who *world.Customer) *life {
	who.Living, who.HidesReads = true, n%6 == 5
	return &life{customer: who, rng: seeded.Stream(seed, fmt.Sprintf("life %d", n)), chatty: n%2 == 0}
}

// live lets the living customers write, together at Options.Rate, from the time
// that events go out until ctx ends.
func (c *Customers) live(ctx context.Context) {
	if c.opts.Rate == 0 || c.opts.Living == 0 {
		return
	}
	select {
	case <-ctx.Done():
		return
	case <-c.hooks.Active():
	}
	rng := seeded.Stream(c.meta.Seed, "rhythm")
	gap := float64(time.Second) / c.opts.Rate
	due := time.Now().Add(firstAfter)
	for turn := 0; ; {
		if !wait.Sleep(ctx, max(time.Until(due), time.Millisecond)) {
			return
		}
		for !due.After(time.Now()) {
			due = due.Add(max(time.Duration(gap*(0.5+rng.Float64())), time.Microsecond))
			n := c.speak(turn)
			turn += min(n, 1)
			due = due.Add(time.Duration(gap * float64(max(n-1, 0))))
		}
	}
}

// speak lets whoever's turn it is begin a new matter; it tells how many messages
// that makes. First everybody writes once, then the chatty ones come back.
func (c *Customers) speak(turn int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paused || !c.hooks.Listening() {
		return 0
	}
	for i := range c.living {
		l := c.living[(turn+i)%len(c.living)]
		if l.began && (turn < len(c.living) || !l.chatty) {
			continue
		}
		return c.open(l)
	}
	return c.open(c.living[turn%len(c.living)])
}

// open begins a new matter: plain text mostly, now and then by an ad or a link,
// with a picture or a sticker, or in haste and edited. It tells how many messages
// that makes. mu held.
func (c *Customers) open(l *life) int {
	who, lines := l.customer, c.script(l)
	first := !l.began
	l.began, l.answers = true, 1+l.rng.IntN(answersInARow)
	text := says(who, one(l.rng, lines.openers...))
	roll := l.rng.IntN(100)
	switch {
	case first && l.introduction != "":
		c.messenger.Write(who, messenger.Wording{Text: says(who, l.introduction)})
	case first && roll < 12:
		c.messenger.Write(who, messenger.Wording{Text: text, Referral: ByAd(c.meta.MediaURL("ad.png"))})
	case first && roll < 22:
		c.messenger.Start(who, "shop-window")
		c.opts.Agenda.After(afterTheButton, func() { c.messenger.Write(who, messenger.Wording{Text: text}) })
		return 2
	case roll < 32:
		c.messenger.Write(who, messenger.Wording{Text: text})
		c.messenger.Write(who, messenger.Wording{Attachments: []meta.Attachment{c.meta.Media("image", fmt.Sprintf("photo-%s-%d.png", who.PSID, roll))}})
		return 2
	case roll < 40:
		c.messenger.Write(who, messenger.Wording{Attachments: []meta.Attachment{c.meta.Sticker(meta.LikeSticker)}})
	case roll < 44:
		c.messenger.Write(who, messenger.Wording{Text: text, Attachments: []meta.Attachment{c.meta.Media("file", "order-"+who.PSID+".pdf")}})
	case roll < 52:
		mid := c.messenger.Write(who, messenger.Wording{Text: lines.typo})
		c.opts.Agenda.After(secondThought, func() { c.messenger.Amend(mid, lines.fixed) })
	default:
		c.messenger.Write(who, messenger.Wording{Text: text})
	}
	return 1
}

// script is what somebody writes in their language.
func (c *Customers) script(l *life) script {
	var lang string
	c.world.Do(func(*world.State) { lang = l.customer.Person.Lang })
	return scriptFor(lang)
}

// Got tells that a customer got a message of the Page's. One who lives here answers after a
// few seconds, a couple of times; then they fall silent.
func (c *Customers) Got(who *world.Customer) {
	l := c.lives[who.PSID]
	if l == nil || c.opts.Rate == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paused || l.answers == 0 || l.pending {
		return
	}
	l.answers--
	l.pending = true
	pause := answerSoonest + time.Duration(l.rng.Int64N(int64(answerSpread)))
	c.opts.Agenda.After(pause, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		l.pending = false
		c.respond(l)
	})
}

// respond is a customer's answer to what the Page wrote last. mu held.
func (c *Customers) respond(l *life) {
	if c.paused {
		return
	}
	who, lines := l.customer, c.script(l)
	var last *world.Message
	c.world.Do(func(*world.State) { last = who.LastOfPage() })
	if last != nil && l.rng.IntN(4) == 0 {
		c.messenger.React(last, "love", "❤")
	}
	switch {
	case l.answers == 0:
		c.messenger.Write(who, messenger.Wording{Text: one(l.rng, lines.thanks...)})
	case last != nil && l.rng.IntN(5) == 0:
		c.messenger.Write(who, messenger.Wording{Text: says(who, one(l.rng, lines.answers...)), ReplyTo: last.MID})
	default:
		c.messenger.Write(who, messenger.Wording{Text: says(who, one(l.rng, lines.answers...))})
	}
}

// ByAd is what a click on an ad leaves on the first message.
func ByAd(photo string) *meta.Referral {
	return &meta.Referral{
		Ref: "spring-beans", AdID: "6045246247433", Source: "ADS", Type: "OPEN_THREAD",
		Ad: &meta.AdContext{Title: "春の新豆フェア / Spring beans", PhotoURL: photo, PostID: "1122334455"},
	}
}
