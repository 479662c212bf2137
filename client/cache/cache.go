package cache

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"parley/model"
	"parley/model/inbox"
)

// Options say where and for whom something is kept.
type Options struct {
	// Root is the folder of all hubs.
	Root string
	// Hub is the address of the hub; Login names the token. Neither is written down.
	Hub, Login string
	// TTL is how long what was kept may be shown after the hub last confirmed access.
	TTL time.Duration
	// Now is this machine's clock.
	Now func() time.Time
	// Forget drops a Page whose time is over and that the hub has not confirmed meanwhile; the
	// update that drops it comes back through [Cache.Relay].
	Forget func(context.Context, model.PageID)
}

// Cache keeps on disk what a client knows of a hub. Its methods but Remember are called from one
// goroutine at a time. A nil Cache keeps nothing.
type Cache struct {
	o    Options
	dir  string
	lock *flock.Flock
	pack packer

	user  model.User
	pages map[model.PageID]*page
	// outdated: the index on disk says something else than pages. written is when it was last
	// written.
	outdated bool
	written  time.Time
	// broken: the folder can't be written any more; nothing is kept from now on.
	broken bool
	// restored: all that was kept was handed over; what the screen remembers is complete.
	restored bool

	remembered chan Remembered
}

// Remembered is what the screen adds to the updates: the conversations that the user opened,
// with their messages, and the counts of each Page.
type Remembered struct {
	Opened []inbox.Opened
	Counts map[model.PageID]inbox.Counts
}

const (
	// flushEvery is how long changes are gathered before they are written.
	flushEvery = 2 * time.Second
	// confirmEvery is how old the time of the last confirmation on disk may become, unless the
	// time to live is short.
	confirmEvery = time.Minute
	// confirmParts is how many times within the time to live it is written at least.
	confirmParts = 10
)

// Open opens what is kept for a login, after it has deleted, unread, what may not be shown any
// more, of any hub. It returns nil if nothing can be kept: another process of the user has it, or
// there is no such folder.
func Open(o Options) *Cache {
	now := o.Now().Round(0)
	sweep(o.Root, o.TTL, now)
	c := &Cache{
		o: o, dir: loginFolder(o.Root, o.Hub, o.Login), pages: map[model.PageID]*page{}, remembered: make(chan Remembered, 1),
	}
	if os.MkdirAll(c.dir, dirMode) != nil || os.Chmod(c.dir, dirMode) != nil {
		return nil
	}
	c.lock = flock.New(filepath.Join(c.dir, lockName), flock.SetPermissions(fileMode))
	if held, err := c.lock.TryLock(); err != nil || !held {
		return nil
	}
	x, _ := readIndex(c.dir)
	c.user = x.User
	c.outdated = true
	for _, p := range keepFresh(c.dir, x, o.TTL, now) {
		c.pages[p.ID] = &page{id: p.ID, name: p.Name, confirmed: p.Confirmed, counts: p.Counts, unread: true}
	}
	return c
}

// Relay passes updates on, and keeps what they say. What they say must go is gone from the disk
// before they are passed on. It returns when there are no more.
func (c *Cache) Relay(ctx context.Context, updates <-chan []inbox.Update, hand func([]inbox.Update)) {
	if c == nil {
		for u := range updates {
			hand(u)
		}
		return
	}
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case u, ok := <-updates:
			if !ok {
				return
			}
			c.take(u)
			hand(u)
			c.flushLarge()
		case r := <-c.remembered:
			c.remember(r)
		case <-tick.C:
			c.flush()
			c.expire(ctx)
		}
	}
}

// Remember hands over what the screen adds. It never blocks: while one is waiting, others are
// dropped. It is safe for concurrent use.
func (c *Cache) Remember(r Remembered) {
	if c == nil {
		return
	}
	select {
	case c.remembered <- r:
	default:
	}
}

// Close writes what is left, with what the screen adds at its end, once Relay has returned.
func (c *Cache) Close(r Remembered) {
	if c == nil {
		return
	}
	c.remember(r)
	for _, p := range c.pages {
		p.giveUp(c.dir)
	}
	c.outdated = true
	c.written = time.Time{}
	c.flush()
	_ = c.lock.Unlock()
}

// fail stops keeping anything: the folder can't be written, or the user signed out elsewhere.
func (c *Cache) fail(err error) bool {
	if err != nil {
		c.broken = true
	}
	return c.broken
}

// flush writes what changed.
func (c *Cache) flush() {
	if c.broken {
		return
	}
	for _, p := range c.pages {
		if c.fail(p.flush(c)) {
			return
		}
	}
	every := min(confirmEvery, c.o.TTL/confirmParts)
	if now := c.o.Now().Round(0); c.outdated && (now.Sub(c.written) >= every || now.Before(c.written)) {
		c.writeIndex(false)
	}
}

// flushLarge writes the changes of Pages with many of them.
func (c *Cache) flushLarge() {
	for _, p := range c.pages {
		if !c.broken && p.dirtyBytes > mostDirty {
			c.fail(p.flush(c))
		}
	}
}

// writeIndex writes the list of what is kept. If something was erased it has to be durable: then
// it is when writeIndex returns.
func (c *Cache) writeIndex(durable bool) {
	x := index{Version: indexVersion, User: c.user}
	for _, p := range c.pages {
		if p.name != "" {
			x.Pages = append(x.Pages, indexPage{ID: p.id, Name: p.name, Confirmed: p.confirmed, Counts: p.counts})
		}
	}
	b, err := json.Marshal(x)
	if err == nil {
		err = replace(filepath.Join(c.dir, indexName), b, durable)
	}
	c.fail(err)
	c.outdated, c.written = false, c.o.Now().Round(0)
}

// expire erases the Pages whose time is over, and has those dropped from the screen that are
// only known from an earlier run.
func (c *Cache) expire(ctx context.Context) {
	now := c.o.Now().Round(0)
	for id, p := range c.pages {
		if p.name == "" || within(c.o.TTL, p.confirmed, now) {
			continue
		}
		inherited := p.inherited
		c.purge(id)
		if inherited {
			c.o.Forget(ctx, id)
		}
	}
}

// purge erases a Page. When it returns, nothing of it is on disk.
func (c *Cache) purge(id model.PageID) {
	if _, kept := c.pages[id]; !kept {
		return
	}
	delete(c.pages, id)
	// Even if nothing can be written any more.
	if !c.fail(eraseAll(c.dir, shortHash("page", string(id)))) {
		c.writeIndex(true)
	}
}

// purgeAll erases all Pages.
func (c *Cache) purgeAll() {
	for id := range c.pages {
		c.purge(id)
	}
}
