package model_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/model"
)

func TestRecordRef(t *testing.T) {
	t.Parallel()
	const lead = "0190b8a0-0000-4000-8000-00000000000a"
	for in, want := range map[string]string{
		"person:12": "person:12", " deal:42 ": "deal:42", "lead:" + lead: "lead:" + lead,
		"lead:0190B8A0-0000-4000-8000-00000000000A":          "lead:" + lead,
		"https://aoyama.pipedrive.com/person/12":             "person:12",
		"https://aoyama.pipedrive.com/deal/42/":              "deal:42",
		"https://aoyama.pipedrive.com/deal/42?tab=notes#top": "deal:42",
		"https://aoyama.pipedrive.com/leads/inbox/" + lead:   "lead:" + lead,
		"": "", "person:": "", "person:0": "", "person:-1": "", "person:1x": "", "person:12345678901234567890": "", "deal:1234567890123456789": "", "deal:123456789012345678": "deal:123456789012345678", "lead:12": "", "org:3": "",
		"12": "", "https://aoyama.pipedrive.com/": "", "https://aoyama.pipedrive.com/person/me": "", "javascript:alert(1)": "",
	} {
		got, err := model.ParseRecordRef(in)
		if want == "" {
			if err == nil {
				t.Errorf("%q is read as %s", in, got)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("%q is read as %s, %v, want %s", in, got, err, want)
		}
	}
}

// A budget used up is an unavailable CRM to who does not ask which.
func TestCRMLimitIsUnavailable(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("call: %w", &model.CRMLimit{Until: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Daily: true})
	var limit *model.CRMLimit
	if !errors.Is(err, model.ErrCRMUnavailable) || !errors.As(err, &limit) || !limit.Daily || errors.Is(err, model.ErrCRMRefused) {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(err.Error(), "of the day used up until 2026-03-01T00:00:00Z") {
		t.Errorf("worded %q", err)
	}
}

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
