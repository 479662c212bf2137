package model_test

import (
	"testing"
	"time"

	"parley/model"
)

// TestLowBudget: a budget is told below ten percent, as long as it is of today.
func TestLowBudget(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	count := func(n int64) *int64 { return &n }
	for _, c := range []struct {
		name   string
		budget model.CRMBudget
		want   int // -1: not told
	}{
		{"nothing known", model.CRMBudget{}, -1},
		{"no limit known", model.CRMBudget{DailyLeft: count(5), At: now}, -1},
		{"a limit of nothing", model.CRMBudget{DailyLeft: count(5), DailyLimit: count(0), At: now}, -1},
		{"all of it", model.CRMBudget{DailyLeft: count(1000), DailyLimit: count(1000), At: now}, -1},
		{"ten percent", model.CRMBudget{DailyLeft: count(100), DailyLimit: count(1000), At: now}, -1},
		{"less", model.CRMBudget{DailyLeft: count(99), DailyLimit: count(1000), At: now}, 9},
		{"none", model.CRMBudget{DailyLeft: count(0), DailyLimit: count(1000), At: now}, 0},
		{"of yesterday", model.CRMBudget{DailyLeft: count(0), DailyLimit: count(1000), At: now.Add(-13 * time.Hour)}, -1},
	} {
		got := -1
		if low := c.budget.Low(now); low != nil {
			got = *low
		}
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
