package admission

import (
	"net"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// stander is who has a place, as the test counts.
type stander struct {
	kind  string
	since time.Time
	leave func()
	// out: gave way.
	out bool
}

// standing counts who has a place, of a kind and in all.
func standing(all []*stander, kind string) (of, in int) {
	for _, s := range all {
		if s.kind == kind {
			of++
		}
	}
	return of, len(all)
}

// TestPlaces: there are never more than so many, whoever comes first of a kind comes in,
// and nobody gives way to one who has as many, but after the grace.
func TestPlaces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const grace = time.Second
		most, each := rapid.IntRange(1, 8).Draw(t, "most"), rapid.IntRange(1, 8).Draw(t, "each")
		p := NewPlaces(most, each, grace)
		var clock time.Time
		p.now = func() time.Time { return clock }
		var all []*stander
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			clock = clock.Add(time.Duration(rapid.IntRange(0, 700).Draw(t, "ms")) * time.Millisecond)
			if i := rapid.IntRange(0, 30).Draw(t, "leaves"); i < len(all) {
				all[i].leave()
				all[i].leave()
				all = append(all[:i:i], all[i+1:]...)
			}
			s := &stander{kind: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "kind"), since: clock}
			own, in := standing(all, s.kind)
			leave, ok := p.Enter(s.kind, func() { s.out = true })
			s.leave = leave
			var left []*stander
			for _, other := range all {
				if !other.out {
					left = append(left, other)
					continue
				}
				theirs, _ := standing(all, other.kind)
				switch young := clock.Sub(other.since) < grace; {
				case own < each && in < most:
					t.Fatal("one gave way though there was room")
				case young && (other.kind == s.kind || theirs <= own+1):
					t.Fatalf("one of %d gave way at once to one of %d", theirs, own)
				}
			}
			switch {
			case len(all)-len(left) > 1 || s.out:
				t.Fatal("more than one gave way, or who came")
			case ok:
				left = append(left, s)
			case own < each && in < most:
				t.Fatal("refused though there was room")
			case own < each && in > (own+1)*3: // somebody has more
				t.Fatalf("refused with %d of %d", own, in)
			}
			all = left
			if of, in := standing(all, s.kind); in > most || of > each || in != p.taken {
				t.Fatalf("%d of a kind, %d in all, counted %d", of, in, p.taken)
			}
		}
	})
}

// TestLine: who finds no place has one as soon as there is one, in the order of those of its
// kind; who leaves before never has one.
func TestLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		most, each := rapid.IntRange(1, 4).Draw(t, "most"), rapid.IntRange(1, 3).Draw(t, "each")
		p := NewPlaces(most, each, time.Hour).WithLine(rapid.IntRange(0, 8).Draw(t, "longest"), 5)
		p.now = func() time.Time { return time.Time{} } // nobody has stood for long
		type waiter struct {
			stander
			came, entered int
		}
		var came, entered int
		var all []*waiter
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if i := rapid.IntRange(0, 20).Draw(t, "leaves"); i < len(all) {
				w := all[i]
				all = append(all[:i:i], all[i+1:]...)
				w.out = true
				w.leave()
			}
			came++
			w := &waiter{stander: stander{kind: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "kind")}, came: came}
			leave, ok := p.LineUp(w.kind, func() { w.out = true }, func() {
				if w.out || w.entered > 0 {
					t.Fatal("entered twice, or after it had left")
				}
				entered++
				w.entered = entered
			})
			if w.leave = leave; ok {
				all = append(all, w)
			}
			all = slices.DeleteFunc(all, func(w *waiter) bool { return w.out })
			in := map[string]int{}
			for _, w := range all {
				if w.entered > 0 {
					in[w.kind]++
				}
			}
			for i, w := range all {
				if w.entered == 0 && in[w.kind] < each && in["a"]+in["b"] < most {
					t.Fatal("waits though there is a place")
				}
				for _, later := range all[i:] {
					if later.kind == w.kind && later.entered > 0 && (w.entered == 0 || w.entered > later.entered) {
						t.Fatalf("%d entered before %d", later.came, w.came)
					}
				}
			}
			if len(p.line) > p.longest {
				t.Fatal("the line is too long")
			}
		}
	})
}

// TestHostOf: what of an address counts as one client.
func TestHostOf(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "192.0.2.8": "192.0.2.8", "::ffff:192.0.2.7": "192.0.2.7", "127.0.0.1": "127.0.0.1",
		"2001:db8:1:2::1": "2001:db8:1:2::/64", "2001:db8:1:2:ffff:ffff:ffff:ffff": "2001:db8:1:2::/64", "2001:db8:1:3::1": "2001:db8:1:3::/64",
		"fe80::1": "fe80::/64",
	} {
		if got := HostOf(&net.TCPAddr{IP: net.ParseIP(address), Port: 4711}); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
	if one, other := HostOf(&net.TCPAddr{IP: net.ParseIP("fe80::1"), Zone: "eth0"}), HostOf(&net.TCPAddr{IP: net.ParseIP("fe80::2"), Zone: "eth1"}); one != other {
		t.Errorf("%s and %s", one, other)
	}
}
