package customers

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"parley/sandbox/customers/tales"
	"parley/sandbox/messenger"
	"parley/sandbox/meta"
	"parley/sandbox/seeded"
	"parley/sandbox/wait"
	"parley/sandbox/world"
)

// How living customers behave.
const (
	firstAfter     = 300 * time.Millisecond // the first message, once webhooks are sent
	answersInARow  = 2
	answerSoonest  = time.Second
	answerSpread   = 3 * time.Second
	secondThought  = 2 * time.Second // until an edit
	afterTheButton = 800 * time.Millisecond
)

// life is the state of a customer who writes unprompted. Customers.mu guards what changes in it.
type life struct {
	customer *world.Customer
	rng      *rand.Rand
	began    bool
	chatty   bool // starts new matters later
	answers  int  // how often they will still answer
	pending  bool // an answer is on its way
	// told is the tale that they tell; nil: none.
	told *tales.Told
	// introduction is their first text; "": any.
	introduction string
}

// newLife returns the life of the nth living customer. What they say depends only on the seed
// and on them, not on when others write.
func newLife(seed uint64, n int, who *world.Customer) *life {
	who.Living, who.HidesReads = true, n%6 == 5
	return &life{customer: who, rng: seeded.Stream(seed, fmt.Sprintf("life %d", n)), chatty: n%2 == 0}
}

// live lets the living customers write, together at Options.Rate, from when webhooks are sent
// until ctx ends.
func (c *Customers) live(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-c.hooks.Active():
	}
	c.beginTales()
	if c.opts.Rate == 0 || c.opts.Living == 0 {
		return
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

// speak lets the customer whose turn it is start a new matter; it returns how many messages that
// takes. First everybody writes once, then the chatty ones write again.
func (c *Customers) speak(turn int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paused || !c.hooks.Listening() {
		return 0
	}
	for i := range c.free {
		l := c.free[(turn+i)%len(c.free)]
		if l.began && (turn < len(c.free) || !l.chatty) {
			continue
		}
		return c.open(l)
	}
	return c.open(c.free[turn%len(c.free)])
}

// open starts a new matter: mostly plain text, now and then by an ad or a link, with a picture or
// a sticker, or in haste and edited. It returns how many messages that takes. mu must be held.
func (c *Customers) open(l *life) int {
	who, lines := l.customer, c.script(l)
	first := !l.began
	l.began, l.answers = true, 1+l.rng.IntN(answersInARow)
	text := fillContacts(who, one(l.rng, lines.openers...))
	roll := l.rng.IntN(100)
	switch {
	case first && l.introduction != "":
		c.messenger.Write(who, messenger.Wording{Text: fillContacts(who, l.introduction)})
	case first && roll < 12:
		c.messenger.Write(who, messenger.Wording{Text: text, Referral: ByAd(c.meta.MediaURL("ad.png"))})
	case first && roll < 22:
		c.messenger.Start(who, "shop-window")
		c.opts.Agenda.After(afterTheButton, func() { c.messenger.Write(who, messenger.Wording{Text: text}) })
		return 2
	case roll < 32:
		c.messenger.Write(who, messenger.Wording{Text: text})
		c.messenger.Write(who, messenger.Wording{Attachments: []meta.Attachment{c.meta.Media("image", fmt.Sprintf("%s-%d/%s", who.PSID, roll, one(l.rng, photos...)))}})
		return 2
	case roll < 35:
		c.messenger.Write(who, messenger.Wording{Attachments: []meta.Attachment{c.meta.Media("audio", fmt.Sprintf("%s-%d/audioclip-%d.wav", who.PSID, roll, 1700000+roll))}})
	case roll < 40:
		c.messenger.Write(who, messenger.Wording{Attachments: []meta.Attachment{c.meta.Sticker(meta.LikeSticker)}})
	case roll < 44:
		c.messenger.Write(who, messenger.Wording{Text: text, Attachments: []meta.Attachment{c.meta.Media("file", who.PSID+"/order.pdf")}})
	case roll < 52:
		mid := c.messenger.Write(who, messenger.Wording{Text: lines.typo})
		c.opts.Agenda.After(secondThought, func() { c.messenger.Amend(mid, lines.fixed) })
	default:
		c.messenger.Write(who, messenger.Wording{Text: text})
	}
	return 1
}

// photos are what customers' photos are called.
var photos = []string{"desk.jpg", "office.jpg", "chair.jpg", "IMG_2041.jpg", "shelf.jpg"}

// script returns the script in a customer's language.
func (c *Customers) script(l *life) script {
	var lang string
	c.world.Do(func(*world.State) { lang = l.customer.Person.Lang })
	return scriptFor(lang)
}

// Got records that a customer got a message of the Page. A living one answers after a few
// seconds, a couple of times, then falls silent.
func (c *Customers) Got(who *world.Customer) {
	l := c.lives[who.PSID]
	if l == nil || l.told == nil && c.opts.Rate == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paused || l.pending || l.told == nil && l.answers == 0 {
		return
	}
	l.answers--
	l.pending = true
	pause := answerSoonest + time.Duration(l.rng.Int64N(int64(answerSpread)))
	c.opts.Agenda.After(pause, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		l.pending = false
		if l.told != nil {
			c.tellOn(l)
			return
		}
		c.respond(l)
	})
}

// respond writes a customer's answer to the Page's last message. mu must be held.
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
		c.messenger.Write(who, messenger.Wording{Text: fillContacts(who, one(l.rng, lines.answers...)), ReplyTo: last.MID})
	default:
		c.messenger.Write(who, messenger.Wording{Text: fillContacts(who, one(l.rng, lines.answers...))})
	}
}

// ByAd returns the referral of a first message after a click on an ad.
func ByAd(photo string) *meta.Referral {
	return &meta.Referral{
		Ref: "spring-beans", AdID: "6045246247433", Source: "ADS", Type: "OPEN_THREAD",
		Ad: &meta.AdContext{Title: "春の新豆フェア / Spring beans", PhotoURL: photo, PostID: "1122334455"},
	}
}
