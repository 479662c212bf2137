package sandbox

import (
	"container/heap"
	"context"
	"time"
)

// agenda is what will happen later: echoes, deliveries, reads, answers. It runs
// on the machine's clock, whatever Meta's clock says.
type agenda struct{ entries agendaHeap }

type agendaEntry struct {
	due time.Time
	seq uint64 // keeps entries of the same time in order
	do  func()
}

type agendaHeap []agendaEntry

func (h agendaHeap) Len() int { return len(h) }
func (h agendaHeap) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].seq < h[j].seq
	}
	return h[i].due.Before(h[j].due)
}
func (h agendaHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *agendaHeap) Push(x any)   { *h = append(*h, x.(agendaEntry)) }
func (h *agendaHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// after calls do with mu held once d has passed; do must not block. mu held.
func (s *Sandbox) after(d time.Duration, do func()) {
	s.serial++
	heap.Push(&s.agenda.entries, agendaEntry{due: time.Now().Add(d), seq: s.serial, do: do})
	poke(s.rung)
}

// runAgenda does what is due until ctx ends.
func (s *Sandbox) runAgenda(ctx context.Context) {
	for {
		wait := s.doDue()
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-s.rung:
			t.Stop()
		case <-t.C:
		}
	}
}

// doDue does everything that is due and tells how long to wait for the next.
func (s *Sandbox) doDue() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.agenda.entries) > 0 {
		wait := time.Until(s.agenda.entries[0].due)
		if wait > 0 {
			return wait
		}
		heap.Pop(&s.agenda.entries).(agendaEntry).do()
	}
	return time.Hour
}
