// Package ttl is a cache whose values each expire at a time of their own.
package ttl

import (
	"maps"
	"sync"
	"time"
)

// MaxEntries bounds the size of a cache.
const MaxEntries = 10_000

// Cache keeps values until they expire, by the caller's clock. The zero value is ready for use,
// and safe for concurrent use.
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

// Put stores a value until the given time.
func (c *Cache[K, V]) Put(k K, v V, now, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(k, v, now, until)
}

// PutNew stores a value until the given time unless the key has one that holds, and reports
// whether it did: of callers at the same moment, one is told yes.
func (c *Cache[K, V]) PutNew(k K, v V, now, until time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.kept[k]; ok && now.Before(e.until) {
		return false
	}
	c.put(k, v, now, until)
	return true
}

// Drops returns how often values were dropped so far, for [Cache.PutUnlessDropped].
func (c *Cache[K, V]) Drops() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dropped
}

// PutUnlessDropped stores a value unless something was dropped since drops was counted: the
// value may have been read before that and be outdated.
func (c *Cache[K, V]) PutUnlessDropped(drops int, k K, v V, now, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dropped == drops {
		c.put(k, v, now, until)
	}
}

// put stores a value. The caller holds mu.
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

// Get returns the value of a key, unless there is none or it has expired.
func (c *Cache[K, V]) Get(k K, now time.Time) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.kept[k]
	if !ok || !now.Before(e.until) {
		return v, false
	}
	return e.value, true
}

// DropKeys drops all values whose keys match.
func (c *Cache[K, V]) DropKeys(is func(K) bool) {
	c.Drop(func(k K, _ V) bool { return is(k) })
}

// Drop drops all values that match.
func (c *Cache[K, V]) Drop(are func(K, V) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropped++
	maps.DeleteFunc(c.kept, func(k K, e entry[V]) bool { return are(k, e.value) })
}
