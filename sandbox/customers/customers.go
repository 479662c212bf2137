// Package customers is the people who write to the Page: the cast and their lines, those who
// write unprompted, past conversations, and events that can be played.
package customers

import (
	"context"
	"fmt"
	"sync"

	"parley/sandbox/agenda"
	"parley/sandbox/customers/tales"
	"parley/sandbox/messenger"
	"parley/sandbox/meta"
	"parley/sandbox/seeded"
	"parley/sandbox/webhooks"
	"parley/sandbox/world"
)

// Options say which customers there are.
type Options struct {
	Living  int     // how many write unprompted
	Rate    float64 // messages per second that they write together; 0: none
	Past    int     // conversations in the Page's inbox that no webhook reports
	History int     // old conversations that webhooks report
	// Story is the language in which further customers tell a tale, and old conversations were
	// about something: en or ja; "": nobody does.
	Story string

	Meta      meta.Identity
	Agenda    *agenda.Agenda
	World     *world.World
	Webhooks  *webhooks.Webhooks
	Messenger *messenger.Messenger
}

// Customers are the people of the sandbox. They act while Run runs.
//
// mu guards the moods of the living. It is the first in the lock order: with it held they write
// on Messenger, and nothing that holds another lock calls what takes it.
type Customers struct {
	opts      Options
	meta      meta.Identity
	world     *world.World
	hooks     *webhooks.Webhooks
	messenger *messenger.Messenger
	living    []*life           // those with a tale first
	free      []*life           // those without
	lives     map[string]*life  // by PSID
	history   []*world.Customer // oldest first

	mu     sync.Mutex
	paused bool // the living write nothing
}

// New creates the people and adds them to the world, with their past conversations.
func New(o Options) *Customers {
	c := &Customers{opts: o, meta: o.Meta, world: o.World, hooks: o.Webhooks, messenger: o.Messenger, lives: map[string]*life{}}
	o.World.Do(func(st *world.State) {
		c.populate(st)
		c.populateHistory(st)
		c.populatePast(st)
	})
	return c
}

// Run delivers history and lets the living write, from when webhooks are sent until ctx ends.
func (c *Customers) Run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { c.deliverHistory(ctx) })
	both.Go(func() { c.live(ctx) })
	both.Wait()
}

// Pause stops the living from writing, or lets them go on.
func (c *Customers) Pause(paused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paused = paused
}

// Living returns the living customers, in the order of the cast.
func (c *Customers) Living() []*world.Customer {
	list := make([]*world.Customer, 0, len(c.living))
	for _, l := range c.living {
		list = append(list, l.customer)
	}
	return list
}

// populate creates the living customers.
func (c *Customers) populate(st *world.State) {
	rng := seeded.Stream(c.meta.Seed, "cast")
	if c.opts.Story != "" {
		for i, t := range tales.In(c.opts.Story) {
			l := c.enters(st, i, t.Who)
			l.told = tales.Tell(t)
		}
	}
	for i := len(c.living); len(c.free) < c.opts.Living; i++ {
		l := c.enters(st, i, cast(rng, i))
		l.introduction = introduction(i)
		c.free = append(c.free, l)
		who := l.customer
		if i%11 == 7 {
			who.Profile = world.ProfileEmpty
		}
		if i%17 == 12 {
			who.Profile = world.ProfileNone
		}
	}
}

// enters adds the nth living customer.
func (c *Customers) enters(st *world.State, n int, p world.Person) *life {
	who := st.Add(c.psid(n), p)
	who.Phone, who.Email = phone(n), email(n)
	l := newLife(c.meta.Seed, n, who)
	c.living = append(c.living, l)
	c.lives[who.PSID] = l
	return l
}

// psid returns the id of the nth person.
func (c *Customers) psid(n int) string {
	return seeded.Digits(c.meta.Seed, fmt.Sprintf("psid %d", n), 16)
}
