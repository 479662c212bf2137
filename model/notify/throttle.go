package notify

import "time"

// mostHeld bounds the events that are held back; more are only counted.
const mostHeld = 200

// Throttle holds events back so that a user is notified at most once in a while, and then of
// all at once. The zero value is ready.
type Throttle struct {
	held []Event
	over []Sum
	last time.Time
}

// Add adds events.
func (t *Throttle) Add(events ...Event) {
	for _, e := range events {
		if len(t.held) < mostHeld {
			t.held = append(t.held, e)
			continue
		}
		t.count(e.Kind)
	}
}

func (t *Throttle) count(k Kind) {
	for i := range t.over {
		if t.over[i].Kind == k {
			t.over[i].N++
			return
		}
	}
	t.over = append(t.over, Sum{k, 1})
}

// Drop forgets what is held back: the user looked.
func (t *Throttle) Drop() { t.held, t.over = nil, nil }

// Forget drops what is held back of conversations that are gone.
func (t *Throttle) Forget(gone func(Event) bool) {
	kept := t.held[:0]
	for _, e := range t.held {
		if !gone(e) {
			kept = append(kept, e)
		}
	}
	clear(t.held[len(kept):])
	t.held = kept
}

// Due returns all that is held back, if the user may be notified at that time: not within
// every of the last time.
func (t *Throttle) Due(now time.Time, every time.Duration) ([]Event, []Sum) {
	if len(t.held) == 0 || now.Before(t.last.Add(every)) && !now.Before(t.last) {
		return nil, nil
	}
	events, sums := t.held, Summed(t.held)
	for _, o := range t.over {
		for i := range sums {
			if sums[i].Kind == o.Kind {
				sums[i].N += o.N
				o.N = 0
			}
		}
		if o.N > 0 {
			sums = append(sums, o)
		}
	}
	t.Drop()
	t.last = now
	return events, sums
}

// Next is when something is due; zero: nothing is held back.
func (t *Throttle) Next(every time.Duration) time.Time {
	if len(t.held) == 0 {
		return time.Time{}
	}
	return t.last.Add(every)
}
