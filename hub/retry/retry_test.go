package retry_test

import (
	"testing"
	"time"

	"parley/hub/retry"
)

func TestDelayDoublesUpToItsMost(t *testing.T) {
	t.Parallel()
	for tries, want := range map[int]time.Duration{
		0: time.Second, 1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 4: 5 * time.Second,
		1_000_000: 5 * time.Second,
	} {
		if got := retry.Delay(time.Second, 5*time.Second, tries); got != want {
			t.Errorf("after %d tries %v, want %v", tries, got, want)
		}
	}
	if got := retry.Delay(time.Hour, time.Minute, 1); got != time.Minute {
		t.Errorf("a first that is more than the most: %v", got)
	}
}
