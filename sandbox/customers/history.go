package customers

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"parley/sandbox/customers/tales"
	"parley/sandbox/meta"
	"parley/sandbox/seeded"
	"parley/sandbox/world"
)

// inboxApp is the app id of the Page's inbox on Facebook, by which the shop's old replies were
// written.
const inboxApp = "263902037430900"

// maxBacklog is the most events of history that are queued; the rest waits for room.
const maxBacklog = 8000

// populateHistory creates the old conversations. Their ids depend on the seed alone, so that a
// second run over the same store repeats them and does not duplicate them.
func (c *Customers) populateHistory(st *world.State) {
	rng := seeded.Stream(c.meta.Seed, "history")
	now := st.Now()
	taken := map[string]bool{}
	for _, l := range c.living {
		taken[l.customer.Person.Name] = true
	}
	var about []tales.Matter
	if c.opts.Story != "" {
		about = tales.Matters(c.opts.Story)
	}
	for i := range c.opts.History {
		who := st.Add(c.psid(1_000_000+i), c.bystander(rng, i, taken))
		switch rng.IntN(25) {
		case 0:
			who.Profile = world.ProfileEmpty
		case 1:
			who.Profile = world.ProfileNone
		case 2:
			who.Unreachable = []int{551, 10}[rng.IntN(2)]
		}
		last := now - c.lastSeen(rng, i).Milliseconds()
		if len(about) > 0 {
			matter := about[0]
			if i > 0 {
				matter = about[1+(i-1)%(len(about)-1)]
			}
			c.recall(st, who, matter, last)
		} else {
			c.converse(st, who, rng, last)
		}
		c.history = append(c.history, who)
	}
	slices.SortFunc(c.history, func(a, b *world.Customer) int {
		return cmp.Or(cmp.Compare(a.Updated(), b.Updated()), cmp.Compare(b.PSID, a.PSID))
	})
}

// bystander returns the nth person of an old conversation; in a story most come from where its
// language is spoken, all write it, and no two have the same name while there are others.
func (c *Customers) bystander(rng *rand.Rand, n int, taken map[string]bool) world.Person {
	if c.opts.Story == "" {
		return cast(rng, n+len(stars()))
	}
	from, locale := castAbroad, "en_US"
	if c.opts.Story == "ja" {
		from, locale = castJapanese, "ja_JP"
	}
	const tries = 50
	p := from(rng)
	for range tries {
		if !taken[p.Name] && (locale == "ja_JP" || slices.Contains([]string{"en", "es"}, p.Lang)) {
			break
		}
		p = from(rng)
	}
	taken[p.Name] = true
	p.Lang, p.Locale = c.opts.Story, locale
	return p
}

// lastSeen returns how long ago the customer of the nth old conversation wrote. The first window
// closes while one watches; then some close within minutes, some within the day; most closed
// long ago.
func (c *Customers) lastSeen(rng *rand.Rand, n int) time.Duration {
	between := func(from, to time.Duration) time.Duration {
		return from + time.Duration(rng.Int64N(int64(to-from)))
	}
	switch roll := rng.IntN(100); {
	case n == 0 && c.opts.Story != "":
		return world.Window - between(80*time.Second, 100*time.Second)
	case n == 0:
		return world.Window - between(45*time.Second, 90*time.Second)
	case roll < 8:
		return world.Window - between(90*time.Second, 15*time.Minute)
	case roll < 33:
		return between(20*time.Minute, world.Window-15*time.Minute)
	case roll < 73:
		return between(world.Window, 30*24*time.Hour)
	default:
		return between(30*24*time.Hour, 270*24*time.Hour)
	}
}

// converse fills an old conversation, backwards from the customer's last message at the given
// time.
func (c *Customers) converse(st *world.State, who *world.Customer, rng *rand.Rand, last int64) {
	lines := scriptFor(who.Person.Lang)
	n := 2 + rng.IntN(9)
	list := make([]*world.Message, n)
	at := last
	for i := n - 1; i >= 0; i-- {
		m := &world.Message{MID: meta.MessageID(c.meta.Seed, fmt.Sprintf("history %s %d", who.PSID, i)), Owner: who, At: at, Old: true}
		m.FromPage = i != 0 && i != n-1 && rng.IntN(2) == 0
		switch {
		case m.FromPage:
			m.Text, m.AppID = one(rng, lines.shop...), inboxApp
		case i == 0 || rng.IntN(3) == 0:
			m.Text = fillContacts(who, one(rng, lines.openers...))
		case rng.IntN(12) == 0:
			m.Attachments = []meta.Attachment{c.meta.Sticker(meta.LikeSticker)}
		default:
			m.Text = fillContacts(who, one(rng, lines.answers...))
		}
		list[i] = m
		at -= int64(1000 + rng.IntN(3*3600*1000))
	}
	for _, m := range list {
		st.Record(m)
	}
	now := st.Now()
	if after := last + int64(rng.IntN(10*60*1000)) + 1000; rng.IntN(2) == 0 && after < now {
		st.Record(&world.Message{
			MID: meta.MessageID(c.meta.Seed, fmt.Sprintf("history %s reply", who.PSID)), Owner: who,
			FromPage: true, AppID: inboxApp, Text: one(rng, lines.shop...), At: after, Old: true,
		})
	}
}

// deliverHistory sends the old conversations as webhooks with their old times, once, when
// webhooks start.
func (c *Customers) deliverHistory(ctx context.Context) {
	if len(c.history) == 0 {
		return
	}
	select {
	case <-ctx.Done():
		return
	case <-c.hooks.Active():
	}
	for _, who := range c.history {
		for c.hooks.Pending() >= maxBacklog {
			select {
			case <-ctx.Done():
				return
			case <-c.hooks.Eased():
			}
		}
		if ctx.Err() != nil {
			return
		}
		c.messenger.Recount(who)
	}
}
