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
	// dropped counts the calls of drop.
	dropped int
}

type expires[V any] struct {
	value V
	until time.Time
}

func (e *expiring[K, V]) put(k K, v V, now, until time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.keep(k, v, now, until)
}

// drops counts what was dropped so far; putUnlessDropped keeps a value unless something
// was since then: whoever asks for it meanwhile may be answered with what is over.
func (e *expiring[K, V]) drops() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.dropped
}

func (e *expiring[K, V]) putUnlessDropped(drops int, k K, v V, now, until time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.dropped == drops {
		e.keep(k, v, now, until)
	}
}

// keep puts a value in. mu held.
func (e *expiring[K, V]) keep(k K, v V, now, until time.Time) {
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
	e.dropThose(func(k K, _ V) bool { return is(k) })
}

// dropThose forgets all that are like that.
func (e *expiring[K, V]) dropThose(are func(K, V) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.dropped++
	maps.DeleteFunc(e.kept, func(k K, x expires[V]) bool { return are(k, x.value) })
}
