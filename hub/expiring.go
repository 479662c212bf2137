package hub

import (
	"maps"
	"sync"
	"time"
)

// mostKept bounds what an expiring keeps.
const mostKept = 10_000

// expiring keeps values until their times are over.
type expiring[K comparable, V any] struct {
	mu   sync.Mutex
	kept map[K]expires[V]
}

type expires[V any] struct {
	value V
	until time.Time
}

func (e *expiring[K, V]) put(k K, v V, now, until time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.kept == nil {
		e.kept = make(map[K]expires[V])
	}
	if len(e.kept) >= mostKept {
		maps.DeleteFunc(e.kept, func(_ K, x expires[V]) bool { return !now.Before(x.until) })
	}
	if len(e.kept) >= mostKept {
		clear(e.kept)
	}
	e.kept[k] = expires[V]{v, until}
}

func (e *expiring[K, V]) get(k K, now time.Time) (v V, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	x, ok := e.kept[k]
	if !ok || !now.Before(x.until) {
		return v, false
	}
	return x.value, true
}

// drop forgets all whose key is one of those.
func (e *expiring[K, V]) drop(is func(K) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	maps.DeleteFunc(e.kept, func(k K, _ expires[V]) bool { return is(k) })
}
