package pipedrive

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// errorsIs is errors.Is, where no error wants none.
func errorsIs(err, want error) bool {
	if want == nil {
		return err == nil
	}
	return errors.Is(err, want)
}

// In no two seconds does a token search more than ten times, however many wait; another
// token does not wait for it.
func TestTurnsOfSearches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s searches
		var mu sync.Mutex
		var at []time.Time
		var wg sync.WaitGroup
		begun := time.Now()
		for range 35 {
			wg.Go(func() {
				if err := s.wait(t.Context(), "a"); err != nil {
					t.Error(err)
				}
				mu.Lock()
				at = append(at, time.Now())
				mu.Unlock()
			})
		}
		synctest.Wait()
		if err := s.wait(t.Context(), "b"); err != nil || time.Since(begun) != 0 {
			t.Errorf("another token waits %s, %v", time.Since(begun), err)
		}
		wg.Wait()
		for i := searchesMost; i < len(at); i++ {
			if d := at[i].Sub(at[i-searchesMost]); d <= searchWindow {
				t.Errorf("eleven searches in %s", d)
			}
		}
		if took, most := time.Since(begun), 3*(searchWindow+searchSlack); took > most {
			t.Errorf("took %s, more than %s", took, most)
		}
	})
}

// Who gives up waiting takes no turn.
func TestGivingUpATurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s searches
		for range searchesMost {
			_ = s.wait(t.Context(), "a")
		}
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			if err := s.wait(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			cancel()
		}
		<-time.After(searchWindow + searchSlack)
		before := time.Now()
		for range searchesMost {
			_ = s.wait(t.Context(), "a")
		}
		if d := time.Since(before); d != 0 {
			t.Errorf("the next ten waited %s", d)
		}
		if s.reserve("b", time.Now().Add(time.Hour)); len(s.sent) != 1 {
			t.Errorf("%d holders are remembered", len(s.sent))
		}
	})
}

func TestWhatHeadersTell(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		header http.Header
		until  time.Duration
		daily  bool
	}{
		"nothing":          {http.Header{}, burstPause, false},
		"a reset":          {http.Header{"X-Ratelimit-Reset": {"7"}}, 7 * time.Second, false},
		"a short reset":    {http.Header{"X-Ratelimit-Reset": {"0"}}, burstPause, false},
		"the later of two": {http.Header{"X-Ratelimit-Reset": {"3"}, "Retry-After": {"9"}}, 9 * time.Second, false},
		"nonsense":         {http.Header{"X-Ratelimit-Reset": {"-5"}, "Retry-After": {"Wed, 21 Oct 2026 07:28:00 GMT"}}, burstPause, false},
		"a year":           {http.Header{"Retry-After": {"31536000"}}, burstPause, false},
		"a day with some":  {http.Header{"X-Daily-Ratelimit-Token-Remaining": {"4000"}}, burstPause, false},
		"a day with none":  {http.Header{"X-Daily-Ratelimit-Token-Remaining": {"0"}}, dailyPause, true},
		"a day too short":  {http.Header{"X-Daily-Ratelimit-Token-Remaining": {"9"}}, dailyPause, true},
	} {
		var b budgets
		limit := b.rateLimited("a", c.header, at)
		if limit.Daily != c.daily || !limit.Until.Equal(at.Add(c.until)) {
			t.Errorf("%s: %v", name, limit)
		}
		if shut := b.exhausted("b", at); (shut != nil) != c.daily {
			t.Errorf("%s: another token: %v", name, shut)
		}
		if b.exhausted("a", at.Add(c.until-time.Millisecond)) == nil || b.exhausted("a", at.Add(c.until)) != nil {
			t.Errorf("%s: does not end at %s", name, c.until)
		}
	}
}

// What is kept is asked for once, an error is not kept, and nothing is kept for ever.
func TestKept(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	k := cache[int]{life: time.Minute}
	asked := 0
	ask := func() (int, error) { asked++; return asked, nil }
	if _, err := k.get("a", at, func() (int, error) { return 0, errTooLong }); !errors.Is(err, errTooLong) {
		t.Errorf("got %v", err)
	}
	for i, c := range []struct {
		holder string
		after  time.Duration
		want   int
	}{{"a", 0, 1}, {"a", 59 * time.Second, 1}, {"b", 59 * time.Second, 2}, {"a", time.Minute, 3}, {"c", time.Hour, 4}} {
		if v, err := k.get(c.holder, at.Add(c.after), ask); err != nil || v != c.want {
			t.Errorf("%d: %d, %v", i, v, err)
		}
	}
	if len(k.of) != 1 {
		t.Errorf("%d are kept", len(k.of))
	}
	if v, ok := k.peek("c", at.Add(time.Hour)); !ok || v != 4 {
		t.Errorf("peeked at %d, %t", v, ok)
	}
	if _, ok := k.peek("c", at.Add(3*time.Hour)); ok {
		t.Error("what is over is shown")
	}
}
