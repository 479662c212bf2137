// Package agenda is what will happen later: echoes, deliveries, reads, answers, another
// attempt. It runs on the machine's clock, whatever Meta's clock says.
package agenda

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"parley/sandbox/wait"
)

// Agenda holds what will happen later. Its lock is the last that anybody takes: it may be
// written into with any other lock held, and holds none while it does what is due.
type Agenda struct {
	rung wait.Bell // there is a new earliest entry

	mu      sync.Mutex
	entries entries
	seq     uint64
}

// New makes an empty agenda. What is written into it happens once it runs.
func New() *Agenda { return &Agenda{rung: wait.NewBell()} }

type entry struct {
	due time.Time
	seq uint64 // keeps entries of the same time in order
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

// After calls do once d has passed, by the goroutine of Run, one after the other and no
// lock held. do takes the locks it needs; it must not block.
func (a *Agenda) After(d time.Duration, do func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seq++
	heap.Push(&a.entries, entry{due: time.Now().Add(d), seq: a.seq, do: do})
	a.rung.Ring()
}

// Run does what is due until ctx ends.
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

// next takes out what is due; where nothing is, it tells how long to wait for it.
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
