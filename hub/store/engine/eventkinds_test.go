package engine

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/model"
)

// TestEvents: every event that can be pending is kept by its kind.
func TestEvents(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, e := range []model.Event{
		model.CustomerMessage{MID: "m", Text: "東", QuickReply: new(model.Untrusted), Referral: &model.Entry{Ref: "r"}},
		model.Echo{MID: "m", AppID: "1"},
		model.Postback{Title: "t"},
		model.Referral{Entry: model.Entry{Source: "s"}},
		model.Reacted{Target: "m", By: model.ByPage, Removed: true},
		model.Edit{Number: 3},
		model.Unsend{Target: "m"},
		model.DeliveredUpTo{MIDs: []model.MID{"m"}, Watermark: start},
		model.ReadUpTo{Watermark: start},
		model.Feedback{Words: "w"},
		model.Optin{Plugin: true},
		model.ThreadControl{Owner: "1"},
		model.Happened{Notable: model.Notable{Kind: model.EventOrder}},
		model.Policy{Action: "block"},
	} {
		kind, err := EventKind(e)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeEvent(kind, []byte(doc))
		if diff := cmp.Diff(e, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", kind, err, diff)
		}
	}
	if _, err := EventKind(&model.Unsend{}); err == nil {
		t.Error("pointer to an event: no error")
	}
	if _, err := DecodeEvent("junk", nil); err == nil {
		t.Error("unknown kind: no error")
	}
}
