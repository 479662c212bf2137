package pipedrive

import (
	"sync"
	"time"
)

// kept holds something of each holder's for a while, so that it is not asked for again.
type kept[T any] struct {
	life time.Duration
	mu   sync.Mutex
	of   map[string]*keptOne[T]
}

type keptOne[T any] struct {
	mu    sync.Mutex // held while it is asked for
	value T
	until time.Time // zero: there is none
}

// get returns what is kept, or asks for it; who wants it meanwhile waits. An error is not
// kept.
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

// peek returns what is kept, and never asks nor waits.
func (k *kept[T]) peek(holder string, now time.Time) (v T, ok bool) {
	one := k.one(holder, now)
	if !one.mu.TryLock() {
		return v, false
	}
	defer one.mu.Unlock()
	return one.value, now.Before(one.until)
}

// one finds the holder's place, and clears those that hold nothing any more.
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
