// Package agenda schedules what happens later: echoes, deliveries, reads, answers, retries. It
// uses the machine's clock, whatever Meta's clock says.
package agenda

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"parley/sandbox/wait"
)

// Agenda holds scheduled actions. Its lock is the last in the order: entries may be added with
// any other lock held, and the lock is not held while an action runs.
type Agenda struct {
	rung wait.Bell // there is a new earliest entry

	mu      sync.Mutex
	entries entries
	seq     uint64
}

// New returns an empty agenda. Its entries run once Run runs.
func New() *Agenda { return &Agenda{rung: wait.NewBell()} }

type entry struct {
	due time.Time
	seq uint64 // orders entries of the same time
	do  func()
}

type entries []entry

func (h entries) Len() int { return len(h) }
func (h entries) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].seq < h[j].seq
	}
	return h[i].due.Before(h[j].due)
}
func (h entries) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *entries) Push(x any)   { *h = append(*h, x.(entry)) }
func (h *entries) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// After schedules do to be called after d, by Run's goroutine, one at a time and with no lock
// held. do takes the locks it needs; it must not block.
func (a *Agenda) After(d time.Duration, do func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seq++
	heap.Push(&a.entries, entry{due: time.Now().Add(d), seq: a.seq, do: do})
	a.rung.Ring()
}

// Run runs entries when they are due until ctx ends.
func (a *Agenda) Run(ctx context.Context) {
	for {
		do, pause := a.next()
		if do != nil {
			do()
			continue
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-a.rung:
			t.Stop()
		case <-t.C:
		}
	}
}

// next removes and returns a due entry; if there is none, it returns how long to wait.
func (a *Agenda) next() (do func(), pause time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.entries) == 0 {
		return nil, time.Hour
	}
	if pause := time.Until(a.entries[0].due); pause > 0 {
		return nil, pause
	}
	return heap.Pop(&a.entries).(entry).do, 0
}
