// Package messenger is what customers and the Page do to each other on Messenger, and the
// webhooks about it: messages, edits, reactions, Get Started, echoes, deliveries, reads,
// Facebook's policy measures.
//
// A change of the world and its webhook are made within one Do of the world, so that a customer's
// events are sent in the order of their messages.
package messenger

import (
	"math/rand/v2"
	"sync"
	"time"

	"parley/sandbox/agenda"
	"parley/sandbox/fault"
	"parley/sandbox/meta"
	"parley/sandbox/seeded"
	"parley/sandbox/webhooks"
	"parley/sandbox/world"
)

// Options configure Messenger.
type Options struct {
	Meta     meta.Identity
	Now      func() time.Time
	Faults   *fault.List
	Agenda   *agenda.Agenda
	World    *world.World
	Webhooks *webhooks.Webhooks
}

// Messenger connects the Page with its customers. Its only state is the random source, whose lock
// is held for one draw.
type Messenger struct {
	meta   meta.Identity
	now    func() time.Time
	faults *fault.List
	agenda *agenda.Agenda
	world  *world.World
	hooks  *webhooks.Webhooks

	mu     sync.Mutex
	chance *rand.Rand // timing of echoes, deliveries and reads
}

// New returns a Messenger.
func New(o Options) *Messenger {
	return &Messenger{
		meta: o.Meta, now: o.Now, faults: o.Faults, agenda: o.Agenda, world: o.World, hooks: o.Webhooks,
		chance: seeded.Stream(o.Meta.Seed, "wire"),
	}
}

// within returns a random time up to d, never zero.
func (s *Messenger) within(d time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Millisecond + time.Duration(s.chance.Int64N(int64(d)))
}

// oneIn is true once in n times.
func (s *Messenger) oneIn(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chance.IntN(n) == 0
}

// nowMS returns Meta's time in milliseconds.
func (s *Messenger) nowMS() int64 { return s.now().UnixMilli() }

func (s *Messenger) page() *meta.Party { return &meta.Party{ID: s.meta.PageID} }

func customer(psid string) *meta.Party { return &meta.Party{ID: psid} }
