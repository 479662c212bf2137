package model_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/model"
)

func TestEventTime(t *testing.T) {
	t.Parallel()
	receipt := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	slack := receipt.Add(model.FutureSlack)
	for _, tt := range []struct {
		name     string
		at, want time.Time
	}{
		{"before", receipt.Add(-time.Hour), receipt.Add(-time.Hour)},
		{"at receipt", receipt, receipt},
		{"within the slack", slack, slack},
		{"after the slack", slack.Add(1), receipt},
		{"2099", time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), receipt},
		{"9999", time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), receipt},
		{"after 9999", time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), receipt},
		{"the zero time", time.Time{}, receipt},
		{"zero", time.Unix(0, 0), receipt},
		{"negative", time.Unix(-5, 0), receipt},
		{"the first", time.UnixMilli(1000), time.UnixMilli(1000)},
		{"the largest", time.UnixMilli(math.MaxInt64), receipt},
		{"the smallest", time.UnixMilli(math.MinInt64), receipt},
	} {
		if got := model.EventTime(tt.at, receipt); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64().Draw(t, "at"))
		got := model.EventTime(at, receipt)
		if got.After(slack) || got.Unix() <= 0 || !got.Equal(at) && !got.Equal(receipt) {
			t.Fatalf("%v counts as %v", at, got)
		}
	})
}
