package pipedrive

import (
	"sync"
	"time"
)

// cache is a TTL cache with one value for each holder.
type kept[T any] struct {
	life time.Duration
	mu   sync.Mutex
	of   map[string]*keptOne[T]
}

type keptOne[T any] struct {
	mu    sync.Mutex // held during the call that gets the value
	value T
	until time.Time // zero if there is no value
}

// get returns the cached value, or gets it with ask while others wait for it. Errors are not
// cached.
func (k *kept[T]) get(holder string, now time.Time, ask func() (T, error)) (T, error) {
	one := k.one(holder, now)
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
func (k *kept[T]) peek(holder string, now time.Time) (v T, ok bool) {
	one := k.one(holder, now)
	if !one.mu.TryLock() {
		return v, false
	}
	defer one.mu.Unlock()
	return one.value, now.Before(one.until)
}

// entry returns the holder's entry, and drops expired ones.
func (k *kept[T]) one(holder string, now time.Time) *keptOne[T] {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == nil {
		k.of = make(map[string]*keptOne[T])
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
		k.of[holder] = &keptOne[T]{}
	}
	return k.of[holder]
}
