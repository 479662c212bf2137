// Package ttl is a cache whose values each have a time of their own until which they hold.
package ttl

import (
	"maps"
	"sync"
	"time"
)

// MaxEntries bounds what a cache keeps.
const MaxEntries = 10_000

// Cache keeps values until their times are over, by the clock of who asks. The zero value is
// ready for use, also by several at once.
type Cache[K comparable, V any] struct {
	mu   sync.Mutex
	kept map[K]entry[V]
	// dropped counts the calls of Drop.
	dropped int
}

type entry[V any] struct {
	value V
	until time.Time
}

// Put keeps a value until then.
func (c *Cache[K, V]) Put(k K, v V, now, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(k, v, now, until)
}

// Drops counts what was dropped so far, for [Cache.PutUnlessDropped].
func (c *Cache[K, V]) Drops() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dropped
}

// PutUnlessDropped keeps a value unless something was dropped since drops was counted:
// whoever asked for it meanwhile may have been answered with what is over.
func (c *Cache[K, V]) PutUnlessDropped(drops int, k K, v V, now, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dropped == drops {
		c.put(k, v, now, until)
	}
}

// put keeps a value. mu held.
func (c *Cache[K, V]) put(k K, v V, now, until time.Time) {
	if c.kept == nil {
		c.kept = make(map[K]entry[V])
	}
	if len(c.kept) >= MaxEntries {
		maps.DeleteFunc(c.kept, func(_ K, e entry[V]) bool { return !now.Before(e.until) })
	}
	if len(c.kept) >= MaxEntries {
		clear(c.kept)
	}
	c.kept[k] = entry[V]{v, until}
}

// Get returns the value of a key, unless there is none or its time is over.
func (c *Cache[K, V]) Get(k K, now time.Time) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.kept[k]
	if !ok || !now.Before(e.until) {
		return v, false
	}
	return e.value, true
}

// DropKeys forgets all values whose key is one of those.
func (c *Cache[K, V]) DropKeys(is func(K) bool) {
	c.Drop(func(k K, _ V) bool { return is(k) })
}

// Drop forgets all values that are like that.
func (c *Cache[K, V]) Drop(are func(K, V) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropped++
	maps.DeleteFunc(c.kept, func(k K, e entry[V]) bool { return are(k, e.value) })
}
