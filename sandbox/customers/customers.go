// Package customers is who writes to the Page: the cast and their lines, those who live here
// and write by themselves, the conversations from before, and events that can be played.
package customers

import (
	"context"
	"fmt"
	"sync"

	"parley/sandbox/agenda"
	"parley/sandbox/messenger"
	"parley/sandbox/meta"
	"parley/sandbox/seeded"
	"parley/sandbox/webhooks"
	"parley/sandbox/world"
)

// Options say who there is.
type Options struct {
	Living  int     // how many live here and write by themselves
	Rate    float64 // messages a second that they write together; 0: they stay silent
	Past    int     // conversations that stand in the Page's inbox, and that no webhook tells of
	History int     // old conversations that webhooks tell of

	Meta      meta.Identity
	Agenda    *agenda.Agenda
	World     *world.World
	Webhooks  *webhooks.Webhooks
	Messenger *messenger.Messenger
}

// Customers are the people of the sandbox. They live while Run runs.
//
// mu guards the moods of the living. It is the first of all locks: with it held they write
// on Messenger, and nothing that holds another one calls what takes it.
type Customers struct {
	opts      Options
	meta      meta.Identity
	world     *world.World
	hooks     *webhooks.Webhooks
	messenger *messenger.Messenger
	living    []*life
	lives     map[string]*life  // by PSID
	history   []*world.Customer // the longest ago first

	mu     sync.Mutex
	paused bool // the living hold their breath
}

// New makes the people and puts them into the world, with what they and the Page said long
// ago.
func New(o Options) *Customers {
	c := &Customers{opts: o, meta: o.Meta, world: o.World, hooks: o.Webhooks, messenger: o.Messenger, lives: map[string]*life{}}
	o.World.Do(func(st *world.State) {
		c.populate(st)
		c.populateHistory(st)
		c.populatePast(st)
	})
	return c
}

// Run lets history be told and the living write, from the time that events go out until ctx
// ends.
func (c *Customers) Run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { c.deliverHistory(ctx) })
	both.Go(func() { c.live(ctx) })
	both.Wait()
}

// Pause has the living write no more, or again.
func (c *Customers) Pause(paused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paused = paused
}

// Living are those who live here, in the order of the cast.
func (c *Customers) Living() []*world.Customer {
	list := make([]*world.Customer, 0, len(c.living))
	for _, l := range c.living {
		list = append(list, l.customer)
	}
	return list
}

// populate makes those who live here.
func (c *Customers) populate(st *world.State) {
	rng := seeded.Stream(c.meta.Seed, "cast")
	for i := range c.opts.Living {
		who := st.Add(c.psid(i), cast(rng, i))
		who.Phone, who.Email = phone(i), email(i)
		l := newLife(c.meta.Seed, i, who)
		l.introduction = introduction(i)
		if i%11 == 7 {
			who.Profile = world.ProfileEmpty
		}
		if i%17 == 12 {
			who.Profile = world.ProfileNone
		}
		c.living = append(c.living, l)
		c.lives[who.PSID] = l
	}
}

// psid is the id of the nth person.
func (c *Customers) psid(n int) string {
	return seeded.Digits(c.meta.Seed, fmt.Sprintf("psid %d", n), 16)
}
