// Package keylock provides a lock for each key.
package keylock

import (
	"context"
	"sync"
)

// Locks are locks by key. The zero value is ready for use.
type Locks[K comparable] struct {
	mu sync.Mutex
	of map[K]*lock
}

type lock struct {
	held    chan struct{}
	waiting int
}

// Lock waits until nobody else holds the lock of a key, or until ctx ends. Without an error
// unlock must be called once.
func (l *Locks[K]) Lock(ctx context.Context, key K) (unlock func(), err error) {
	l.mu.Lock()
	if l.of == nil {
		l.of = make(map[K]*lock)
	}
	one := l.of[key]
	if one == nil {
		one = &lock{held: make(chan struct{}, 1)}
		l.of[key] = one
	}
	one.waiting++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if one.waiting--; one.waiting == 0 {
			delete(l.of, key)
		}
	}
	select {
	case one.held <- struct{}{}:
		return func() { <-one.held; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
