package model_test

import (
	"fmt"
	"testing"

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
