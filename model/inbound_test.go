package model_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/model"
)

func TestOpensWindow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		event model.Event
		want  bool
	}{
		{"message", model.CustomerMessage{Text: "hello"}, true},
		{"message that Parley can't show", model.CustomerMessage{Unsupported: true}, true},
		{"message that came by an ad", model.CustomerMessage{Referral: &model.Entry{Source: model.SourceAds}}, true},
		{"postback", model.Postback{}, true},
		{"reaction of the customer", model.Reacted{By: model.ByCustomer}, true},
		{"removal of it", model.Reacted{By: model.ByCustomer, Removed: true}, false},
		{"reaction of the Page", model.Reacted{By: model.ByPage}, false},
		{"plugin opt-in", model.Optin{Plugin: true}, true},
		{"opt-in to notifications", model.Optin{Type: "notification_messages"}, false},
		{"m.me referral into the thread", model.Referral{Entry: model.Entry{Source: model.SourceShortlink}}, true},
		{"an ad alone", model.Referral{Entry: model.Entry{Source: model.SourceAds}}, false},
		{"referral of an unknown source", model.Referral{Entry: model.Entry{Source: "OTHER"}}, false},
		{"echo", model.Echo{Text: "from us"}, false},
		{"edit", model.Edit{Text: "again", Number: 1}, false},
		{"unsend", model.Unsend{}, false},
		{"delivery", model.DeliveredUpTo{}, false},
		{"read", model.ReadUpTo{}, false},
		{"feedback", model.Feedback{}, false},
		{"thread control", model.ThreadControl{Action: "pass"}, false},
		{"account linking", model.Happened{Notable: model.Notable{Kind: model.EventAccountLinking}}, false},
		{"policy", model.Policy{Action: "block"}, false},
		{"not understood", nil, false},
	}
	types := make(map[string]bool)
	for _, tt := range tests {
		types[fmt.Sprintf("%T", tt.event)] = true
		if got := model.OpensWindow(tt.event); got != tt.want {
			t.Errorf("%s: OpensWindow = %v, want %v", tt.name, got, tt.want)
		}
	}
	const kinds = 14 // the types of Event
	if len(types) != kinds+1 {
		t.Errorf("%d types of event have a row, want %d and nil", len(types), kinds)
	}
}

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
