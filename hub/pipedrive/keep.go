package pipedrive

import (
	"sync"
	"time"
)

// cache is a TTL cache with one value for each holder.
type cache[T any] struct {
	life time.Duration
	mu   sync.Mutex
	of   map[string]*cacheEntry[T]
}

type cacheEntry[T any] struct {
	mu    sync.Mutex // held during the call that gets the value
	value T
	until time.Time // zero if there is no value
}

// get returns the cached value, or gets it with ask while others wait for it. Errors are not
// cached.
func (k *cache[T]) get(holder string, now time.Time, ask func() (T, error)) (T, error) {
	one := k.entry(holder, now)
	one.mu.Lock()
	defer one.mu.Unlock()
	if now.Before(one.until) {
		return one.value, nil
	}
	v, err := ask()
	if err == nil {
		one.value, one.until = v, now.Add(k.life)
	}
	return v, err
}

// peek returns the cached value, without calling or waiting.
func (k *cache[T]) peek(holder string, now time.Time) (v T, ok bool) {
	one := k.entry(holder, now)
	if !one.mu.TryLock() {
		return v, false
	}
	defer one.mu.Unlock()
	return one.value, now.Before(one.until)
}

// entry returns the holder's entry, and drops expired ones.
func (k *cache[T]) entry(holder string, now time.Time) *cacheEntry[T] {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == nil {
		k.of = make(map[string]*cacheEntry[T])
	}
	for h, one := range k.of {
		if h != holder && one.mu.TryLock() {
			if !now.Before(one.until) {
				delete(k.of, h)
			}
			one.mu.Unlock()
		}
	}
	if k.of[holder] == nil {
		k.of[holder] = &cacheEntry[T]{}
	}
	return k.of[holder]
}
